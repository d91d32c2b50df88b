"""The template folders are complete in themselves, so that each can be copied away and run by hand."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined

import argosy.engines

TEMPLATES = Path(argosy.engines.__path__[0]) / "openmm" / "templates"
NAMES = ("water-box", "nvt", "production")


@pytest.mark.parametrize("name", ["argosy_openmm.py", "dynamics.py", "records.py"])
def test_what_templates_share_is_the_same_in_each(name: str) -> None:
    copies = {path.read_text(encoding="utf-8") for path in TEMPLATES.glob(f"*/{name}")}
    assert len(copies) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_the_folder_is_part_of_the_template(name: str) -> None:
    listed = {row["source"] for row in _read(name)["files"]}
    assert listed == {path.name for path in (TEMPLATES / name).iterdir() if path.is_file()} - {"template.toml"}


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_are_exactly_those_that_the_scripts_ask_for(name: str) -> None:
    values = {row["name"]: row.get("default", "") for row in _read(name)["parameters"]}
    text = (TEMPLATES / name / "settings.json.j2").read_text(encoding="utf-8")
    rendered = Environment(undefined=StrictUndefined, autoescape=False).from_string(text).render(values)
    asked: set[str] = set()
    for script in (TEMPLATES / name).glob("*.py"):
        asked |= set(re.findall(r"settings\[[\"'](\w+)[\"']\]", script.read_text(encoding="utf-8")))
    assert set(json.loads(rendered)) == asked


def _read(name: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((TEMPLATES / name / "template.toml").read_text(encoding="utf-8"))
