"""What is cleared away, and above all what is not: with real files, real jobs, and other people's directories."""

import json
from typing import Any

import pytest

from argosy.cli.exits import Exit
from tests.faults.running import Running, runs, scratched, until, witness

pytestmark = [pytest.mark.faults, pytest.mark.infra]

PATH = "/targets/local/cleaning"


def planned(server: Running, **asked: Any) -> list[dict[str, Any]]:
    return server.ask("GET", PATH, params=asked)["stale"]


def cleaned(server: Running, paths: list[str], **asked: Any) -> dict[str, Any]:
    return server.ask("POST", PATH, params=asked, json=paths)


def over(server: Running, script: str = "head -c 300000 /dev/urandom > out", **fields: Any) -> str:
    (job,) = server.submit({"argv": ["sh", "-c", script], "name": "job", **fields})
    server.outcome(job)
    return job


def test_copies_in_scratch_go_when_they_were_shown_and_the_originals_stay(server: Running) -> None:
    server.start()
    root, scratch = scratched(server)
    first, second = over(server), over(server)
    whole = (root / "jobs" / first / "attempt-1/work/out").read_bytes()
    stale = planned(server)
    assert [(one["kind"], one["path"], one["job"]) for one in stale] == [
        ("scratch", str(scratch / "jobs" / job), job) for job in (first, second)
    ]
    assert all(one["size"] >= 300_000 for one in stale)
    assert planned(server, older_than_s=3600) == []
    assert [one["job"] for one in cleaned(server, [stale[0]["path"], "/etc"])["stale"]] == [first]
    assert not (scratch / "jobs" / first).exists()
    assert (scratch / "jobs" / second / "attempt-1/work/out").exists()
    assert (root / "jobs" / first / "attempt-1/work/out").read_bytes() == whole
    assert [one["job"] for one in planned(server)] == [second]


def test_the_files_of_old_jobs_go_and_the_jobs_stay_also_when_the_list_is_lost(server: Running) -> None:
    server.start()
    root, scratch = scratched(server)
    job = over(server, "echo 1 > a.csv; head -c 300000 /dev/zero > big", outputs=["*.csv"])
    before = server.ask("GET", f"/jobs/{job}")
    stale = planned(server, files_older_than_s=0)
    assert {one["path"] for one in stale} == {str(top / "jobs" / job) for top in (root, scratch)}
    done = cleaned(server, [one["path"] for one in stale], files_older_than_s=0)
    assert (len(done["stale"]), done["findings"], done["cleared"]) == (2, [], True)
    assert [path.name for path in (root / "jobs" / job).iterdir()] == ["job.json"]
    assert not (scratch / "jobs" / job).exists()
    assert server.ask("GET", f"/jobs/{job}") == before
    assert server.ask("GET", f"/jobs/{job}/files")["at_home"] == ["a.csv"]
    assert any(event["kind"] == "cleaned" for event in server.ask("GET", "/events/page", params={"job": job}))
    assert planned(server, files_older_than_s=0) == []
    server.stop()
    for path in server.top.glob("argosy.db*"):
        path.unlink()
    server.start()
    scratched(server)
    assert server.ask("POST", "/targets/local/sync")["taken"] == [job]
    assert server.ask("GET", f"/jobs/{job}") == before


def test_only_what_belongs_to_jobs_with_an_outcome_goes_when_a_person_says_which(server: Running) -> None:
    server.start()
    good, bad = over(server), server.submit({"argv": ["false"], "name": "bad"})[0]
    assert server.outcome(bad)["kind"] == "failed"
    words = ("clean", "local", "--files-older-than", "1s", "--yes", "--fate")
    wrong = server.argosy(*words, "running")
    assert wrong.returncode == Exit.BAD_INPUT
    assert b"no outcome of a job" in wrong.stderr
    until(lambda: planned(server, files_older_than_s=1, fates=["failed"]), "it has been over for long enough")
    assert server.argosy(*words, "failed").returncode == Exit.SUCCEEDED
    assert {one["job"] for one in planned(server, files_older_than_s=0) if one["kind"] == "files"} == {good}
    assert planned(server, files_older_than_s=0, fates=["cancelled", "lost"]) == []


