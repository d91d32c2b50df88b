"""How fast NAMD's files are read: the end of a log that grows, a whole log, and what a large simulation starts from."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from argosy.contracts import Glance
from argosy.core.names import spell
from argosy.core.outputs import Excerpt
from argosy.core.target import Target
from argosy.engines.namd.config import Config
from argosy.engines.namd.log import LOG, read_log
from argosy.engines.namd.progress import progress_of
from argosy.service.outputs import excerpt
from argosy.transports.local import open_local
from tests.bench.figures import Aim, Figure, Row, beside
from tests.bench.namd_files import block, write_log, write_system
from tests.bench.setting import Setting
from tests.bench.turns import in_turns
from tests.contracts.surroundings import Noted

GROWING_BYTES = 1_000_000_000
WHOLE_BYTES = 200_000_000
POLLS, TIMES, LOADS = 200, 10, 3
THEIR_LOADS = 1
"""ParmEd takes minutes for each."""
WATERS = 333_334
TAIL_BYTES = 16_384
"""What a look at a running job reads of its log."""
OURS = "Argosy"
PLAIN = "plain Python: every line split"
PARMED = "ParmEd"


def measure(setting: Setting) -> tuple[Row, ...]:
    return (_growing(setting), _whole(setting), *_preflight(setting))


def _growing(setting: Setting) -> Row:
    folder = setting.fresh()
    last = write_log(folder / LOG, setting.times(GROWING_BYTES))
    took = asyncio.run(_polls(folder, last, setting.times(POLLS)))
    return Row(
        name="namd-progress",
        title=f"Progress from a log of {setting.times(GROWING_BYTES) / 1e9:g} GB that grows",
        how="From the question to the progress with speed, remaining time and energies, by the local transport; before "
        "each question NAMD has written one more block of about 700 bytes.",
        unit="ms",
        figures=(Figure(name=OURS, values=took, ours=True, aim=Aim(at="p95", at_most=5)),),
    )


async def _polls(folder: Path, last: int, times: int) -> tuple[float, ...]:
    transport = open_local(Target(name="local", root="/"), Noted())
    glance = Glance(directory=spell(os.fsencode(folder)), tails=(LOG,), tail_bytes=TAIL_BYTES)
    took_ms: list[float] = []
    with (folder / LOG).open("a", encoding="ascii") as log:
        for number in range(1, times + 1):
            step = last + number * 500
            log.write(block(step))
            log.flush()
            began = time.perf_counter()
            (seen,) = await transport.glance([glance])
            progress = progress_of(Config(), read_log(excerpt(seen.tails[LOG])))
            took_ms.append((time.perf_counter() - began) * 1000)
            assert progress is not None
            assert progress.step == step
    return tuple(took_ms)


def _whole(setting: Setting) -> Row:
    path = setting.fresh() / LOG
    write_log(path, setting.times(WHOLE_BYTES))
    text = path.read_text(encoding="ascii")
    rows = sum(line.startswith("ENERGY:") for line in text.splitlines())
    measures = {OURS: _rate(text, _ours, rows), PLAIN: _rate(text, _plain, rows)}
    return Row(
        name="namd-log",
        title=f"Reading a whole log of {len(text) / 1e6:.0f} MB",
        how="Everything that the log tells, the rows of energies kept, from text in memory, in turns. The plain reader "
        "splits every line at its blanks and makes numbers of the rows of energies.",
        unit="MB/s",
        better="more",
        figures=beside(PLAIN, in_turns(measures, setting.times(TIMES)), ours=OURS, aim=Aim(at_least=100)),
    )


def _rate(text: str, read: Callable[[str], int], rows: int) -> Callable[[], float]:
    def measured() -> float:
        began = time.perf_counter()
        found = read(text)
        rate = len(text) / 1e6 / (time.perf_counter() - began)
        assert found == rows
        return rate

    return measured


def _ours(text: str) -> int:
    return len(read_log(Excerpt(text=text, size=len(text))).rows)


def _plain(text: str) -> int:
    rows: list[list[float]] = []
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == "ENERGY:":
            rows.append([float(word) for word in words[1:]])
    return len(rows)


def _preflight(setting: Setting) -> tuple[Row, Row]:
    folder, waters = setting.fresh(), setting.times(WATERS)
    paths = [str(path) for path in write_system(folder, waters).values()]
    ours = [_our_load(paths) for _ in range(setting.times(LOADS))]
    theirs = [setting.parmed.ask("parmed_load.py", *paths) for _ in range(THEIR_LOADS)]
    how = f"A box of {waters:,} waters, {3 * waters:,} atoms, in a fresh process. "
    said = "Argosy checks counts, order, charge and parameters; ParmEd loads the three files and assigns parameters."

    def figures(key: str, most: float) -> tuple[Figure, ...]:
        taken = {OURS: tuple(one[key] for one in ours), PARMED: tuple(one[key] for one in theirs)}
        return beside(PARMED, taken, ours=OURS, aim=Aim(at_most=most))

    title = "A look into structure, coordinates and parameters"
    return (
        Row(name="namd-preflight", title=title, how=how + said, unit="s", figures=figures("took_s", 10)),
        Row(
            name="namd-preflight-memory",
            title=f"{title}: memory",
            how="The most that the process held, with the interpreter.",
            unit="MB",
            figures=figures("peak_mb", 1000),
        ),
    )


def _our_load(paths: list[str]) -> dict[str, float]:
    argv = [sys.executable, "-m", "tests.bench.namd_load", *paths]
    done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])
