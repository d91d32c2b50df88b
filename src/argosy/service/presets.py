"""Presets: kept, found, rated, handed on."""

from collections.abc import Sequence
from dataclasses import dataclass

from argosy.contracts import Store
from argosy.core.errors import BadInput, Conflict, NotFound
from argosy.core.preset import Preset, PresetsIn, check_values
from argosy.service.station import Clock
from argosy.service.templates import Templates


@dataclass(frozen=True)
class Presets:
    """Values with a name."""

    store: Store
    templates: Templates
    clock: Clock

    async def rows(self, text: str = "") -> tuple[Preset, ...]:
        """Presets in whose name, template, labels or note all words occur: the best rated first, then by name."""
        words = text.lower().split()
        found = [one for one in await self.store.presets() if all(word in one.searched() for word in words)]
        return tuple(sorted(found, key=lambda one: (-(one.rating or 0), one.name)))

    async def preset(self, name: str) -> Preset:
        """One preset; raises NotFound."""
        known = {one.name: one for one in await self.store.presets()}
        if name not in known:
            close = [other for other in known if name.lower() in other.lower()][:3]
            hint = f"Did you mean {', '.join(close)}?" if close else "See them all with 'argosy preset list'."
            raise NotFound(f"there is no preset {name!r}", hint=hint)
        return known[name]

    async def put_all(self, given: PresetsIn) -> tuple[Preset, ...]:
        """Keep all of these presets, or none.

        Raises BadInput for values that a template does not take, NotFound for a template that is not known, and
        Conflict for a name that is taken.
        """
        known = {one.name for one in await self.store.presets()}
        taken = [one.name for one in given.presets if one.name in known]
        if taken and not given.replace:
            raise Conflict(f"there is a preset {taken[0]!r} already", hint="Take another name, or say --replace.")
        _refuse_twice(given.presets)
        if not given.elsewhere:
            for one in given.presets:
                check_values(one, await self.templates.template(one.template))
        now = self.clock()
        kept = tuple(one.model_copy(update={"changed": now}) for one in given.presets)
        await self.store.put_presets(kept)
        return kept

    async def rate(self, name: str, rating: int | None) -> Preset:
        """Say what a preset is worth, from 1 to 5; None takes it back."""
        rated = (await self.preset(name)).model_copy(update={"rating": rating})
        await self.store.put_presets([rated])
        return rated

    async def drop(self, name: str) -> None:
        """Remove a preset; jobs that were made from it stay as they are."""
        await self.store.drop_preset(name)


def _refuse_twice(presets: Sequence[Preset]) -> None:
    names = [one.name for one in presets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"the preset {twice!r} is given twice", hint="Give each a name of its own.")
