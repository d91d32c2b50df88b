"""NAMD configurations that somebody has, as jobs: the files they need, their order, and what could not be followed.

A folder as CHARMM-GUI makes it is such a folder: each of its configurations is a stage, which starts from what the one
before has left. Nothing is run; a configuration is read as text.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error, warning
from argosy.core.names import relative
from argosy.core.understanding import FromStage, Lying, Stage, StageFile, Understood
from argosy.engines.namd.config import Config, Setting, read_config
from argosy.engines.namd.restarts import OWN_CONFIG
from argosy.engines.namd.rules_start import FILES

_SUFFIXES = (".inp", ".namd", ".conf")
_TOKEN = re.compile(r"[A-Za-z0-9_.+@%/-]+")
_WRITTEN = re.compile(r">[ \t]*([A-Za-z0-9_.+@%/-]+)")
_LEAVES = re.compile(r"(?:\.restart)?\.(?:coor|vel|xsc)|\.colvars\.state|\.restart\.colvars\.state|\.restart\.gamd")
_NUMBERS = re.compile(r"(\d+)")
_TELLING = ("outputname", "structure", "parmfile", "grotopfile")
_MOST = 20
_LONGEST = 1_000_000
_MADE = "outputs"
"""The one directory that the template makes before NAMD starts."""


@dataclass
class _Found:
    """A configuration that runs something, as it is being understood."""

    path: str
    text: str
    config: Config
    files: dict[str, str] = field(default_factory=dict[str, str])
    from_outputs: dict[str, str] = field(default_factory=dict[str, str])
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def name(self) -> str:
        return posixpath.splitext(self.path)[0]


def understood(lying: Lying) -> Understood:
    """The configurations as jobs, each behind those whose files it starts from."""
    paths = {path: posixpath.normpath(path) for path in lying.files if path}
    files = {path: lying.files[given] for given, path in paths.items() if _inside(path, ()) is not None}
    chosen = _chosen(lying, files)
    if not chosen:
        return Understood(findings=(_nothing(lying),))
    outputs = {one.config.output_name: one.path for one in chosen if one.config.output_name}
    for one in chosen:
        here = {path: text for path, text in files.items() if _left_by(path, outputs) in {None, one.path}}
        _bring_named(one, here)
        _bring_declared(one, here, outputs)
        _bring_mentioned(one, here)
        one.findings += _not_followed(one)
    ordered = _in_order(chosen)
    places = {one.path: number for number, one in enumerate(ordered)}
    return Understood(stages=tuple(_stage(one, places) for one in ordered), findings=tuple(_circles(ordered, places)))


def _chosen(lying: Lying, files: Mapping[str, str | None]) -> list[_Found]:
    if lying.only is not None:
        text = files.get(posixpath.normpath(lying.only))
        config = Config() if text is None else read_config(text)
        return [_Found(lying.only, text, config)] if text is not None and config.has(*_TELLING) else []
    found: list[_Found] = []
    for path in sorted(files, key=_naturally):
        text = files[path]
        if text is None or "/" in path or not path.lower().endswith(_SUFFIXES) or len(text) > _LONGEST:
            continue
        config = read_config(text)
        if config.has("outputname") and config.has("structure", "parmfile", "grotopfile"):
            found.append(_Found(path, text, config))
    return found


def _nothing(lying: Lying) -> Finding:
    if lying.only is not None:
        what = "this is no configuration of NAMD that can be read"
        return error(lying.only[:200], what, remedy="Name a text that says outputname, structure and so on.")
    what = "none of these files is a configuration of NAMD: none ends in .inp, .namd or .conf, and names its structure"
    return error("folder", what, remedy="Name the file itself, if it ends otherwise.")


def _naturally(path: str) -> list[tuple[int, str]]:
    """As people count: step6.10 comes after step6.9."""
    return [(int(part), "") if part.isdigit() and len(part) < 10 else (-1, part) for part in _NUMBERS.split(path)]


def _bring_named(one: _Found, files: Mapping[str, str | None]) -> None:
    """Every word that is the path of a file. One that leads out of the folder is written anew."""
    lines: list[str] = []
    for line in one.text.split("\n"):
        if line.lstrip().startswith("#"):
            lines.append(line)
        else:
            lines.append(_TOKEN.sub(lambda match: _placed(one, match[0], files), line))
    one.text = "\n".join(lines)


def _placed(one: _Found, word: str, files: Mapping[str, str | None]) -> str:
    token = word.rstrip("./")
    return _placed_token(one, token, files) + word[len(token) :] if token else word


def _placed_token(one: _Found, token: str, files: Mapping[str, str | None]) -> str:
    path = posixpath.normpath(token)
    if path not in files or path == one.path:
        return token
    if path in one.files:
        return token if not path.startswith("../") else one.files[path]
    name = _inside(path, one.files.values())
    if name is None:
        return token
    one.files[path] = name
    return name if path.startswith("../") else token


def _inside(path: str, taken: Iterable[str]) -> str | None:
    """The path in the work directory, free of what leads out of it; None when it can have none."""
    plain = path
    while plain.startswith("../"):
        plain = plain.removeprefix("../")
    used = set(taken)
    while plain in used or plain in {"config.namd", "run.sh"}:
        plain = f"beside/{plain}"
    try:
        return plain if relative(plain) == plain else None
    except BadInput:
        return None


def _bring_declared(one: _Found, files: Mapping[str, str | None], outputs: Mapping[str, str]) -> None:
    """Files whose names are put together from variables, and those that an earlier stage leaves."""
    for setting in one.config.declared:
        if setting.key not in FILES or not setting.value:
            continue
        path = posixpath.normpath(setting.value.strip().strip('"'))
        if path in one.files:
            continue
        if path in files and not path.startswith("../"):
            one.files[path] = path
        elif (stage := _left_by(path, outputs)) is not None and stage != one.path and _inside(path, ()) == path:
            one.from_outputs[path] = stage
        else:
            one.findings.append(_absent(one, setting, path))


def _left_by(path: str, outputs: Mapping[str, str]) -> str | None:
    """The configuration that leaves this file, by what it writes to."""
    fitting = (stage for prefix, stage in outputs.items() if path.startswith(prefix) and _is_left(path, prefix))
    return next(fitting, None)


def _is_left(path: str, prefix: str) -> bool:
    return _LEAVES.fullmatch(path, len(prefix)) is not None


def _absent(one: _Found, setting: Setting, path: str) -> Finding:
    where = f"{one.path}, line {setting.line}"
    if path.startswith("/"):
        what = f"{setting.keyword} names {path[:200]}, which stays as it is"
        return warning(where, what, why="It must lie where the job runs.")
    if path.startswith("../"):
        what = f"{setting.keyword} names {path[:200]}, which leads out of the job's directory"
        return error(where, what, remedy="Write a path that stays beside the configuration.")
    what = f"{setting.keyword} names the file {path[:200]!r}, which is not here and which no other stage leaves"
    return warning(where, what, remedy=f"Send it along with the job: --file {path[:80]}=PATH")


def _bring_mentioned(one: _Found, files: Mapping[str, str | None]) -> None:
    """What the files that go along name in their turn: collective variables name PDB files, scripts name scripts."""
    waiting = list(one.files)
    while waiting and len(one.files) < _MOST * _MOST:
        text = files.get(waiting.pop())
        for token in _TOKEN.findall(text or ""):
            path = posixpath.normpath(token.rstrip("./") or ".")
            if path in files and path not in one.files and path != one.path and not path.startswith("../"):
                one.files[path] = path
                waiting.append(path)


def _not_followed(one: _Found) -> Iterator[Finding]:
    config = one.config
    unknown = [setting for setting in config.declared if setting.value is None]
    for setting in unknown[:_MOST]:
        what = f"the value of {setting.keyword} is computed, so it is not known before NAMD runs"
        yield warning(f"{one.path}, line {setting.line}", what)
    called = [other for other in config.others if other.keyword in {"exec", "open", "file"}]
    for other in called[:_MOST]:
        what = f"it calls '{other.keyword} {(other.value or '')[:80]}'"
        yield warning(f"{one.path}, line {other.line}", what, why="That runs as it stands, where the job runs.")
    if not config.whole:
        what = "it has branches, loops or scripts of its own, which only NAMD itself can follow"
        yield warning(one.path, what, why="What they set and run is neither counted nor checked.")
    directory = posixpath.dirname(config.output_name)
    if directory and directory != _MADE and not directory.startswith("/"):
        what = f"it writes below {directory!r}, and NAMD makes no directories"
        yield warning(one.path, what, remedy=f"Have it write to {_MADE}/, which is made for it.")


def _in_order(chosen: list[_Found]) -> list[_Found]:
    """Each behind those that it starts from, else by name; those of a circle by name alone."""
    ordered: list[_Found] = []
    waiting = list(chosen)
    while waiting:
        done = {one.path for one in ordered}
        ready = next((one for one in waiting if set(one.from_outputs.values()) <= done), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _circles(ordered: list[_Found], places: Mapping[str, int]) -> Iterator[Finding]:
    for number, one in enumerate(ordered):
        later = [other for other in one.from_outputs.values() if places[other] >= number]
        if later:
            what = f"it starts from what {later[0]} leaves, which starts from it in turn"
            yield error(one.path, what, remedy="Import the files one by one.")


def _stage(one: _Found, places: Mapping[str, int]) -> Stage:
    written = {posixpath.normpath(name) for name in _WRITTEN.findall(one.text)}
    earlier = [FromStage(stage=places[stage], path=path) for path, stage in one.from_outputs.items()]
    return Stage(
        name=one.name[:200],
        template=OWN_CONFIG,
        values={"config": one.text},
        files=tuple(
            StageFile(path=path, name=name, mutable=name in written) for path, name in sorted(one.files.items())
        ),
        earlier=tuple(earlier),
        words=tuple(_words(one)),
        findings=tuple(one.findings),
    )


def _words(one: _Found) -> Iterator[str]:
    config = one.config
    actions = [f"{action.kind} {action.steps if action.steps is not None else '?'} steps" for action in config.plan]
    yield ", then ".join(actions[:_MOST]) or "what it runs is not known"
    number = config.number
    conditions = [
        f"{value:g} {unit}"
        for value, unit in (
            (number("timestep"), "fs a step"),
            (number("langevinTemp", number("temperature")), "K"),
            (number("langevinPistonTarget"), "bar"),
        )
        if value is not None
    ]
    if conditions:
        yield ", ".join(conditions)
    if config.output_name:
        yield f"writes {config.output_name}.*"
    for stage in dict.fromkeys(one.from_outputs.values()):
        yield f"starts from what {stage} leaves"
    yield f"takes {len(one.files)} files along"
