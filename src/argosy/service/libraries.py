"""The user's own templates on disk: a folder each, or a file that describes itself. Blocking; called in threads."""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from argosy.core.errors import ArgosyError, BadInput, Conflict, NotFound
from argosy.core.findings import Finding, error
from argosy.core.names import spell, unspell
from argosy.core.template import Template
from argosy.core.template_comments import is_self_described
from argosy.core.template_folder import DESCRIPTION, files_of, read_template
from argosy.core.template_writing import folder_of

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILES = 200
_PRIVATE = 0o700
_LOOKED_AT = 65_536


@dataclass(frozen=True)
class Shelved:
    """A template of the library: where it lies, and what it is, or what is wrong with it."""

    place: Path
    template: Template | None
    name: str
    findings: tuple[Finding, ...] = ()

    @property
    def version(self) -> str:
        """Its version; empty when it is broken."""
        return self.template.version if self.template else ""


class Library:
    """All templates below one directory."""

    def __init__(self, top: Path) -> None:
        self._top = top

    def all(self) -> tuple[Shelved, ...]:
        """Every template, newest version of a name first, then by name; broken ones too."""
        found = [_shelved(place, self._top) for place in _places(self._top)]
        return tuple(sorted(found, key=lambda one: (one.name, [-part for part in version_key(one.template)])))

    def put(self, template: Template, *, replace: bool) -> Path:
        """The template is in the library afterwards; returns where.

        Raises Conflict when this version is there already and is not to be replaced, and BadInput when the disk does
        not take it.
        """
        there = self._find(template.name, template.version)
        if there is not None and not replace:
            hint = "Raise its version, or say that it shall be replaced."
            raise Conflict(f"template {template.name} {template.version} is there already", hint=hint)
        try:
            if there is not None and there.place.is_dir():
                _rewrite(there.place, template)
                return there.place
            made = self._add(template)
            if there is not None:
                there.place.unlink(missing_ok=True)
        except OSError as fault:
            raise BadInput(f"{self._top}: {fault.strerror}", hint="Nothing was changed.") from None
        return made

    def remove(self, name: str, version: str | None) -> tuple[Path, ...]:
        """Take all versions, or one, off the disk; only files of the templates go. Returns where they lay."""
        gone = [one for one in self.all() if one.name == name and version in {None, one.version}]
        if not gone:
            which = name if version is None else f"{name} {version}"
            hint = "Templates that come with engines cannot be removed. See 'argosy template list'."
            raise NotFound(f"you have no template {which!r} of your own", hint=hint)
        try:
            for one in gone:
                self._clear(one)
        except OSError as fault:
            raise BadInput(f"{fault.filename}: {fault.strerror}") from None
        return tuple(one.place for one in gone)

    def _find(self, name: str, version: str) -> Shelved | None:
        return next((one for one in self.all() if (one.name, one.version) == (name, version)), None)

    def _add(self, template: Template) -> Path:
        """A folder of its own, which appears whole."""
        self._top.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        part = self._top / f".new-{secrets.token_hex(8)}"
        try:
            part.mkdir(mode=_PRIVATE)
            _write(part, folder_of(template))
            goal = self._free(f"{template.name.replace('/', '+')}@{template.version}")
            part.rename(goal)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return goal

    def _free(self, name: str) -> Path:
        place = self._top / name
        return place if not place.exists() else self._top / f"{name}~{secrets.token_hex(2)}"

    def _clear(self, one: Shelved) -> None:
        if one.place.is_file():
            one.place.unlink()
            return
        for name in _own_files(one.place):
            _path(one.place, name).unlink(missing_ok=True)
        for folder in sorted((path for path in one.place.rglob("*") if path.is_dir()), reverse=True):
            _drop_if_empty(folder)
        place = one.place
        while place != self._top and _drop_if_empty(place):
            place = place.parent


def version_key(template: Template | None) -> tuple[int, ...]:
    """Sorts versions as people count them; what is broken comes last."""
    parts = [int(part) for part in template.version.split(".")] if template else [-1]
    return tuple([*parts, 0, 0][:3])


def _places(top: Path) -> Iterator[Path]:
    """Folders with a description, and files that describe themselves outside of those."""
    folders = [path.parent for path in sorted(top.rglob(DESCRIPTION)) if not _is_hidden(path, top)]
    yield from folders
    within = set(folders)
    for path in sorted(top.rglob("*")):
        alone = path.is_file() and not _is_hidden(path, top) and within.isdisjoint(path.parents)
        if alone and _describes_itself(path):
            yield path


def _is_hidden(path: Path, top: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(top).parts)


def _describes_itself(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_self_described(file.read(_LOOKED_AT).decode("utf-8", "replace"))
    except OSError:
        return False


def _shelved(place: Path, top: Path) -> Shelved:
    try:
        template = read_template(texts_of(place))
    except ArgosyError as fault:
        findings = fault.findings or (error(str(place), fault.message, remedy=fault.hint),)
        return Shelved(place, None, str(place.relative_to(top)), findings)
    return Shelved(place, template, template.name)


def texts_of(place: Path) -> dict[str, str]:
    """The text files of a template; raises BadInput for what is no text, too large or too much."""
    if place.is_file():
        return {_spelled(Path(place.name)): _text(place)}
    texts: dict[str, str] = {}
    for path in sorted(place.rglob("*")):
        if path.is_dir() or _is_hidden(path, place):
            continue
        if len(texts) >= MAX_FILES:
            raise BadInput(f"{place} has more than {MAX_FILES} files", hint="A template is a few text files.")
        texts[_spelled(path.relative_to(place))] = _text(path)
    return texts


def _spelled(path: Path) -> str:
    return spell(os.fsencode(path.as_posix()))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(f"{path} is larger than 4 MiB", hint="Give large files to the job as inputs.")
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text", hint="Give binary files to the job as inputs.") from None
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}") from None


def _rewrite(place: Path, template: Template) -> None:
    """The new files in place of the old ones; the description comes last, so that it never names what is missing."""
    old, new = _own_files(place), folder_of(template)
    _write(place, new)
    for name in set(old) - set(new):
        _path(place, name).unlink(missing_ok=True)


def _own_files(place: Path) -> list[str]:
    """The files that lie there and that the description speaks of; others were put there by somebody else."""
    lying = texts_of(place)
    return [name for name in files_of(lying.get(DESCRIPTION, "")) if name in lying]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name in sorted(files, key=lambda name: name == DESCRIPTION):
        path = _path(folder, name)
        path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        part = path.with_name(f".{secrets.token_hex(8)}")
        part.write_bytes(files[name].encode())
        part.replace(path)


def _path(folder: Path, name: str) -> Path:
    return folder / os.fsdecode(unspell(name))


def _drop_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
