"""The engines that this server knows."""

from collections.abc import Mapping

from argosy.contracts import Engine
from argosy.core.errors import NotFound
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
        if name not in self._engines:
            known = ", ".join(sorted(self._engines))
            raise NotFound(f"there is no engine {name!r}", hint=f"The engines are: {known}.")
        return _view(self._engines[name])


def _view(engine: Engine) -> EngineView:
    return EngineView(
        name=engine.name,
        title=engine.title,
        summary=engine.summary,
        templates=tuple(template.name for template in engine.templates),
        failures=tuple(rule.signature for rule in engine.rules),
    )
