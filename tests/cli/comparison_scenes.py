"""Jobs side by side, as they are shown: two of two engines, and a sweep with a job that failed."""

from datetime import UTC, datetime, timedelta

from argosy.cli.comparing import Beside
from argosy.cli.shown import Shown
from argosy.core.comparison import Side, compared, telling
from argosy.core.job import Attempt, Cause, Closed, Failed, Job, Outcome, Succeeded, Witness, said
from argosy.core.outputs import Results, Scalar
from argosy.core.resources import Resources
from argosy.core.spec import JobSpec, TemplateRef

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SEEN = said(Witness.ENGINE, "the outputs are complete", NOW)
_ENERGY = "Potential energy"


def _side(number: int, spec: JobSpec, *scalars: Scalar, outcome: Outcome | None = None, took_s: float = 0.0) -> Side:
    identity = f"j0000000009xyyab9{number:05d}"
    state = Closed(outcome=outcome or Succeeded(), evidence=SEEN)
    return Side(
        job=Job(id=identity, spec=spec, owner="ada", created=NOW, root=identity),
        attempt=Attempt(job=identity, number=1, target=spec.target, state=state, due=NOW),
        started=NOW - timedelta(seconds=took_s),
        ended=NOW,
        results=Results(scalars=scalars),
        unread="cannot reach cluster.example: no route" if outcome else "",
        units={"temperature": "K"},
    )


def _engines() -> Shown:
    openmm = JobSpec(
        name="water at 310 K",
        engine="openmm",
        argv=("python", "run.py"),
        template=TemplateRef(name="openmm/production", version="1", digest="d", values={"temperature": 310.0}),
        resources=Resources(cpus=4, gpus=1),
    )
    namd = JobSpec(
        name="box\u202e 水",
        engine="namd",
        argv=("namd3", "+p16", "box.namd"),
        target="cluster",
        resources=Resources(cpus=16, walltime_s=14_400, memory_mib=16_384),
    )
    speed = Scalar(name="speed", label="Speed", value=41.53219, unit="ns/day")
    steps = Scalar(name="steps", label="Steps done", value=500_000)
    first = Scalar(name="potential_energy", label=_ENERGY, value=-10_961.3, unit="kJ/mol")
    second = Scalar(name="potential_energy", label=_ENERGY, value=-2619.8, unit="kcal/mol")
    found = compared(
        [_side(1, openmm, speed, first, took_s=3725.5), _side(2, namd, speed, steps, second, took_s=95.25)]
    )
    return Beside(found, telling(found))


def _sweep() -> Shown:
    def one(number: int) -> Side:
        spec = JobSpec(
            name=f"heat-{number:02d}",
            engine="openmm",
            argv=("python", "run.py"),
            template=TemplateRef(
                name="openmm/nvt", version="1", digest="d", values={"temperature": 280.0 + 10 * number, "steps": 500}
            ),
        )
        if number == 3:
            failed = Failed(cause=Cause.INCOMPLETE, explanation="The temperature ran away.")
            return _side(number, spec, outcome=failed, took_s=2.2)
        scalars = (
            Scalar(name="potential_energy", label=_ENERGY, value=-10_961.3 + 9.75 * number, unit="kJ/mol"),
            Scalar(name="temperature", label="Temperature", value=279.6 + 10.1 * number, unit="K"),
            Scalar(name="density", label="Density", value=0.972 - number / 900, unit="g/mL"),
            Scalar(name="simulated_time", label="Simulated time", value=1.0, unit="ps"),
            Scalar(name="speed", label="Speed", value=41.5 + number, unit="ns/day"),
        )
        return _side(number, spec, *scalars, took_s=61 + number)

    found = compared([one(number) for number in range(1, 8)], complete=False)
    return Beside(found, telling(found))


SCENES: dict[str, Shown] = {"compare": _engines(), "compare-sweep": _sweep()}
