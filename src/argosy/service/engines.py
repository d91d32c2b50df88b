"""The engines that this server knows."""

import asyncio
from collections.abc import Mapping

from argosy.contracts import Engine, Importer
from argosy.core.errors import BadInput, NotFound
from argosy.core.understanding import Lying, Understood
from argosy.core.views import EngineView


class Engines:
    """What can be said of engines."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines

    async def rows(self) -> tuple[EngineView, ...]:
        """All engines by name."""
        return tuple(_view(self._engines[name]) for name in sorted(self._engines))

    async def view(self, name: str) -> EngineView:
        """One engine; raises NotFound."""
        return _view(self._engine(name))

    async def understand(self, name: str, lying: Lying) -> Understood:
        """Input files that somebody has, as jobs of this engine; raises BadInput for one that cannot read any."""
        engine = self._engine(name)
        if not isinstance(engine, Importer):
            able = ", ".join(sorted(key for key, one in self._engines.items() if isinstance(one, Importer)))
            raise BadInput(f"inputs of {engine.title} cannot be imported", hint=f"Those of these engines can: {able}.")
        return await asyncio.to_thread(engine.understand, lying)

    def _engine(self, name: str) -> Engine:
        if name not in self._engines:
            known = ", ".join(sorted(self._engines))
            raise NotFound(f"there is no engine {name!r}", hint=f"The engines are: {known}.")
        return self._engines[name]


def _view(engine: Engine) -> EngineView:
    return EngineView(
        name=engine.name,
        title=engine.title,
        summary=engine.summary,
        templates=tuple(template.name for template in engine.templates),
        failures=tuple(rule.signature for rule in engine.rules),
    )
