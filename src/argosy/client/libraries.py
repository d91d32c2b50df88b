"""Templates that lie at the user's: in a path that was named, or in the library of the project they work in.

The library of a project is the folder ``argosy-templates`` in the working directory or in one above it. It travels with
the project, and nothing of it need be told to the server: its templates go along with each request.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from argosy.client import calls
from argosy.client.folders import read_file, read_folder
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.core.errors import ArgosyError, BadInput, NotFound
from argosy.core.findings import error
from argosy.core.home import expanded
from argosy.core.names import unspell
from argosy.core.template import Template
from argosy.core.template_comments import is_self_described
from argosy.core.template_folder import DESCRIPTION, read_template
from argosy.core.views import TemplateRow

LIBRARY = "argosy-templates"
_LOOKED_AT = 65_536
_PATHS = ("./", "../", "/", "~")


def project_library(start: Path) -> Path | None:
    """The library of the project that this directory belongs to."""
    above = (start, *start.parents)
    return next((folder / LIBRARY for folder in above if (folder / LIBRARY).is_dir()), None)


def template_here(word: str) -> Template | None:
    """The template that a word means if it lies here; None when the server is to be asked.

    A word that begins as a path does, or that is the path of a template's folder, is a path; any other is looked up in
    the project's library. Raises BadInput for a path where no template is, and for a template that is broken.
    """
    if is_path(word):
        return read_template(texts_at(expanded(word)))
    plain, _, version = word.partition("@")
    library = project_library(Path.cwd())
    for place in _places(library) if library else ():
        try:
            template = read_template(texts_at(place))
        except ArgosyError:
            continue  # it is listed with its fault; a name is not missed because another template is broken
        if template.name == plain and version in {"", template.version}:
            return template
    return None


def template_of(road: Road, word: str) -> Template:
    """The template that a word means, here or at the server; raises NotFound."""
    return template_here(word) or road.send(calls.template(word))


def is_path(word: str) -> bool:
    """Whether a word means something on this disk rather than a name."""
    return word.startswith(_PATHS) or (Path(word) / DESCRIPTION).is_file()


def rows_here() -> tuple[TemplateRow, ...]:
    """The templates of the project's library, by name."""
    library = project_library(Path.cwd())
    return tuple(sorted(map(_row, _places(library)), key=lambda row: row.name)) if library else ()


def texts_at(place: Path) -> dict[str, str]:
    """The texts of a template's folder or file; raises BadInput when there is nothing."""
    if place.is_dir():
        return read_folder(place)
    if not place.exists():
        raise NotFound(f"{shown(place)}: there is no such file or folder", hint="Give a folder with a template.toml.")
    return {place.name: read_file(place)}


def _row(place: Path) -> TemplateRow:
    try:
        found = read_template(texts_at(place))
    except ArgosyError as fault:
        findings = fault.findings or (error(shown(place), fault.message, remedy=fault.hint),)
        return TemplateRow(
            name=place.name, version="", engine="", title="", summary="", origin=str(place), findings=findings
        )
    return TemplateRow(
        name=found.name,
        version=found.version,
        engine=found.engine,
        title=found.title,
        summary=found.summary,
        purpose=found.purpose,
        origin=str(place),
        versions=(found.version,),
    )


def _places(library: Path) -> Iterator[Path]:
    """Folders with a description, and files outside of those that describe themselves."""
    folders = {path.parent for path in library.rglob(DESCRIPTION)}
    yield from sorted(folders)
    for path in sorted(library.rglob("*")):
        if path.is_file() and folders.isdisjoint(path.parents) and describes_itself(path):
            yield path


def describes_itself(path: Path) -> bool:
    """Whether a file is a template by what its comments say."""
    try:
        with path.open("rb") as file:
            return is_self_described(file.read(_LOOKED_AT).decode("utf-8", "replace"))
    except OSError:
        return False


def write_folder(folder: Path, files: dict[str, str]) -> None:
    """These files below a folder that does not exist yet; raises BadInput when the disk does not take them."""
    try:
        for name, text in files.items():
            path = folder / os.fsdecode(unspell(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    except OSError as trouble:
        raise BadInput(f"{shown(folder)}: {trouble.strerror}", hint="Choose another place with --into.") from None
