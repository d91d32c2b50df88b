"""The templates hold together: every file is placed, every setting is written and read."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined

import argosy.engines

TEMPLATES = Path(argosy.engines.__path__[0]) / "openmm" / "templates"
SHARED = TEMPLATES / "_shared"
NAMES = ("water-box", "nvt", "production")


def test_every_shared_file_is_placed_by_some_template() -> None:
    placed = {row["source"] for name in NAMES for row in _read(name)["files"]}
    assert {path.name for path in SHARED.glob("*.py")} <= placed


@pytest.mark.parametrize("name", NAMES)
def test_a_template_places_every_module_that_its_programs_import(name: str) -> None:
    placed = {row["source"].removesuffix(".py") for row in _read(name)["files"]}
    ours = {path.stem for path in SHARED.glob("*.py")}
    texts = (path.read_text(encoding="utf-8") for path in _programs(name))
    imported = {word for text in texts for word in re.findall(r"^from (\w+) import", text, re.MULTILINE)}
    assert imported & ours <= placed


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_the_folder_is_part_of_the_template(name: str) -> None:
    listed = {row["source"] for row in _read(name)["files"]}
    shared = {path.name for path in SHARED.iterdir()}
    assert listed - shared == {path.name for path in (TEMPLATES / name).iterdir() if path.is_file()} - {"template.toml"}


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_are_exactly_those_that_the_scripts_ask_for(name: str) -> None:
    values = {row["name"]: row.get("default", "") for row in _read(name)["parameters"]}
    text = (TEMPLATES / name / "settings.json.j2").read_text(encoding="utf-8")
    rendered = Environment(undefined=StrictUndefined, autoescape=False).from_string(text).render(values)
    asked: set[str] = set()
    for program in _programs(name):
        asked |= set(re.findall(r"settings\[[\"'](\w+)[\"']\]", program.read_text(encoding="utf-8")))
    assert set(json.loads(rendered)) == asked


def _programs(name: str) -> list[Path]:
    sources = [row["source"] for row in _read(name)["files"] if row["source"].endswith(".py")]
    return [SHARED / source if (SHARED / source).exists() else TEMPLATES / name / source for source in sources]


def _read(name: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((TEMPLATES / name / "template.toml").read_text(encoding="utf-8"))
