"""How fast files travel over SSH, and which of them travel at all."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.carriers import (
    ARGOSY,
    ARGOSY_ANEW,
    PARAMIKO,
    RSYNC,
    SCP,
    SFTP,
    TAR,
    Carrier,
    Load,
    carriers_down,
    carriers_up,
)
from tests.bench.far import COUNTED, Yard, yard
from tests.bench.figures import Aim, Figure, Row, beside
from tests.bench.setting import Setting
from tests.bench.turns import in_turns

LARGE_MIB, MANY, SMALL_BYTES = 512, 1_000, 4_096
TIMES = 5

_HOW = (
    "{what}, every time others, from the start of the program to its end, with its login at the same server on "
    "loopback and with the same key. All are as they come: scp, sftp and rsync --archive with the system's ssh, "
    "paramiko with SFTPClient in a process that runs already, as Argosy's transport does. Argosy's server keeps its "
    "connection from job to job; once more it is measured with a login for these files alone. {ours}"
)
_CHECKED = "Argosy has the SHA-256 of all that arrived compared there before it lies in its place."
_WHOLE = "With Argosy a file comes under another name first, and is renamed when it is whole."


@dataclass(frozen=True)
class _Kind:
    """Files of one kind: who carries them, and what is counted of them."""

    name: str
    what: str
    sizes: Sequence[int]
    who: Sequence[str]
    unit: str
    amount: float
    figures: Callable[[Mapping[str, tuple[float, ...]]], tuple[Figure, ...]]


def measure(setting: Setting) -> tuple[Row, ...]:
    mib, count = setting.times(LARGE_MIB), setting.times(MANY)
    large = _Kind(
        name="ssh-large",
        what=f"One file of {mib} MiB that nothing can compress",
        sizes=[mib << 20],
        who=(ARGOSY, ARGOSY_ANEW, SCP, RSYNC, SFTP, PARAMIKO),
        unit="MB/s",
        amount=(mib << 20) / 1e6,
        figures=_beside_the_best,
    )
    many = _Kind(
        name="ssh-many",
        what=f"{count:,} files of {SMALL_BYTES:,} bytes",
        sizes=[SMALL_BYTES] * count,
        who=(ARGOSY, ARGOSY_ANEW, TAR, RSYNC, SCP, SFTP),
        unit="files/s",
        amount=count,
        figures=_beside_tar,
    )
    with yard(setting) as far:
        rows = [row for kind in (large, many) for row in _both_ways(setting, far, kind)]
        return (*rows, _again(setting, far, large.sizes, many.sizes))


def _both_ways(setting: Setting, far: Yard, kind: _Kind) -> Iterator[Row]:
    up = _chosen(carriers_up(far, setting.dpdispatcher), kind.who)
    down = _chosen(carriers_down(far, setting.dpdispatcher), kind.who)
    for way, to, ours, travel, carriers in (
        ("up", "to", _CHECKED, _there, up),
        ("down", "from", _WHOLE, _home, down),
    ):
        measures = {name: partial(travel, setting, far, kind.sizes, carry) for name, carry in carriers.items()}
        took_s = in_turns(measures, setting.times(TIMES))
        rates = {name: tuple(kind.amount / one_s for one_s in all_s) for name, all_s in took_s.items()}
        yield Row(
            name=f"{kind.name}-{way}",
            title=f"{kind.what} {to} a machine by SSH",
            how=_HOW.format(what=kind.what, ours=ours),
            unit=kind.unit,
            better="more",
            figures=kind.figures(rates),
        )


def _again(setting: Setting, far: Yard, large: Sequence[int], many: Sequence[int]) -> Row:
    figures: list[Figure] = []
    for sizes in (large, many):
        what = f"{sizes[0] >> 20} MiB" if len(sizes) == 1 else f"{len(sizes):,} files"
        carriers = _chosen(carriers_up(far, setting.dpdispatcher, host=COUNTED), (ARGOSY, RSYNC, SCP))
        for name, carry in carriers.items():
            moved_mb = _moved_mb(setting, far, sizes, carry)
            ours, beside = name == ARGOSY, "" if name == SCP else f"{SCP}, {what}"
            aim = Aim(at_most=0.1) if ours and sizes is large else None
            figures.append(Figure(name=f"{name}, {what}", values=(moved_mb,), ours=ours, beside=beside, aim=aim))
    return Row(
        name="ssh-again",
        title="The same files a second time",
        how="What passes a proxy before the server on its way there, login included, when the same files are sent "
        "once more. Argosy places them in the directory of another job, and sends names and hashes for that; the "
        "others send them to the place where they lie already.",
        unit="MB",
        figures=tuple(figures),
    )


def _moved_mb(setting: Setting, far: Yard, sizes: Sequence[int], carry: Carrier) -> float:
    load, goal = _made(setting.fresh(), sizes), far.fresh()
    carry(load, goal)
    before = far.proxy.moved["up"]
    carry(load, goal)
    moved = far.proxy.moved["up"] - before
    _gone(load, goal)
    return moved / 1e6


def _chosen(carriers: Mapping[str, Carrier], names: Sequence[str]) -> dict[str, Carrier]:
    return {name: carriers[name] for name in names}


def _there(setting: Setting, far: Yard, sizes: Sequence[int], carry: Carrier) -> float:
    """How long new files took to get there; all of them are gone afterwards."""
    load, goal = _made(setting.fresh(), sizes), far.fresh()
    took_s = carry(load, goal)
    assert sum(path.stat().st_size for path in goal.rglob("*") if path.is_file()) >= sum(sizes)
    _gone(load, goal)
    return took_s


def _home(setting: Setting, far: Yard, sizes: Sequence[int], carry: Carrier) -> float:
    """How long new files took to come from there; all of them are gone afterwards."""
    load, goal = _made(far.fresh(), sizes), setting.fresh()
    took_s = carry(load, goal)
    assert _sizes(goal.iterdir()) == _sizes(load)
    _gone(load, goal)
    return took_s


def _made(folder: Path, sizes: Sequence[int]) -> Load:
    """Files of chance, with their hashes."""
    load: dict[Path, str] = {}
    for number, size in enumerate(sizes):
        data = secrets.token_bytes(size)
        path = folder / f"file-{number:04}"
        path.write_bytes(data)
        load[path] = hashlib.sha256(data).hexdigest()
    return load


def _sizes(paths: Iterable[Path]) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in paths}


def _gone(load: Load, goal: Path) -> None:
    shutil.rmtree(next(iter(load)).parent)
    shutil.rmtree(goal)


def _beside_the_best(rates: Mapping[str, tuple[float, ...]]) -> tuple[Figure, ...]:
    """All beside the fastest that is not ours, which we shall not fall behind."""
    best = max((name for name in rates if name not in {ARGOSY, ARGOSY_ANEW}), key=lambda name: median(rates[name]))
    return beside(best, rates, ours=ARGOSY, also=ARGOSY_ANEW, aim=Aim(at_least=1, times=best))


def _beside_tar(rates: Mapping[str, tuple[float, ...]]) -> tuple[Figure, ...]:
    """All beside what does nothing but send them."""
    return beside(TAR, rates, ours=ARGOSY, also=ARGOSY_ANEW, aim=Aim(at_least=0.9, times=TAR), floor=True)
