"""Targets as people make, change and hand them on, with a real server behind it."""

import json
from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.target import Target
from tests.cli.conftest import Argosy

pytestmark = pytest.mark.infra


def test_targets_are_added_changed_and_removed(argosy: Argosy, tmp_path: Path) -> None:
    assert argosy("target", "add", "scratch", "--root", str(tmp_path / "t"), "--set", "limits.running=1").code == 0
    assert argosy("target", "add", "scratch", "--root", "/x").code == Exit.CONFLICT
    assert "running=2" in argosy("target", "edit", "scratch", "--set", "limits.running=2").out
    assert argosy("run", "--target", "scratch", "--", "echo", "there").out == "there\n"
    checked = argosy("target", "check", "scratch")
    assert (checked.code, checked.out) == (0, "scratch is well: shell, programs, clock, root, scheduler.\n")
    assert argosy("target", "rename", "scratch", "local").code == Exit.CONFLICT
    assert argosy("target", "rename", "scratch", "desk").out == "Target scratch is now called desk.\n"
    assert argosy("ls", "--target", "desk", "--plain").out.count("\tsucceeded\tdesk\t") == 1
    assert argosy("logs", "echo").out == "there\n"
    assert "\ntarget     desk\n" in argosy("show", "echo").out
    again = argosy("retry", "echo")
    assert again.code == 0
    assert argosy("wait", "echo").code == 0
    assert argosy("target", "rm", "desk", "--yes").code == 0
    assert argosy("target", "show", "desk").code == Exit.NOT_FOUND


def test_targets_go_into_a_file_and_come_back_all_or_none(argosy: Argosy, tmp_path: Path) -> None:
    words = ("--running", "2", "--module", "gcc/14", "--module", "openmpi", "--set", 'environment.A="1"')
    argosy("target", "add", "one", "--root", str(tmp_path / "1"), *words)
    argosy("target", "add", "two", "--root", str(tmp_path / "2"), "--host", "login.site.org", "--user", "ada")
    try:
        before = [argosy("target", "show", name, "--json").out for name in ("one", "two")]
        assert argosy("target", "export", "one").out.endswith('[target.environment]\nA = "1"\n')
        assert argosy("target", "export", "--all", "all.toml").out.endswith(" targets are written to all.toml.\n")
        assert argosy("target", "export", "one", "all.toml").code == Exit.CONFLICT
        text = Path("all.toml").read_text()
        wanted = [part for part in text.split("[[target]]\n") if 'name = "one"' in part or 'name = "two"' in part]
        Path("some.toml").write_text("".join(f"[[target]]\n{part}" for part in wanted))
        refused = argosy("target", "import", "some.toml")
        assert refused.code == Exit.CONFLICT
        assert "one, two" in refused.err
        argosy("target", "rm", "one", "--yes")
        assert argosy("target", "import", "some.toml").code == Exit.CONFLICT
        assert argosy("target", "show", "one").code == Exit.NOT_FOUND
        assert argosy("target", "import", "some.toml", "--replace", "--plain").out == "one\ntwo\n"
        after = [argosy("target", "show", name, "--json").out for name in ("one", "two")]
        assert [json.loads(view)["profile"] for view in after] == [json.loads(view)["profile"] for view in before]
    finally:
        argosy("target", "rm", "one", "--yes")
        argosy("target", "rm", "two", "--yes")


def test_modules_are_loaded_before_the_program_and_one_that_is_missing_stops_it(argosy: Argosy, tmp_path: Path) -> None:
    # The function of the site, as environment modules and Lmod define it.
    lines = [
        'module() { case $* in *missing) echo "ERROR: Unable to locate a modulefile for $3" >&2; return 1; esac',
        'export LOADED="$*"; }',
    ]
    argosy("target", "add", "site", "--root", str(tmp_path / "t"), "--set", f"prologue={json.dumps(lines)}")
    try:
        argosy("target", "edit", "site", "--set", 'modules=["gcc/14.2.0", "openmpi"]')
        ran = argosy("run", "--target", "site", "--", "sh", "-c", "echo $LOADED")
        assert ran.out == "load gcc/14.2.0 openmpi\n"
        argosy("target", "edit", "site", "--set", 'modules=["gcc/14.2.0", "missing"]')
        ran = argosy("run", "--name", "stopped-by-modules", "--target", "site", "--", "echo", "never")
        assert ran.code == Exit.FAILED
        assert "the target's environment failed" in ran.err
        assert "Unable to locate a modulefile for missing" in argosy("show", "stopped-by-modules").out
        assert "prologue or modules" in ran.err
    finally:
        argosy("target", "rm", "site", "--yes")


def test_target_sync_says_what_came_back(argosy: Argosy, road: Road) -> None:
    ran = argosy("run", "-n", "kept", "--", "true")
    assert ran.code == Exit.SUCCEEDED
    ran = argosy("target", "sync", "local")
    assert (ran.code, "nothing new is on the list" in ran.out) == (Exit.SUCCEEDED, True)
    road.send(calls.put_target(Target(name="gone", root="/nonexistent/root")))
    try:
        ran = argosy("target", "sync")
        assert ran.code == Exit.SUCCEEDED
        assert "gone holds no records of jobs" in ran.out
        answers = json.loads(argosy("target", "sync", "--json").out)
        assert {one["target"] for one in answers} == {"gone", "local"}
    finally:
        road.send(calls.drop_target("gone"))
    assert argosy("target", "sync", "nowhere").code == Exit.NOT_FOUND
