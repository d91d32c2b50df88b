"""Job files: one job described in TOML or JSON, to be submitted as it stands.

template = "openmm/nvt"          # or: command = ["python", "train.py"]
name = "water at 310 K"
target = "local"

[values]                         # the template's parameters
temperature = 310

[files]                          # parameter (or, for a command, name in the work directory) = file
system = "box/system.xml"        # relative paths count from the job file
state = "job:last:state.xml"     # what another job left

[resources]
cpus = 4
walltime = "2h"
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from argosy.client.filewords import FileWord
from argosy.client.sending import shown
from argosy.core.errors import BadInput

_TEXT, _WORDS, _TABLE = "text", "a list of texts", "a table"
KEYS: Mapping[str, tuple[type, str]] = {
    "template": (str, _TEXT),
    "command": (list, _WORDS),
    "name": (str, _TEXT),
    "target": (str, _TEXT),
    "engine": (str, _TEXT),
    "values": (dict, _TABLE),
    "files": (dict, _TABLE),
    "resources": (dict, _TABLE),
    "environment": (dict, _TABLE),
    "labels": (dict, _TABLE),
    "outputs": (list, _WORDS),
    "after": (list, _WORDS),
    "slurm": (dict, _TABLE),
    "resource_set": (str, _TEXT),
    "retries": (int, "a whole number"),
    "retry": (dict, _TABLE),
    "stop_if_broken": (bool, "true or false"),
    "priority": (int, "a whole number"),
    "draft": (bool, "true or false"),
}
"""What a job file may say, and what each must be."""

_RENAMED = {"command": "argv"}
_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class JobFile:
    """What a job file says: fields of a ``Submission``, and files whose paths count from ``directory``."""

    wishes: Mapping[str, Any]
    files: tuple[FileWord, ...]
    directory: Path


def read_job_file(path: Path) -> JobFile:
    """What the file says. Raises BadInput that names the file, and the line where it can, for what will not do."""
    text = _text(path)
    said = _parsed(path, text)
    for key, value in said.items():
        _check(path, text, key, value)
    if ("template" in said) == ("command" in said):
        raise BadInput(
            f"{shown(path)}: give either template or command", hint='Such as: command = ["python", "run.py"]'
        )
    files = tuple(_file(path, text, word, given) for word, given in said.get("files", {}).items())
    wishes = {_RENAMED.get(key, key): value for key, value in said.items() if key != "files"}
    return JobFile(wishes, files, path.parent)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as trouble:
        raise BadInput(f"{shown(path)}: {trouble.strerror}", hint="Give the path of a job file.") from None
    if len(data) > _MAX_BYTES:
        raise BadInput(f"{shown(path)} is larger than 4 MiB, which no job file is", hint="Give data with --file.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as trouble:
        line = data[: trouble.start].count(b"\n") + 1
        raise BadInput(f"{shown(path)}, line {line}: this is not UTF-8 text", hint="Save the file as UTF-8.") from None


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    try:
        said: Any = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInput(f"{shown(path)}: {_with_line(trouble, text)}", hint="The file is not valid TOML.") from None
    except json.JSONDecodeError as trouble:
        message = f"{shown(path)}, line {trouble.lineno}: {trouble.msg}"
        raise BadInput(message, hint="The file is not valid JSON.") from None
    except RecursionError:
        raise BadInput(f"{shown(path)} is nested too deeply", hint="A job file is a few lines.") from None
    if not isinstance(said, dict):
        raise BadInput(f"{shown(path)} holds no job", hint='It must be an object: {"command": [...]}')
    return cast("Mapping[str, Any]", said)


def _with_line(trouble: tomllib.TOMLDecodeError, text: str) -> str:
    """The parser's words; it says 'at end of document' where a line would help."""
    last = len(text.splitlines()) or 1
    return str(trouble).replace("at end of document", f"at line {last}, the end of the file")


def _check(path: Path, text: str, key: str, value: Any) -> None:
    if key not in KEYS:
        raise BadInput(f"{_place(path, text, key)}: unknown key {key!r}", hint=f"The keys are: {', '.join(KEYS)}.")
    kind, words = KEYS[key]
    good = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    if good and words == _WORDS:
        good = all(isinstance(word, str) for word in cast("list[Any]", value))
    if not good:
        raise BadInput(f"{_place(path, text, key)}: {key} must be {words}, not {value!r}"[:500])


def _file(path: Path, text: str, word: str, given: Any) -> FileWord:
    if isinstance(given, str) and given:
        return FileWord(word, given)
    if isinstance(given, dict):
        said = cast("dict[str, Any]", given)
        if set(said) <= {"path", "mutable"} and isinstance(said.get("path"), str):
            return FileWord(word, said["path"], mutable=said.get("mutable") is True)
    hint = f'Write {word} = "path", or {word} = {{ path = "path", mutable = true }} if it will be changed.'
    raise BadInput(f"{_place(path, text, word)}: file {word} must be a path, not {given!r}"[:500], hint=hint)


def _place(path: Path, text: str, key: str) -> str:
    """The file, and the line that seems to set the key."""
    named = re.compile(rf'^\s*(\[+\s*)?"?{re.escape(key)}"?\s*[\].=:]', re.MULTILINE)
    match = named.search(text)
    line = f", line {text[: match.start(0)].count(chr(10)) + 1 + match[0].count(chr(10))}" if match else ""
    return f"{shown(path)}{line}"
