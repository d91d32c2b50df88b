"""Each noun once through the door, with the real service behind it."""

from pathlib import Path

import httpx

from argosy.core.home import Home
from argosy.server.wiring import House


async def submitted(client: httpx.AsyncClient, **more: object) -> str:
    answer = await client.post("/v1/jobs", json=[{"argv": ["true"], **more}])
    assert answer.status_code == 201, answer.text
    return answer.json()[0]["job"]["id"]


async def test_a_job_is_made_found_listed_and_shown(client: httpx.AsyncClient) -> None:
    job = await submitted(client, name="water box", labels={"project": "ice"})
    assert (await client.get("/v1/jobs/find", params={"words": job[-8:]})).json() == {"id": job}
    assert (await client.get("/v1/jobs/find", params={"words": "last"})).json() == {"id": job}
    page = (await client.get("/v1/jobs", params={"text": "water", "fate": ["queued", "failed"]})).json()
    assert [row["id"] for row in page["jobs"]] == [job]
    assert (await client.get("/v1/jobs", params={"fate": "failed"})).json()["jobs"] == []
    view = (await client.get(f"/v1/jobs/{job}")).json()
    assert view["job"]["owner"] == "ada"
    assert view["attempts"][0]["state"]["kind"] == "queued"


async def test_pages_follow_each_other_without_gap_or_overlap(client: httpx.AsyncClient) -> None:
    made = [await submitted(client) for _ in range(5)]
    seen: list[str] = []
    asked: dict[str, str] = {"limit": "2"}
    while True:
        page = (await client.get("/v1/jobs", params=asked)).json()
        seen += [row["id"] for row in page["jobs"]]
        if page["next"] is None:
            break
        asked["after"] = page["next"]
    assert seen == list(reversed(made))


