"""The templates that come with an engine: the folders below ``templates/`` of its package."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from argosy.core.template import Template
from argosy.core.template_folder import DESCRIPTION, read_template

_SHARED = "_shared"


def shipped(package: str) -> tuple[Template, ...]:
    """All templates of an engine's package, by name. Files of ``templates/_shared`` may be named by any of them."""
    top = files(package).joinpath("templates")
    shared = _texts(top.joinpath(_SHARED)) if top.joinpath(_SHARED).is_dir() else {}
    folders = [folder for folder in top.iterdir() if folder.joinpath(DESCRIPTION).is_file()]
    read = [read_template(shared | _texts(folder)) for folder in folders]
    return tuple(sorted(read, key=lambda template: template.name))


def _texts(folder: Traversable) -> dict[str, str]:
    return dict(_below(folder, ""))


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__pycache__")):
            continue
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_text("utf-8")
