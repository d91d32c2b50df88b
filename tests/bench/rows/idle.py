"""What it costs to have a server that has nothing to do."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

from tests.bench.figures import Aim, Figure, Row
from tests.bench.machine import family, memory_mb, processor_s
from tests.bench.peer import SCRIPTS
from tests.bench.rows.throughput import run
from tests.bench.setting import Setting, serving

WINDOWS, WINDOW_S = 3, 20.0
ARGOSY, HYPERQUEUE, AIIDA = "Argosy: server", "HyperQueue: server and worker", "AiiDA: daemon, broker and one worker"
ORDER = (ARGOSY, AIIDA, HYPERQUEUE)
AIMS = {"idle-processor": {ARGOSY: Aim(at_most=0.5)}, "idle-memory": {ARGOSY: Aim(at_most=100)}}


def measure(setting: Setting) -> tuple[Row, ...]:
    place = setting.place("idle")
    with (
        serving(place) as ours,
        place.client() as client,
        setting.empty_aiida.daemon() as aiida,
        hyperqueue(setting) as theirs,
    ):
        run(client, 10)  # so that it has once done all that it can do
        families = {ARGOSY: [ours], AIIDA: family(aiida), HYPERQUEUE: family(theirs)}
        time.sleep(setting.times(10))
        shares = _shares(families, setting.times(int(WINDOW_S)))
        memory = {name: (memory_mb(pids),) for name, pids in families.items()}
    together = "All three are idle side by side for the same minute, after Argosy has run ten jobs."
    return (
        _row("idle-processor", "Idle: processor", f"{together} Share of one core.", "%", shares),
        _row("idle-memory", "Idle: memory", f"{together} Proportional share (Pss) of all processes.", "MB", memory),
    )


def _shares(families: Mapping[str, Sequence[int]], window_s: float) -> dict[str, tuple[float, ...]]:
    spent = [{name: processor_s(pids) for name, pids in families.items()}]
    for _ in range(WINDOWS):
        time.sleep(window_s)
        spent.append({name: processor_s(pids) for name, pids in families.items()})
    pairs = list(pairwise(spent))
    return {name: tuple((b[name] - a[name]) / window_s * 100 for a, b in pairs) for name in families}


def _row(name: str, title: str, how: str, unit: str, values: Mapping[str, tuple[float, ...]]) -> Row:
    figures = tuple(
        Figure(name=whose, values=values[whose], ours=whose == ARGOSY, aim=AIMS[name].get(whose)) for whose in ORDER
    )
    return Row(name=name, title=title, how=how, unit=unit, figures=figures)


@contextmanager
def hyperqueue(setting: Setting) -> Iterator[int]:
    """A local cluster of HyperQueue; gives its process id."""
    peer, directory = setting.hyperqueue, setting.place("hyperqueue-idle").top
    argv = [peer.programs / "python", SCRIPTS / "hyperqueue_idle.py", str(setting.slots), str(directory)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.strip() == "ready" for line in process.stdout)
        yield process.pid
