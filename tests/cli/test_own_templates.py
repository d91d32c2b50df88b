"""Templates and presets of one's own, as people type it, with a real server behind it."""

import json
from pathlib import Path

import pytest

from argosy.cli.exits import Exit
from tests.cli.conftest import Argosy

pytestmark = pytest.mark.infra

HELLO = """# /// argosy
# name = "proj/hello"
# purpose = "greeting"
# [command]
# argv = ["cat", "hello.conf"]
# [[parameters]]
# name = "who"
# type = "text"
# default = "Ada"
# ///
Hello {{ who }}
"""
EDITOR = """#!/bin/sh
sed -i 's/^version = .*/version = "1.1.0"/; s/^title = .*/title = "Mine"/' "$1"
"""


@pytest.fixture
def project(argosy: Argosy) -> Path:
    """A project with a library of one template; the working directory is two below it."""
    del argosy  # it has gone to a directory of its own
    Path("argosy-templates").mkdir()
    Path("argosy-templates/hello.conf").write_text(HELLO)
    Path("data/run").mkdir(parents=True)
    return Path("data/run")


def test_a_template_of_the_project_is_found_from_below_and_runs(
    argosy: Argosy, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert "proj/hello  1.0.0    project" in argosy("template", "list", "hello").out
    assert "greeting" in argosy("template", "list", "--tree", "hello").out
    assert argosy("template", "test", "proj/hello").code == Exit.SUCCEEDED
    ran = argosy("submit", "proj/hello", "--set", "who=Bob", "--name", "from-project", "--wait")
    assert ran.code == Exit.SUCCEEDED, ran.err
    assert argosy("logs", "from-project").out == "Hello Bob\n"


def test_a_template_is_copied_changed_compared_and_removed(
    argosy: Argosy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    assert argosy("template", "copy", "namd/production", "my/prod").code == Exit.SUCCEEDED
    assert argosy("template", "copy", "namd/production", "my/prod").code == Exit.CONFLICT
    assert "Kept my/prod 1.1.0" in argosy("template", "edit", "my/prod").out
    assert "other versions  1.0.0" in argosy("template", "show", "my/prod").out
    told = argosy("template", "diff", "my/prod@1.0.0", "my/prod").out
    assert '-title = "Production"\n+title = "Mine"' in told
    assert argosy("template", "diff", "my/prod", "my/prod@1.1.0").out == "They are the same.\n"
    assert argosy("template", "rm", "my/prod@1.1.0", "--yes").code == Exit.SUCCEEDED
    assert "my/prod 1.0.0" in argosy("template", "show", "my/prod").out
    assert argosy("template", "rm", "my/prod", "--yes").code == Exit.SUCCEEDED
    assert argosy("template", "rm", "my/prod", "--yes").code == Exit.NOT_FOUND
    assert argosy("template", "rm", "namd/heat", "--yes").code == Exit.NOT_FOUND


def test_a_template_travels_as_one_file(argosy: Argosy) -> None:
    written = argosy("template", "export", "namd/heat", "--plain").out.strip()
    assert written == "namd-heat-1.0.0.template.zip"
    assert argosy("template", "export", "namd/heat").code == Exit.CONFLICT
    taken = argosy("template", "import", written, "--name", "lab/heat", "--json")
    assert json.loads(taken.out)["kept"] is True
    assert argosy("template", "import", written, "--name", "lab/heat").code == Exit.CONFLICT
    assert argosy("template", "import", written, "--name", "lab/heat", "--replace").code == Exit.SUCCEEDED
    same = argosy("template", "diff", "namd/heat", "lab/heat").out
    assert [line for line in same.splitlines() if line[:2] in {"-n", "+n"}] == [
        '-name = "namd/heat"',
        '+name = "lab/heat"',
    ]
    assert argosy("template", "rm", "lab/heat", "--yes").code == Exit.SUCCEEDED


def test_a_template_of_another_program_is_taken_in_with_what_to_know(argosy: Argosy) -> None:
    Path("scf.yml").write_text("name: Hi\nparameters: {n: {type: integer, default: 3}}\ninput_template: |\n  {{ n }}\n")
    seen = argosy("template", "import", "scf.yml", "--dry-run")
    assert "It would become crystal/hi 1.0.0" in seen.out
    assert "no engine here for crystal" in seen.out
    assert argosy("template", "show", "crystal/hi").code == Exit.NOT_FOUND
    Path("bad.yml").write_text("parameters: [\n")
    refused = argosy("template", "import", "bad.yml")
    assert (refused.code, "not valid YAML" in refused.err) == (Exit.BAD_INPUT, True)


def test_a_job_becomes_a_template_that_makes_it_again(argosy: Argosy) -> None:
    argosy("run", "--detach", "--name", "braces", "--", "echo", "{{ not a hole }}")
    made = argosy("template", "new", "lab/again", "--from", "braces", "--into", ".")
    assert made.code == Exit.SUCCEEDED, made.err
    ran = argosy("submit", "./lab/again", "--name", "again", "--wait")
    assert ran.code == Exit.SUCCEEDED, ran.err
    assert argosy("logs", "again").out == "{{ not a hole }}\n"


def test_a_template_that_does_not_render_fails_its_test(argosy: Argosy) -> None:
    Path("odd").mkdir()
    Path("odd/template.toml").write_text('name = "odd"\n[command]\nargv = ["echo", "{{ missing }}"]\n')
    tried = argosy("template", "test", "./odd")
    assert tried.code == Exit.FINDINGS
    assert "missing" in tried.out


def test_a_job_starts_from_a_preset_in_one_command(
    argosy: Argosy, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    saved = argosy("preset", "save", "warm", "--template", "proj/hello", "--set", "who=Eve", "--label", "mood=good")
    assert saved.code == Exit.SUCCEEDED, saved.err
    assert argosy("preset", "save", "warmer", "--from", "warm", "--set", "who=Zoe").code == Exit.SUCCEEDED
    assert argosy("preset", "save", "warmer", "--from", "warm").code == Exit.CONFLICT
    refused = argosy("preset", "save", "cold", "--from", "warm", "--set", "whom=Zoe")
    assert (refused.code, "whom: the template has no such parameter" in refused.err) == (Exit.BAD_INPUT, True)
    assert argosy("preset", "rate", "warmer", "5").code == Exit.SUCCEEDED
    assert argosy("preset", "list", "--plain").out.splitlines()[0].startswith("warmer\tproj/hello\t5\tmood=good")
    ran = argosy("submit", "--preset", "warmer", "--name", "preset-job", "--wait")
    assert ran.code == Exit.SUCCEEDED, ran.err
    assert argosy("logs", "preset-job").out == "Hello Zoe\n"
    assert "preset=warmer" in argosy("show", "preset-job").out
    shown = json.loads(argosy("preset", "show", "warmer", "--json").out)
    assert (shown["parent"], shown["values"], shown["rating"]) == ("warm", {"who": "Zoe"}, 5)


def test_presets_travel_as_one_file_all_or_none(argosy: Argosy) -> None:
    saved = argosy("preset", "save", "long", "--template", "namd/production", "--set", "steps=5000", "--cpus", "8")
    assert saved.code == Exit.SUCCEEDED, saved.err
    assert argosy("preset", "export", "p.json", "long").code == Exit.SUCCEEDED
    assert argosy("preset", "import", "p.json").code == Exit.CONFLICT
    assert argosy("preset", "rm", "long", "--yes").code == Exit.SUCCEEDED
    assert argosy("preset", "import", "p.json", "--plain").out == "long\n"
    assert json.loads(argosy("preset", "show", "long", "--json").out)["resources"] == {"cpus": 8}
    argosy("preset", "rm", "long", "--yes")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("submit",), Exit.BAD_INPUT, "--preset"),
        (("submit", "--preset", "nobody"), Exit.NOT_FOUND, "nobody"),
        (("preset", "save", "x"), Exit.BAD_INPUT, "--template"),
        (("preset", "save", "x", "--template", "namd/production", "--set", "steps=x"), Exit.BAD_INPUT, "steps"),
        (("preset", "import", "none.json"), Exit.BAD_INPUT, "none.json"),
        (("template", "show", "namd/heat@9.9"), Exit.NOT_FOUND, "1.0.0"),
        (("template", "import", "none.zip"), Exit.BAD_INPUT, "none.zip"),
        (("template", "edit", "namd/heat", "--file", "x"), Exit.BAD_INPUT, "config.namd.j2"),
        (("import", "namd", "nowhere"), Exit.BAD_INPUT, "nowhere"),
        (("import", "openmm", "."), Exit.BAD_INPUT, "namd"),
        (("import", "namd", "."), Exit.BAD_INPUT, "configuration of NAMD"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(argosy: Argosy, words: tuple[str, ...], code: Exit, said: str) -> None:
    ran = argosy(*words)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert "Traceback" not in ran.err
