"""The templates that this server knows: those shipped with engines, and the user's own."""

import asyncio
import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from argosy.contracts import Engine
from argosy.core.errors import ArgosyError, BadInput, NotFound
from argosy.core.findings import Finding, error
from argosy.core.foreign.taking_in import read_foreign, taken_in
from argosy.core.template import Template
from argosy.core.template_archive import is_archive, packed, unpacked
from argosy.core.template_folder import read_template
from argosy.core.template_views import SentTemplate, TakenIn
from argosy.core.template_writing import folder_of
from argosy.core.views import TemplateRow
from argosy.service.libraries import Library, Shelved

_SHIPPED = "shipped"
_WHAT_MAY_COME = (
    "It may be an exported template, a configuration that describes itself, or a template of NAMDRunner or CRYSTAL-TUI."
)


@dataclass(frozen=True)
class _Known:
    """One version of a template, from whichever library."""

    name: str
    template: Template | None
    origin: str
    findings: tuple[Finding, ...] = ()

    @property
    def version(self) -> str:
        return self.template.version if self.template else ""


class Templates:
    """Templates by name; one of the user's hides a shipped one of the same name, a newer version an older one.

    ``NAME@VERSION`` means that version, also where it is hidden.
    """

    def __init__(self, engines: Mapping[str, Engine], own: Path) -> None:
        self._engines = engines
        self._own = Library(own)

    async def rows(self, text: str = "") -> tuple[TemplateRow, ...]:
        """Templates in whose name, engine, purpose, title or summary all words occur; broken ones with findings."""
        rows = [_row(versions) for versions in (await self._all()).values()]
        words = text.lower().split()
        fitting = [row for row in rows if all(word in _searched(row) for word in words)]
        return tuple(sorted(fitting, key=lambda row: row.name))

    async def template(self, name: str) -> Template:
        """One template; raises NotFound, or BadInput when it is broken."""
        found = await self._all()
        plain, _, version = name.partition("@")
        versions = found.get(plain, [])
        chosen = next((one for one in versions if not version or one.version == version), None)
        if chosen is None:
            raise _unknown(name, plain, versions, found)
        if chosen.template is None:
            first = chosen.findings[0]
            what = f"template {name} cannot be used: {first.what}"
            raise BadInput(what, hint=first.remedy, findings=chosen.findings)
        return chosen.template

    async def check(self, folder: Mapping[str, str]) -> tuple[Finding, ...]:
        """What is wrong with a template folder, given as names and texts."""
        try:
            template = read_template(folder)
        except ArgosyError as fault:
            return fault.findings or (error("template", fault.message, remedy=fault.hint),)
        try:
            self.known_engine(template)
        except BadInput as fault:
            return (error("engine", fault.message, remedy=fault.hint),)
        return ()

    def known_engine(self, template: Template) -> Engine:
        """The engine of a template; raises BadInput when there is none of that name."""
        if template.engine not in self._engines:
            known = ", ".join(sorted(self._engines))
            raise BadInput(f"there is no engine {template.engine!r}", hint=f"The engines are: {known}.")
        return self._engines[template.engine]

    async def put(self, template: Template, *, replace: bool) -> Template:
        """Keep a template among the user's own; raises Conflict when this version is there and not to be replaced."""
        self.known_engine(template)
        await asyncio.to_thread(self._own.put, template, replace=replace)
        return template

    async def remove(self, name: str) -> tuple[str, ...]:
        """Take one of the user's own templates, or a version of it, off the disk; returns where it lay."""
        plain, _, version = name.partition("@")
        places = await asyncio.to_thread(self._own.remove, plain, version or None)
        return tuple(str(place) for place in places)

    async def packed(self, name: str) -> bytes:
        """A template as one file."""
        return packed(folder_of(await self.template(name)))

    async def take_in(self, sent: SentTemplate) -> TakenIn:
        """The template in a file, kept among the user's own when that is wished. Raises BadInput for what is none."""
        template, findings = await asyncio.to_thread(self._read, sent)
        if sent.name is not None:
            template = template.model_copy(update={"name": sent.name})
        self.known_engine(template)
        if sent.keep:
            await self.put(template, replace=sent.replace)
        return TakenIn(template=template, findings=findings, kept=sent.keep)

    def _read(self, sent: SentTemplate) -> tuple[Template, tuple[Finding, ...]]:
        data = _bytes(sent.content)
        if is_archive(data):
            return read_template(unpacked(data)), ()
        foreign = read_foreign(data)
        if foreign is not None:
            return taken_in(foreign, self._host(foreign.engine))
        name = sent.file.replace("\\", "/").rsplit("/", 1)[-1]
        try:
            return read_template({name: data.decode("utf-8")}), ()
        except UnicodeDecodeError:
            raise BadInput(f"{name!r} is no template", hint=_WHAT_MAY_COME) from None
        except BadInput as fault:
            if fault.message.startswith("the folder has no"):
                raise BadInput(f"{name!r} is no template", hint=_WHAT_MAY_COME) from None
            raise

    def _host(self, engine: str) -> Template | None:
        """The engine's template for configurations that somebody has."""
        shipped = self._engines[engine].templates if engine in self._engines else ()
        return next((one for one in shipped if one.name == f"{engine}/config"), None)

    async def _all(self) -> dict[str, list[_Known]]:
        shelved = await asyncio.to_thread(self._own.all)
        shipped = [one for engine in self._engines.values() for one in engine.templates]
        found: dict[str, list[_Known]] = {}
        for known in (*map(_own, shelved), *(_Known(one.name, one, _SHIPPED) for one in shipped)):
            found.setdefault(known.name, []).append(known)
        return found


def _own(shelved: Shelved) -> _Known:
    return _Known(shelved.name, shelved.template, str(shelved.place), shelved.findings)


def _bytes(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("the content is not Base64", hint="Send the bytes of the file in Base64.") from None


def _unknown(name: str, plain: str, versions: Iterable[_Known], found: Iterable[str]) -> NotFound:
    there = ", ".join(one.version for one in versions if one.version)
    if there:
        return NotFound(f"there is no template {name!r}", hint=f"The versions of {plain} are: {there}.")
    names = sorted(found)
    close = [known for known in names if plain.rsplit("/", maxsplit=1)[-1] in known] or get_close_matches(plain, names)
    hint = f"Did you mean {', '.join(close[:3])}?" if close else "See 'argosy template list'."
    return NotFound(f"there is no template {name!r}", hint=hint)


def _searched(row: TemplateRow) -> str:
    return f"{row.name} {row.engine} {row.purpose} {row.title} {row.summary}".lower()


def _row(versions: list[_Known]) -> TemplateRow:
    first = versions[0]
    template = first.template
    return TemplateRow(
        name=first.name,
        version=first.version,
        engine=template.engine if template else "",
        title=template.title if template else "",
        summary=template.summary if template else "",
        purpose=template.purpose if template else "",
        origin=first.origin,
        versions=tuple(dict.fromkeys(one.version for one in versions if one.version)),
        findings=first.findings,
    )
