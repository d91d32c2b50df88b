"""What a person does at a terminal, with real terminals, shells and editors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from argosy import Client
from argosy.cli.exits import Exit
from argosy.client import calls
from argosy.client.road import Road
from argosy.core import ids
from argosy.core.home import Home
from tests.cli.conftest import Argosy
from tests.cli.terminal import terminal
from tests.infra.wrapped import demanded

pytestmark = pytest.mark.infra

HERE = Path(sys.executable).parent


def surroundings(home: Home) -> dict[str, str]:
    """An environment in which ``argosy`` is the one that is tested."""
    return {"ARGOSY_HOME": str(home.data), "PATH": f"{HERE}:{os.environ['PATH']}"}


def script_for(shell: str, argosy: Argosy, top: Path) -> Path:
    path = top / f"completion.{shell}"
    path.write_text(argosy("completion", "show", shell).out)
    return path


def test_the_watched_list_shows_what_comes_until_ctrl_c(home: Home) -> None:
    client = Client(home)
    client.submit(["true"], name="first-at-sea")
    with terminal([str(HERE / "argosy"), "ls", "--watch", "--limit", "3"], surroundings(home)) as screen:
        screen.until("first-at-sea")
        screen.until("Ctrl-C ends this.")
        job = client.submit(["true"], name="second-at-sea")
        screen.until("second-at-sea")
        job.wait(60)
        screen.until("second-at-sea")
        screen.until("succeeded")
        screen.type("\x03")
        assert screen.ended() == Exit.INTERRUPTED


def test_a_list_is_watched_in_a_terminal_only(argosy: Argosy) -> None:
    ran = argosy("ls", "--watch")
    assert (ran.code, "needs a terminal" in ran.err) == (Exit.BAD_INPUT, True)


WAITS = "from argosy.cli.patience import Patience\nwith Patience('Cancel 1,500 jobs'): input()\nprint('over')"


def test_what_takes_long_and_tells_nothing_says_for_how_long() -> None:
    with terminal([sys.executable, "-c", WAITS], {}) as screen:
        screen.until("Cancel 1,500 jobs … 1s")
        screen.until("Cancel 1,500 jobs … 2s")
        screen.type("\n")
        screen.until("\r\x1b[Kover")
        assert screen.ended() == 0


SETUPS = {
    "sourced": "autoload -Uz compinit; compinit -u -D; source ~/completion.zsh",
    "installed": "fpath+=~/.zfunc; autoload -Uz compinit; compinit -u -D",
}


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_zsh_completes_commands_and_jobs(
    argosy: Argosy, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setup: str
) -> None:
    zsh = demanded("zsh")
    job = Client(home).submit(["true"], name="zephyr")
    monkeypatch.setenv("HOME", str(tmp_path))
    script_for("zsh", argosy, tmp_path)
    argosy("completion", "install", "zsh")
    with terminal([zsh, "-f", "-i"], {**surroundings(home), "PS1": "> "}) as screen:
        screen.type(f"unsetopt PROMPT_SP; zle_highlight=(none); {setup}; echo all''set\n")
        screen.until("allset")
        screen.until("> ")
        screen.type("argosy targ\t")
        screen.until("argosy target ")
        screen.type("\x15argosy show zeph\t")
        screen.until("argosy show zephyr ")
        screen.type(f"\x15argosy show {ids.short(job.id)[:6]}\t")
        screen.until(ids.short(job.id))


def test_fish_completes_commands_and_jobs(argosy: Argosy, home: Home, tmp_path: Path) -> None:
    fish = demanded("fish")
    job = Client(home).submit(["true"], name="foehn")
    script = script_for("fish", argosy, tmp_path)

    def completed(begun: str) -> list[str]:
        done = subprocess.run(
            [fish, "--no-config", "-c", 'source $argv[1]; complete --do-complete "$argv[2]"', str(script), begun],
            env={**os.environ, **surroundings(home), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return [line.split("\t")[0] for line in done.stdout.splitlines()]

    assert completed("argosy targ") == ["target"]
    assert completed("argosy show foeh") == ["foehn"]
    assert completed(f"argosy show {ids.short(job.id)[:6]}") == [ids.short(job.id)]


def test_series_are_drawn_into_png_and_svg_files(argosy: Argosy, home: Home, tmp_path: Path) -> None:
    table = "".join(f"{step},{step / 500},{-step},{step},0,300,20,1.0,10\n" for step in range(500, 5500, 500))
    job = Client(home).submit(["sh", "-c", f"printf '%s' '{table}' > state.csv"], engine="openmm")
    job.wait(60)
    assert argosy("results", job.id, "--png", str(tmp_path / "all.png")).code == 0
    picture = (tmp_path / "all.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.endswith(b"IEND\xaeB`\x82")
    assert int.from_bytes(picture[16:20]) == 1200
    one = argosy("results", job.id, "--plot", "temperature", "--png", str(tmp_path / "one.png"), "--json")
    assert json.loads(one.out) == {"file": str(tmp_path / "one.png")}
    height = int.from_bytes((tmp_path / "one.png").read_bytes()[20:24])
    assert height < int.from_bytes(picture[20:24])
    assert argosy("results", job.id, "--svg", str(tmp_path / "all.svg")).code == 0
    assert "<svg" in (tmp_path / "all.svg").read_text()
    assert argosy("results", job.id, "--png", str(tmp_path / "no" / "where.png")).code == Exit.BAD_INPUT


@pytest.fixture
def edited_target(argosy: Argosy, road: Road, tmp_path: Path) -> str:
    argosy("target", "add", "harbour", "--root", str(tmp_path / "t"), "--set", "limits.running=1")
    yield "harbour"
    road.send(calls.drop_target("harbour"))


def editor(top: Path, patch: pytest.MonkeyPatch, lines: str) -> None:
    """An editor that does this to the file that it is given."""
    script = top / "an editor"
    script.write_text(f"#!/bin/sh\n{lines}\n")
    script.chmod(0o755)
    patch.delenv("VISUAL", raising=False)
    patch.setenv("EDITOR", f"'{script}' --wait")


def test_a_target_is_changed_in_an_editor(
    argosy: Argosy, edited_target: str, road: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(tmp_path, monkeypatch, """sed 's/running = 1/running = 3/' "$2" > "$2.new" && mv "$2.new" "$2" """)
    assert argosy("target", "edit", edited_target).code == 0
    assert road.send(calls.target(edited_target)).profile["limits"]["running"] == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("exit 1", "ended with code 1"),
        ('echo "{" > "$2"', "not TOML"),
        (': > "$2"', "name"),
        ("""sed 's/running = 1/running = 0/' "$2" > "$2.new" && mv "$2.new" "$2" """, "limits.running"),
        ("""sed 's/"harbour"/"other"/' "$2" > "$2.new" && mv "$2.new" "$2" """, "keeps its name"),
        ("""sed 's/"process"/"carrier-pigeon"/' "$2" > "$2.new" && mv "$2.new" "$2" """, "carrier-pigeon"),
    ],
    ids=["it fails", "no TOML", "nothing", "no such limit", "another name", "no such scheduler"],
)
def test_what_an_editor_leaves_that_will_not_do_changes_nothing(
    argosy: Argosy,
    edited_target: str,
    road: Road,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    said: str,
) -> None:
    before = road.send(calls.target(edited_target))
    editor(tmp_path, monkeypatch, lines)
    ran = argosy("target", "edit", edited_target)
    assert (ran.code, ran.out) == (Exit.BAD_INPUT, "")
    assert said in ran.err
    assert road.send(calls.target(edited_target)) == before