def test_what_is_not_ours_or_not_over_or_still_needed_stays(server: Running) -> None:
    server.start()
    root, scratch = scratched(server)
    parent, renamed = over(server), over(server)
    (running,) = server.submit(witness(server.top, "long", ["sleep", "600"]))
    until(lambda: server.fate(running) == "running", "it runs")
    file = {"name": "given", "source": {"kind": "job", "job": parent, "path": "out"}}
    (child,) = server.submit({"argv": ["cat", "given"], "name": "child", "inputs": [file], "draft": True})
    record = scratch / "jobs" / renamed / "job.json"
    record.write_text(record.read_text().replace(renamed, parent))
    strange = scratch / "jobs" / "mine"
    strange.mkdir()
    (strange / "thesis").write_text("precious")
    unknown = scratch / "jobs" / ("j" + "0" * 21)
    (unknown / "attempt-1").mkdir(parents=True)
    (unknown / "job.json").write_text(json.dumps({"id": unknown.name}))
    stale = planned(server, files_older_than_s=0)
    assert {one["job"] for one in stale if one["kind"] == "files"} == {renamed}
    done = cleaned(server, [one["path"] for one in stale], files_older_than_s=0)
    assert [finding["where"] for finding in done["findings"]] == [str(record.parent)]
    assert "not marked" in done["findings"][0]["what"]
    assert {path.name for path in (scratch / "jobs").iterdir() if path.is_dir()} >= {
        renamed,
        running,
        "mine",
        unknown.name,
    }
    assert (root / "jobs" / parent / "attempt-1/work/out").exists()
    server.ask("POST", f"/jobs/{child}/release")
    assert server.outcome(child)["kind"] == "succeeded"
    server.ask("POST", f"/jobs/{running}/cancel")
    assert server.outcome(running)["kind"] == "cancelled"


def test_a_job_that_is_tried_again_after_the_preview_keeps_its_files(server: Running) -> None:
    server.start()
    _, scratch = scratched(server)
    go = server.top / "go"
    (job,) = server.submit(witness(server.top, "job", ["sh", "-c", f"[ -e {go} ] && sleep 600; exit 3"]))
    server.outcome(job)
    stale = planned(server)
    go.touch()
    server.ask("POST", f"/jobs/{job}/retry")
    until(lambda: server.fate(job) == "running", "it runs again")
    assert cleaned(server, [one["path"] for one in stale])["stale"] == []
    assert (scratch / "jobs" / job / "attempt-2/start").exists()
    assert runs(server.top, "job") == 2


def test_a_job_without_its_files_can_be_tried_again(server: Running) -> None:
    server.start()
    (job,) = server.submit(witness(server.top, "job"))
    server.outcome(job)
    stale = planned(server, files_older_than_s=0)
    cleaned(server, [one["path"] for one in stale], files_older_than_s=0)
    directory = server.top / "local/jobs" / job
    assert [path.name for path in directory.iterdir()] == ["job.json"]
    server.ask("POST", f"/jobs/{job}/retry")
    until(lambda: runs(server.top, "job") == 2, "it runs again")
    assert server.outcome(job)["kind"] == "succeeded"
    assert (directory / "attempt-2/exit").exists()


def test_the_server_clears_by_itself_what_the_retention_says_at_a_quiet_time(server: Running) -> None:
    server.start("tests.faults.tidy_server", str(server.top))
    _, scratch = scratched(server, retention={"scratch_days": 0})
    job = over(server)
    until(lambda: not (scratch / "jobs" / job).exists(), "its copy goes")

    def said() -> bool:  # a little after it is done
        events = server.ask("GET", "/events/page", params={"limit": 1000})
        return any("cleared away by argosy" in event["words"] for event in events)

    until(said, "it is told")


def test_the_command_shows_what_goes_and_asks(server: Running) -> None:
    server.start()
    _, scratch = scratched(server)
    job = over(server)
    asked = server.argosy("clean", "local")
    assert asked.returncode != 0
    assert b"copy in scratch" in asked.stderr
    assert b"nobody is there to be asked" in asked.stderr
    shown = json.loads(server.argosy("clean", "--dry-run", "--json").stdout)
    assert [one["path"] for one in shown[0]["stale"]] == [str(scratch / "jobs" / job)]
    assert (scratch / "jobs" / job).exists()
    done = server.argosy("clean", "--yes")
    assert done.returncode == 0, done.stderr
    assert b"are free again" in done.stdout
    assert not (scratch / "jobs" / job).exists()
    assert b"nothing to clear away" in server.argosy("clean").stdout