async def test_either_all_jobs_are_taken_or_none(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jobs", json=[{"argv": ["true"]}, {"argv": ["true"], "target": "nowhere"}])
    assert answer.status_code in {404, 422}, answer.text
    assert (await client.get("/v1/jobs")).json()["jobs"] == []


async def test_jobs_of_one_request_take_files_from_those_before_them(client: httpx.AsyncClient) -> None:
    taking = {"argv": ["cat", "x"], "earlier": [{"stage": 0, "path": "x"}]}
    first, second = (await client.post("/v1/jobs", json=[{"argv": ["touch", "x"]}, taking])).json()
    source = {"kind": "job", "job": first["job"]["id"], "path": "x", "unfinished": False}
    assert [file["source"] for file in second["job"]["spec"]["inputs"]] == [source]
    assert second["attempts"][0]["state"]["kind"] == "waiting"


async def test_a_job_that_takes_files_from_none_before_it_is_refused_with_all_of_its_request(
    client: httpx.AsyncClient,
) -> None:
    taking = {"argv": ["cat", "x"], "earlier": [{"stage": 1, "path": "x"}]}
    for asked in ([taking], [{"argv": ["true"]}, taking], [{"argv": ["true"]}, taking, {"argv": ["true"]}]):
        answer = await client.post("/v1/jobs", json=asked)
        assert (answer.status_code, "does not stand before it" in answer.json()["message"]) == (422, True)
    assert (await client.post("/v1/jobs/preview", json=taking)).status_code == 422
    assert (await client.get("/v1/jobs")).json()["jobs"] == []


async def test_a_preview_keeps_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jobs/preview", json={"argv": ["echo", "a b"]})
    assert answer.status_code == 200, answer.text
    assert "'a b'" in answer.json()["script"]
    assert (await client.get("/v1/jobs")).json()["jobs"] == []


async def test_a_draft_is_released_cancelled_and_removed(client: httpx.AsyncClient) -> None:
    job = await submitted(client, draft=True)
    released = await client.post(f"/v1/jobs/{job}/release")
    assert released.json()["attempts"][-1]["state"]["kind"] in {"queued", "waiting"}
    assert (await client.delete(f"/v1/jobs/{job}")).status_code == 409
    assert (await client.post(f"/v1/jobs/{job}/cancel")).json()["attempts"][-1]["wish"]["by"] == "ada"
    assert (await client.get(f"/v1/jobs/{job}/removal")).json()["refusal"]


async def test_only_what_waits_in_the_queue_of_a_cluster_can_be_held_or_changed(client: httpx.AsyncClient) -> None:
    job = await submitted(client)
    held = await client.post(f"/v1/jobs/{job}/hold")
    assert (held.status_code, "only a job that waits at its scheduler" in held.json()["message"]) == (409, True)
    assert (await client.post(f"/v1/jobs/{job}/release")).status_code == 409
    changed = await client.post(f"/v1/jobs/{job}/alter", json={"walltime_s": "2h"})
    assert changed.status_code == 409, changed.text
    assert (await client.post(f"/v1/jobs/{job}/alter", json={"nice": -1})).status_code == 422


async def test_targets_are_put_shown_checked_and_dropped(client: httpx.AsyncClient, tmp_path: Path) -> None:
    assert [target["name"] for target in (await client.get("/v1/targets")).json()] == ["local"]
    put = await client.put("/v1/targets/lab/desk", json={"name": "lab/desk", "root": str(tmp_path / "desk")})
    assert put.status_code == 200, put.text
    assert (await client.get("/v1/targets/lab/desk")).json()["root"] == str(tmp_path / "desk")
    assert (await client.post("/v1/targets/lab/desk/check")).json()["target"] == "lab/desk"
    assert (await client.delete("/v1/targets/lab/desk")).status_code == 204
    assert (await client.get("/v1/targets/lab/desk")).status_code == 404


async def test_a_target_without_partitions_has_nothing_to_detect(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/targets/local/detect")
    assert (answer.status_code, "no partitions" in answer.json()["message"]) == (409, True)


async def test_the_default_target_stays_the_default_under_another_name(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/targets/local/rename", json={"name": "desk"})).status_code == 200
    assert (await client.get("/v1/settings")).json() == {"server.default_target": "desk"}
    preview = await client.post("/v1/jobs/preview", json={"argv": ["true"]})
    assert preview.json()["spec"]["target"] == "desk"
    await client.put("/v1/settings/server.default_target", json={"value": "nowhere"})
    refused = await client.post("/v1/jobs/preview", json={"argv": ["true"]})
    assert (refused.status_code, refused.json()["hint"]) == (404, "The targets are: desk.")


async def test_a_target_is_called_otherwise_and_tells_of_its_machine(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await client.put("/v1/targets/lab/desk", json={"name": "lab/desk", "root": str(tmp_path / "desk")})
    renamed = await client.post("/v1/targets/lab/desk/rename", json={"name": "cluster"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "cluster")
    assert (await client.get("/v1/targets/lab/desk")).status_code == 404
    assert (await client.post("/v1/targets/cluster/rename", json={"name": "local"})).status_code == 409
    assert (await client.post("/v1/targets/cluster/rename", json={"name": "a b"})).status_code == 422
    look = (await client.post("/v1/targets/cluster/look")).json()
    assert look["home"].startswith("/")
    assert look["processors"] >= 1
    assert (await client.post("/v1/targets/nobody/look")).status_code == 404


async def test_a_scheduler_that_does_not_answer_is_a_finding_of_the_check(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    slurm = {"setup": ["export SLURM_CONF=/nonexistent/slurm.conf"]}
    described = {"name": "cluster", "root": str(tmp_path / "c"), "scheduler": "slurm", "slurm": slurm}
    await client.put("/v1/targets/cluster", json=described)
    checked = (await client.post("/v1/targets/cluster/check")).json()
    assert checked["looked"] == ["shell", "programs", "clock", "root", "scheduler"]
    (finding,) = [one for one in checked["findings"] if one["severity"] == "error"]
    assert finding["where"] == "scheduler"
    assert "squeue" in finding["what"]
    assert finding["remedy"]


async def test_a_target_has_one_name(client: httpx.AsyncClient) -> None:
    answer = await client.put("/v1/targets/lab", json={"name": "desk", "root": "/tmp"})
    assert answer.status_code == 422
    assert "lab" in answer.json()["message"]
    assert "desk" in answer.json()["message"]


async def test_engines_and_templates_come_in_through_their_plug_ins(client: httpx.AsyncClient) -> None:
    names = [engine["name"] for engine in (await client.get("/v1/engines")).json()]
    assert {"command", "openmm"} <= set(names)
    assert (await client.get("/v1/engines/command")).json()["name"] == "command"
    rows = (await client.get("/v1/templates", params={"text": "openmm"})).json()
    assert rows
    for row in rows:
        assert (await client.get(f"/v1/templates/{row['name']}")).json()["engine"] == "openmm"
        assert (await client.get(f"/v1/schemas/{row['name']}")).json()["type"] == "object"


async def test_a_template_is_checked_without_being_kept(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/templates/check", json={"nonsense.txt": "x"})
    assert answer.status_code == 200, answer.text
    assert answer.json()[0]["severity"] == "error"


async def test_settings_are_changed_and_given_back(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/settings")).json() == {}
    changed = await client.put("/v1/settings/server.idle_exit_s", json={"value": "60"})
    assert changed.json() == {"server.idle_exit_s": "60"}
    refused = await client.put("/v1/settings/server.port", json={"value": "70000"})
    assert refused.status_code == 422
    assert "server.port" in refused.json()["message"]
    back = await client.put("/v1/settings/server.idle_exit_s", json={"value": None})
    assert back.json() == {}


async def test_a_backup_is_a_file_of_its_own(client: httpx.AsyncClient, home: Home, tmp_path: Path) -> None:
    made = await client.post("/v1/backups", json={"into": None})
    assert made.status_code == 201, made.text
    assert Path(made.json()["path"]).parent == home.backups
    assert Path(made.json()["path"]) in set(home.backups.iterdir())
    chosen = await client.post("/v1/backups", json={"into": str(tmp_path / "copy.db")})
    assert chosen.json()["path"] == str(tmp_path / "copy.db")
    assert (await client.post("/v1/backups", json={"into": "relative.db"})).status_code == 422


async def test_the_server_tells_its_numbers_and_its_health(client: httpx.AsyncClient, house: House) -> None:
    health = (await client.get("/v1/health")).json()
    assert health["status"] == "ok"
    assert health["idle"] is True
    await submitted(client)
    assert (await client.get("/v1/health")).json()["idle"] is False
    view = (await client.get("/v1/server")).json()
    assert view["home"] == str(house.home.data)
    assert 10 < view["memory_mib"] < 1000
    assert (await client.get("/v1/doctor")).json() == []
