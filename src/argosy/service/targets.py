"""Targets: listed, changed, looked at."""

from argosy.contracts import Store
from argosy.core.command import Command
from argosy.core.errors import BadInput, NotFound, TargetError
from argosy.core.findings import Finding, Severity, error
from argosy.core.names import unspell
from argosy.core.target import Target
from argosy.core.views import TargetCheck, TargetView
from argosy.service.reconcile import Reconciler

_PROBE = """
for word in mkdir mv grep sleep kill tar; do command -v "$word" >/dev/null 2>&1 || printf 'missing %s\\n' "$word"; done
if mkdir -p "$1" && : > "$1/.argosy-probe" && rm "$1/.argosy-probe"; then :; else printf 'unwritable\\n'; fi
df -Pk "$1" 2>/dev/null | { read -r _; read -r _ _ _ free _; printf 'free %s\\n' "$free"; }
echo complete
"""
_LITTLE_KIB = 1024 * 1024


class Targets:
    """The places where jobs run."""

    def __init__(self, store: Store, reconciler: Reconciler) -> None:
        self._store = store
        self._reconciler = reconciler

    async def rows(self) -> tuple[TargetView, ...]:
        """All targets by name."""
        return tuple([await self._view(target) for target in await self._store.targets()])

    async def view(self, name: str) -> TargetView:
        """One target; raises NotFound."""
        return await self._view(await self.target(name))

    async def target(self, name: str) -> Target:
        """The target itself; raises NotFound."""
        targets = {target.name: target for target in await self._store.targets()}
        if name not in targets:
            raise NotFound(f"there is no target {name!r}", hint=f"The targets are: {', '.join(targets)}.")
        return targets[name]

    async def put(self, target: Target) -> TargetView:
        """Add or change a target. Jobs that are there already keep their directories."""
        ways = self._reconciler.ways
        for word, name, known in (
            ("transport", target.transport, ways.transports),
            ("scheduler", target.scheduler, ways.schedulers),
        ):
            if name not in known:
                raise BadInput(f"there is no {word} {name!r}", hint=f"Known are: {', '.join(sorted(known))}.")
        await self._store.put_target(target)
        self._reconciler.forget(target.name)
        return await self._view(target)

    async def drop(self, name: str) -> None:
        """Remove a target from the list; raises Conflict while jobs there are open. Nothing there is touched."""
        await self._store.drop_target(name)
        self._reconciler.forget(name)
        self._reconciler.connections.drop(name)

    async def check(self, name: str) -> TargetCheck:
        """Look whether jobs could run there now."""
        target = await self.target(name)
        command = Command(argv=("sh", "-c", _PROBE, "argosy", unspell(target.root)), timeout_s=30)
        try:
            answer = await self._reconciler.transport(target).run(command)
        except TargetError as trouble:
            return TargetCheck(target=name, findings=(error(name, trouble.message, remedy=trouble.hint),))
        lines = answer.stdout.decode("utf-8", "replace").splitlines()
        return TargetCheck(
            target=name, findings=tuple(_finding(target, line, answer.complaint) for line in lines if _tells(line))
        )

    async def _view(self, target: Target) -> TargetView:
        standing = self._reconciler.standing(target.name)
        open_count = await self._store.open_count(target.name)
        return TargetView(
            name=target.name,
            transport=target.transport,
            scheduler=target.scheduler,
            root=target.root,
            state=standing.state,
            words=standing.words,
            live=standing.live,
            queued=max(open_count - standing.live, 0),
            connection=self._reconciler.connections.view(target),
            profile=target.model_dump(mode="json"),
        )


def _tells(line: str) -> bool:
    return line.startswith(("missing ", "unwritable")) or _is_little(line)


def _is_little(line: str) -> bool:
    word, _, number = line.partition(" ")
    return word == "free" and number.isdigit() and int(number) < _LITTLE_KIB


def _finding(target: Target, line: str, complaint: str) -> Finding:
    if line.startswith("missing "):
        return error(
            target.name,
            f"the program {line.removeprefix('missing ')} is not there",
            remedy="Install it, or mend the PATH.",
        )
    if line == "unwritable":
        return error(
            target.root, f"files cannot be written here: {complaint}", remedy="Choose another root: argosy target edit."
        )
    free = int(line.removeprefix("free ")) // 1024
    return Finding(
        severity=Severity.WARNING,
        where=target.root,
        what=f"only {free} MiB are free",
        remedy="Make room, or choose another root.",
    )
