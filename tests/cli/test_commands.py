"""Commands as people type them, with a real server and real jobs behind them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.home import Home
from argosy.core.views import JobQuery
from tests.cli.conftest import Argosy

pytestmark = pytest.mark.infra


def test_run_shows_the_output_and_returns_the_fate(argosy: Argosy) -> None:
    Path("data.csv").write_text("1,2\n")
    Path("train.sh").write_text('echo trained on "$(cat "$1")"; echo careful >&2; exit 0')
    ran = argosy("run", "--", "sh", "train.sh", "data.csv")
    assert (ran.code, ran.out) == (0, "trained on 1,2\n")
    assert "careful\n" in ran.err
    assert "sending along train.sh" in ran.err
    assert "sending along data.csv" in ran.err


def test_a_failed_job_is_the_exit_code_and_says_why(argosy: Argosy) -> None:
    ran = argosy("run", "sh", "-c", "exit 3")
    assert ran.code == Exit.FAILED
    assert "exit code 3" in ran.err


def test_output_is_passed_on_byte_for_byte(argosy: Argosy) -> None:
    argosy("run", "-d", "-n", "bytes", "--", "sh", "-c", r"printf 'a\000\377\033[31mb\r\n'")
    argosy("wait", "bytes")
    assert argosy("logs", "bytes").out.encode("utf-8", "surrogateescape") == b"a\0\xff\x1b[31mb\r\n"


def test_files_in_options_are_sent_and_those_elsewhere_are_not(argosy: Argosy, tmp_path: Path) -> None:
    Path("in put").write_text("x")
    (tmp_path / "outside").write_text("y")
    Path("folder").mkdir()
    ran = argosy("run", "--", "sh", "-c", "ls", "--", "--in=in put", "../outside", str(tmp_path / "outside"), "folder")
    assert ran.out == "in put\n"
    assert "not sending the directory folder" in ran.err


@pytest.mark.parametrize("name", ["two words", "it's", "-rf", "$(touch x)", "a;b", "*", "naïve", 'q"'])
def test_a_file_of_any_name_goes_along(argosy: Argosy, name: str) -> None:
    Path(name).write_text("inside")
    ran = argosy("run", "--", "cat", "--", name)
    assert (ran.code, ran.out) == (0, "inside")


def test_a_file_with_bytes_for_a_name_is_sent_under_another(argosy: Argosy) -> None:
    raw = os.fsdecode(b"caf\xe9")
    Path(raw).write_text("inside")
    refused = argosy("run", "cat", raw)
    assert refused.code == Exit.BAD_INPUT
    assert "--file name=PATH" in refused.err
    assert argosy("run", "--file", f"plain={raw}", "--", "cat", "plain").out == "inside"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("lss",), Exit.USAGE, "Did you mean ls?"),
        (("ls", "--limit", "0"), Exit.USAGE, "--limit"),
        (("ls", "--fate", "done"), Exit.BAD_INPUT, "The fates are"),
        (("ls", "--since", "soon"), Exit.BAD_INPUT, "2026-03-01"),
        (("ls", "--watch"), Exit.BAD_INPUT, "terminal"),
        (("ls", "--page", "x"), Exit.BAD_INPUT, "cursor"),
        (("run",), Exit.USAGE, "COMMAND"),
        (("run", "--memory", "lots", "true"), Exit.BAD_INPUT, "16GiB"),
        (("run", "--walltime", "5", "true"), Exit.BAD_INPUT, "4h"),
        (("run", "--name", "a\nb", "true"), Exit.BAD_INPUT, "cannot be the name"),
        (("run", "--label", "x", "true"), Exit.BAD_INPUT, "KEY=VALUE"),
        (("run", "--env", "1=2", "true"), Exit.BAD_INPUT, "1"),
        (("run", "--file", "nothing", "true"), Exit.BAD_INPUT, "nothing: No such file"),
        (("run", "--target", "mars", "true"), Exit.NOT_FOUND, "mars"),
        (("submit", "openmm/nvtt"), Exit.NOT_FOUND, "openmm/nvtt"),
        (("submit", "openmm/water-box", "--set", "box_edge=wide"), Exit.BAD_INPUT, "box_edge"),
        (("submit", "openmm/water-box", "--set", "edge=3"), Exit.BAD_INPUT, "Its parameters are"),
        (("submit", "openmm/nvt"), Exit.BAD_INPUT, "--file system=PATH"),
        (("submit", "./none.toml"), Exit.BAD_INPUT, "No such file"),
        (("show", "nobody"), Exit.NOT_FOUND, "nobody"),
        (("show", "j" + "0" * 21), Exit.NOT_FOUND, "no job"),
        (("show", "x" * 300), Exit.BAD_INPUT, "200"),
        (("wait", "--timeout", "never", "last"), Exit.BAD_INPUT, "never"),
        (("cancel",), Exit.BAD_INPUT, "--all"),
        (("get", "last", "--into", "/proc/nowhere"), Exit.BAD_INPUT, "/proc/nowhere"),
        (("target", "show", "mars"), Exit.NOT_FOUND, "mars"),
        (("target", "add", "t", "--root", "x"), Exit.BAD_INPUT, "absolute"),
        (("target", "add"), Exit.BAD_INPUT, "TARGET and --root PATH are missing"),
        (("target", "add", "t", "--host", "h"), Exit.BAD_INPUT, "--root PATH is missing"),
        (("target", "add", "--root", "/r"), Exit.BAD_INPUT, "TARGET is missing"),
        (("target", "add", "t", "--root", "/r", "--module", "a b"), Exit.BAD_INPUT, "modules.0"),
        (("target", "add", "t", "--root", "/r", "--from", "none.toml"), Exit.BAD_INPUT, "none.toml"),
        (("target", "rename", "mars", "venus"), Exit.NOT_FOUND, "mars"),
        (("target", "rename", "local", "a b"), Exit.BAD_INPUT, "name"),
        (("target", "export"), Exit.BAD_INPUT, "--all"),
        (("target", "export", "mars"), Exit.NOT_FOUND, "mars"),
        (("target", "export", "local", "/proc/nowhere"), Exit.BAD_INPUT, "/proc/nowhere"),
        (("target", "import", "none.toml"), Exit.BAD_INPUT, "none.toml"),
        (("target", "edit", "local", "--set", "limits.running=0"), Exit.BAD_INPUT, "limits.running"),
        (("template", "new", "bad name"), Exit.BAD_INPUT, "name"),
        (("template", "check", "nowhere"), Exit.USAGE, "nowhere"),
        (("config", "set", "server.port", "99999"), Exit.BAD_INPUT, "server.port"),
        (("config", "get", "colour"), Exit.NOT_FOUND, "server.port"),
        (("backup", "restore", "none"), Exit.NOT_FOUND, "none"),
        (("engine", "show", "none"), Exit.NOT_FOUND, "none"),
        (("completion", "show", "tcsh"), Exit.USAGE, "tcsh"),
        (("help", "lss"), Exit.USAGE, "lss"),
    ],
)
def test_a_mistake_is_named_with_a_way_out_and_its_own_exit_code(
    argosy: Argosy, words: tuple[str, ...], code: Exit, said: str
) -> None:
    if words[0] == "get":
        argosy("run", "--", "sh", "-c", "echo x > y")
    ran = argosy(*words)
    assert ran.code == code, ran
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "fault in Argosy" not in ran.err
    assert ran.out == ""


def test_nothing_of_a_job_that_was_refused_is_kept(argosy: Argosy, road: Road) -> None:
    before = road.send(calls.jobs(JobQuery())).jobs
    argosy("run", "--file", "nothing", "--", "true")
    argosy("submit", "openmm/water-box", "--set", "box_edge=-1")
    assert road.send(calls.jobs(JobQuery())).jobs == before


def test_a_job_file_is_submitted_with_options_on_top(argosy: Argosy) -> None:
    Path("job.toml").write_text(
        'command = ["sh", "-c", "cat given; echo $WIND"]\nname = "from a file"\n'
        '[files]\ngiven = "some.txt"\n[environment]\nWIND = "north"\n[labels]\na = "1"\n'
    )
    Path("some.txt").write_text("text\n")
    ran = argosy("submit", "job.toml", "--wait", "--env", "WIND=south", "--label", "b=2", "--json")
    assert ran.code == 0, ran
    (view,) = json.loads(ran.out)
    assert view["job"]["spec"]["labels"] == {"a": "1", "b": "2"}
    assert argosy("logs", "from a file").out == "text\nsouth\n"


def test_a_dry_run_shows_every_file_and_makes_no_job(argosy: Argosy, road: Road) -> None:
    before = road.send(calls.jobs(JobQuery())).jobs
    ran = argosy("submit", "openmm/water-box", "--set", "box_edge=3", "--dry-run")
    assert ran.code == 0
    assert '"box_edge_nm": 3' in ran.out
    assert "── run.sh ─" in ran.out
    assert road.send(calls.jobs(JobQuery())).jobs == before


def test_draft_release_wait_retry_and_rm(argosy: Argosy) -> None:
    made = argosy("run", "-d", "-n", "later", "--label", "t=drafts", "--plain", "--", "false")
    job = made.out.split("\t")[0]
    assert argosy("wait", job).code == Exit.FAILED
    assert "attempt 2" in argosy("retry", job).out
    assert argosy("wait", job).code == Exit.FAILED
    refused = argosy("rm", job)
    assert refused.code == Exit.BAD_INPUT
    assert "--yes" in refused.err
    assert job in refused.err
    assert argosy("rm", job, "--yes").code == 0
    assert argosy("show", job).code == Exit.NOT_FOUND


def test_wait_gives_up_and_cancel_by_label_ends_it(argosy: Argosy) -> None:
    argosy("run", "-d", "-n", "long", "--label", "sea=calm", "--", "sleep", "60")
    assert argosy("wait", "long", "--timeout", "1s").code == Exit.NOT_OVER
    assert argosy("cancel", "--label", "sea=calm", "--yes").code == 0
    assert argosy("wait", "long").code == Exit.CANCELLED


def test_jobs_that_fit_are_shown_before_anything_is_done_and_each_refusal_is_told(argosy: Argosy) -> None:
    argosy("run", "-d", "-n", "fails", "--label", "crew=few", "--", "false")
    argosy("wait", "fails")
    argosy("run", "-d", "-n", "works", "--label", "crew=few", "--", "true")
    argosy("wait", "works")
    shown = argosy("label", "--label", "crew=few", "--set", "crew=many", "--drop", "none")
    assert shown.code == Exit.BAD_INPUT
    assert ["fails" in shown.err, "works" in shown.err, "--yes" in shown.err] == [True, True, True]
    assert argosy("label", "--label", "crew=few", "--set", "crew=many", "--yes").code == 0
    assert argosy("ls", "--label", "crew=few").out == "No job fits.\n"
    again = argosy("retry", "--label", "crew=many", "--yes", "--plain")
    assert (again.code, len(again.out.splitlines())) == (0, 1)
    argosy("wait", "fails")
    mixed = argosy("hold", "fails", "works")
    assert mixed.code == Exit.CONFLICT
    assert "failed; only a job that waits at its scheduler can be held" in " ".join(mixed.out.split())
    gone = argosy("rm", "--label", "crew=many", "--before", "2026-01-01", "--yes")
    assert (gone.code, gone.out) == (0, "No job fits.\n")
    assert "2 jobs removed" in argosy("rm", "--label", "crew=many", "--yes").out.lower()
    assert argosy("rm", "fails", "--all").code == Exit.BAD_INPUT
    assert argosy("cancel", "--fate", "sunk").code == Exit.BAD_INPUT


def test_short_ids_and_names_are_completed(argosy: Argosy, monkeypatch: pytest.MonkeyPatch) -> None:
    made = argosy("run", "-d", "-n", "completed-by-name", "--plain", "--", "true")
    short = made.out.split("\t")[0][-8:]
    for begun, whole in ((short[:5], short), ("completed", "completed-by-name"), ("la", "last")):
        monkeypatch.setenv("_ARGOSY_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", f"argosy show {begun}")
        monkeypatch.setenv("COMP_CWORD", "2")
        assert whole in argosy().out.split()
    monkeypatch.setenv("COMP_WORDS", "argosy submit openmm/w")
    assert argosy().out.split() == ["openmm/water-box"]
    monkeypatch.setenv("COMP_WORDS", "argosy targ")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert argosy().out.split() == ["target"]


def test_a_new_template_works_as_it_is(argosy: Argosy, home: Home) -> None:
    assert argosy("template", "new", "my/greeting").code == 0
    folder = str(home.templates / "my" / "greeting")
    assert argosy("template", "check", folder).code == 0
    assert "seq 2" in argosy("template", "preview", folder, "--set", "times=2").out
    assert argosy("template", "preview", folder, "--set", "times=no").code == Exit.FINDINGS
    odd = "Ahoy $(id) 'quoted' \"twice\""
    assert argosy("submit", "my/greeting", "--set", f"greeting={odd}", "--set", "times=1", "--wait").code == 0
    assert argosy("logs", "last").out == f"1 {odd}\n"
    assert argosy("template", "new", "my/greeting").code == Exit.CONFLICT


def test_settings_are_set_and_given_back(argosy: Argosy) -> None:
    assert argosy("config", "set", "server.idle_exit_s", "900").code == 0
    assert argosy("config", "get", "server.idle_exit_s").out == "900\n"
    argosy("config", "set", "server.idle_exit_s")
    assert argosy("config", "get", "server.idle_exit_s").out == "1800\n"


def test_every_list_reads_as_json(argosy: Argosy) -> None:
    for words in (
        ("ls",),
        ("target", "list"),
        ("template", "list"),
        ("engine", "list"),
        ("config", "list"),
        ("doctor",),
    ):
        json.loads(argosy(*words, "--json").out)


def test_events_are_told_one_to_a_line(argosy: Argosy) -> None:
    argosy("run", "--name", "eventful", "--", "true")
    lines = argosy("events", "eventful", "--json").out.splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert len(kinds) >= 3
    assert [json.loads(line)["seq"] for line in lines] == sorted(json.loads(line)["seq"] for line in lines)


def argosy_process(home: Home, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "argosy", *words],
        env={**os.environ, "ARGOSY_HOME": str(home.data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def test_a_reader_that_goes_away_is_no_error(argosy: Argosy, home: Home) -> None:
    argosy("run", "-d", "--", "true")
    shell = f"{sys.executable} -m argosy ls --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell], env={**os.environ, "ARGOSY_HOME": str(home.data)}, capture_output=True, check=False
    )
    assert done.returncode in {0, Exit.PIPE_CLOSED}
    assert done.stderr == b""


def test_one_ctrl_c_leaves_the_job_running_and_says_how_to_come_back(home: Home, road: Road) -> None:
    with argosy_process(home, "run", "-n", "detached", "--", "sh", "-c", "echo begun; sleep 60") as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert "argosy logs -f" in err
    job = road.send(calls.find("detached"))
    assert road.send(calls.job(job)).latest.state.kind == "running"
    road.send(calls.cancel(job))


def test_a_second_ctrl_c_cancels_it(home: Home) -> None:
    with argosy_process(home, "run", "-n", "stopped", "--", "sh", "-c", "echo begun; sleep 60") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        while "Ctrl-C once more" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == Exit.CANCELLED


def test_logs_follow_until_the_job_is_over(argosy: Argosy) -> None:
    argosy("run", "-d", "-n", "slow", "--", "sh", "-c", "echo one; sleep 1; echo two")
    began = time.monotonic()
    assert argosy("logs", "-f", "slow").out == "one\ntwo\n"
    assert time.monotonic() - began < 30


def test_a_fault_of_our_own_is_written_down_and_not_thrown_at_the_user(
    argosy: Argosy, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set((home.state / "crashes").glob("*"))

    def broken(*_: object) -> None:
        raise RuntimeError("the mast\x1b[31m broke")

    monkeypatch.setattr(Road, "send", broken)
    ran = argosy("ls")
    assert ran.code == Exit.CRASHED
    assert r"RuntimeError: the mast\x1b[31m broke" in ran.err
    assert "Traceback" not in ran.err
    (report,) = set((home.state / "crashes").iterdir()) - before
    assert str(report) in ran.err
    assert "Traceback" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0
