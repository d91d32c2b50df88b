"""What is different between two templates, file by file. Pure."""

import difflib
from collections.abc import Iterator

from argosy.core.template import Template
from argosy.core.template_writing import folder_of


def difference(before: Template, after: Template) -> str:
    """A unified difference of all their files, the description first; empty when there is none."""
    old, new = folder_of(before), folder_of(after)
    names = dict.fromkeys((*old, *new))
    labels = (f"{before.name} {before.version}", f"{after.name} {after.version}")
    return "".join(line for name in names for line in _lines(name, old.get(name), new.get(name), labels))


def _lines(name: str, old: str | None, new: str | None, labels: tuple[str, str]) -> Iterator[str]:
    changed = difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        (new or "").splitlines(keepends=True),
        f"{name} ({labels[0]})" if old is not None else "/dev/null",
        f"{name} ({labels[1]})" if new is not None else "/dev/null",
        n=2,
    )
    for line in changed:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
