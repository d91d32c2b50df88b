"""A sweep on the command line: read, shown before it is made, and when it is."""

from collections.abc import Sequence

from argosy.cli.previewing import of_preview
from argosy.cli.shown import Column, Facts, Rows, Several, Shown
from argosy.client import calls_of_sweeps
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.submission import Submission
from argosy.core.sweep import Sweep, SweepPreview, count, read_axis


def read_sweep(words: Sequence[str], submission: Submission, *, zipped: bool) -> Sweep:
    """The sweep; raises BadInput for what is set and varied at once, and for all that ``count`` refuses."""
    if not words:
        raise BadInput("--zip needs lists of values", hint="Such as: --zip --sweep a=1,2 --sweep b=3,4")
    axes = tuple(read_axis(word) for word in words)
    both = [axis.key for axis in axes if axis.key in submission.values]
    if both:
        raise BadInput(f"{both[0]} is set and varied", hint=f"Leave out --set {both[0]}=... or --sweep {both[0]}=...")
    sweep = checked(Sweep, {"submission": submission, "axes": axes, "zipped": zipped})
    count(sweep)
    return sweep


def previewed(road: Road, sweep: Sweep) -> Shown:
    """How many jobs it would be, the first values, and the first job in full."""
    found = road.send(calls_of_sweeps.preview(sweep))
    first = of_preview(found.first)
    told = Facts([("sweep", _summary(sweep, found)), ("first job", "as follows")], found)
    return Several([told, _values(found), first], found, exit_code=first.exit_code)


def swept(road: Road, sweep: Sweep) -> tuple[Shown, tuple[str, ...]]:
    """What became of it, and its jobs."""
    made = road.send(calls_of_sweeps.submit(sweep))
    look = f"argosy ls --label sweep={made.label}"
    facts = [("sweep", made.label), ("jobs", f"{len(made.jobs):,}"), ("look at them", look)]
    return Facts(facts, made), made.jobs


def _summary(sweep: Sweep, found: SweepPreview) -> str:
    sizes = [f"{len(axis.values)} of {axis.key}" for axis in sweep.axes]
    between = " with " if sweep.zipped else " x "
    return f"{found.count:,} jobs: {between.join(sizes)}"


def _values(found: SweepPreview) -> Rows[dict[str, str]]:
    columns = [_column(key) for key in found.members[0]]
    left = found.count - len(found.members)
    return Rows(found.members, columns, below=f"... and {left:,} more" if left else "")


def _column(key: str) -> Column[dict[str, str]]:
    return Column(key.upper(), lambda member, _: member[key], shrinks=True)
