"""The templates that this server knows: those shipped with engines, and the user's own folders."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from argosy.contracts import Engine
from argosy.core.errors import ArgosyError, BadInput, NotFound
from argosy.core.findings import Finding, error
from argosy.core.template import Template
from argosy.core.template_folder import read_template
from argosy.core.views import TemplateRow

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_FILES = 200


class Templates:
    """Templates by name; a folder of the user's hides a shipped one of the same name."""

    def __init__(self, engines: Mapping[str, Engine], own: Path) -> None:
        self._engines = engines
        self._own = own

    async def rows(self, text: str = "") -> tuple[TemplateRow, ...]:
        """Templates in whose name, engine, title or summary all words occur; broken ones come with their findings."""
        found = await asyncio.to_thread(self._all)
        rows = [row for row, _ in found.values()]
        words = text.lower().split()
        fitting = [row for row in rows if all(word in _searched(row) for word in words)]
        return tuple(sorted(fitting, key=lambda row: row.name))

    async def template(self, name: str) -> Template:
        """One template; raises NotFound, or BadInput when it is broken."""
        found = await asyncio.to_thread(self._all)
        if name not in found:
            close = [known for known in sorted(found) if name.rsplit("/", maxsplit=1)[-1] in known]
            hint = f"Did you mean {', '.join(close[:3])}?" if close else "See 'argosy template list'."
            raise NotFound(f"there is no template {name!r}", hint=hint)
        row, template = found[name]
        if template is None:
            raise BadInput(
                f"template {name} cannot be used: {row.findings[0].what}",
                hint=row.findings[0].remedy,
                findings=row.findings,
            )
        return template

    async def check(self, folder: Mapping[str, str]) -> tuple[Finding, ...]:
        """What is wrong with a template folder, given as names and texts."""
        try:
            template = read_template(folder)
        except ArgosyError as fault:
            return fault.findings or (error("template", fault.message, remedy=fault.hint),)
        if template.engine not in self._engines:
            known = ", ".join(sorted(self._engines))
            return (error("engine", f"there is no engine {template.engine!r}", remedy=f"The engines are: {known}."),)
        return ()

    def _all(self) -> dict[str, tuple[TemplateRow, Template | None]]:
        shipped = [template for engine in self._engines.values() for template in engine.templates]
        found: dict[str, tuple[TemplateRow, Template | None]] = {
            one.name: (_row(one, "shipped"), one) for one in shipped
        }
        for description in sorted(self._own.glob("**/template.toml")):
            row, template = _own(description.parent, self._own)
            found[row.name] = (row, template)
        return found


def _searched(row: TemplateRow) -> str:
    return f"{row.name} {row.engine} {row.title} {row.summary}".lower()


def _row(template: Template, origin: str) -> TemplateRow:
    return TemplateRow(
        name=template.name,
        version=template.version,
        engine=template.engine,
        title=template.title,
        summary=template.summary,
        origin=origin,
    )


def _own(folder: Path, top: Path) -> tuple[TemplateRow, Template | None]:
    try:
        template = read_template(_texts(folder))
    except ArgosyError as fault:
        findings = fault.findings or (error(str(folder), fault.message, remedy=fault.hint),)
        name = str(folder.relative_to(top))
        return TemplateRow(
            name=name, version="", engine="", title="", summary="", origin=str(folder), findings=findings
        ), None
    return _row(template, str(folder)), template


def _texts(folder: Path) -> dict[str, str]:
    """The text files of a folder; raises BadInput for what is no text, too large or too much."""
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or "/." in f"/{path.relative_to(folder)}":
            continue
        if len(texts) >= MAX_FILES:
            raise BadInput(
                f"{folder} has more than {MAX_FILES} files", hint="A template is a small folder of text files."
            )
        texts[str(path.relative_to(folder))] = _text(path)
    return texts


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(f"{path} is larger than 4 MiB", hint="Give large files to the job as inputs.")
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text", hint="Give binary files to the job as inputs.") from None
    except OSError as fault:
        raise BadInput(f"{path}: {fault.strerror}") from None
