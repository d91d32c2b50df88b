"""How long a command takes that somebody types."""

from functools import partial

from tests.bench.figures import Aim, Figure, Row
from tests.bench.setting import HERE, Setting, environment, serving
from tests.bench.turns import in_turns, run_ms

IMPORT = "python -c 'import httpx'"
AIM = Aim(at_most=2.5, times=IMPORT)
TIMES = 9


def measure(setting: Setting) -> tuple[Row, ...]:
    place = setting.place("cold-start")
    ours, psij, aiida = environment(place), setting.psij, setting.empty_aiida
    measures = {
        IMPORT: partial(run_ms, [HERE / "python", "-c", "import httpx"], ours),
        "argosy --help": partial(run_ms, [HERE / "argosy", "--help"], ours),
        "argosy ls": partial(run_ms, [HERE / "argosy", "ls"], ours),
        "PSI/J: python -c 'import psij'": partial(
            run_ms, [psij.programs / "python", "-c", "import psij"], psij.environment
        ),
        "AiiDA: verdi process list": partial(run_ms, [aiida.programs / "verdi", "process", "list"], aiida.environment),
    }
    with serving(place):
        in_turns(measures, 1)  # bytecode is written, files are in memory
        taken = in_turns(measures, setting.times(TIMES))
    aims = {"argosy --help": AIM, "argosy ls": AIM}
    row = Row(
        name="cold-start",
        title="Start of a command",
        how="From the start of the process to its end, after one run that is not counted. The server of Argosy is up; "
        "AiiDA has a fresh profile on SQLite and nothing running; neither has any job.",
        unit="ms",
        figures=tuple(
            Figure(
                name=name,
                values=values,
                ours=name in aims,
                floor=name == IMPORT,
                beside=IMPORT if name != IMPORT else "",
                aim=aims.get(name),
            )
            for name, values in taken.items()
        ),
    )
    return (row,)
