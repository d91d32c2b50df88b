"""What jobs on a Slurm cluster cost whose login node is reached by SSH."""

from collections.abc import Mapping
from functools import partial
from statistics import median

from tests.bench.clusters import Site, site
from tests.bench.figures import Aim, Figure, Row, beside
from tests.bench.runners import aiida_s, copies_s, counted, dpdispatcher_s, driving
from tests.bench.setting import Setting
from tests.bench.turns import in_turns

JOBS = 50
TIMES = 3
"""AiiDA takes minutes, and is measured once."""
ARGOSY, AIIDA, DPDISPATCHER = "Argosy", "AiiDA, core.ssh_async and core.slurm", "dpdispatcher, SSHContext and Slurm"
MOST_S, MOST_LOGINS, MOST_ASKED = 6, 1, 10


def measure(setting: Setting) -> tuple[Row, ...]:
    jobs = setting.times(JOBS)
    logins: dict[str, list[float]] = {}
    asked: dict[str, list[float]] = {}
    with site(setting) as place:
        measures = {
            ARGOSY: partial(_argosy_s, setting, place, jobs),
            AIIDA: partial(aiida_s, setting, place.far, jobs, "core.slurm"),
            DPDISPATCHER: partial(dpdispatcher_s, setting, place.far, jobs, "Slurm"),
        }
        for name, act in measures.items():
            once = partial(counted, act, place.far.sshd.logins, logins.setdefault(name, []))
            measures[name] = partial(counted, once, place.asked, asked.setdefault(name, []))
        taken = in_turns(measures, 1)
        again = in_turns(
            {name: act for name, act in measures.items() if name != AIIDA}, 0 if setting.quick else TIMES - 1
        )
    taken = {name: values + again.get(name, ()) for name, values in taken.items()}
    return (_times(jobs, taken), _logins(jobs, logins), _asked(jobs, asked))


def _times(jobs: int, taken: Mapping[str, tuple[float, ...]]) -> Row:
    best = min((name for name in taken if name != ARGOSY), key=lambda name: median(taken[name]))
    return Row(
        name="slurm-jobs",
        title=f"{jobs} short jobs on a Slurm cluster that is reached by SSH",
        how="From the first request to the last result at home; each job has a file of input, copies it, and its copy "
        "is brought home. The cluster is a real one of seven nodes, all of them on this machine, and it starts jobs as "
        "soon as it can. Argosy is as it comes, and its login is in the time: it hands in jobs that ask for the same "
        "as one array, asks the queue every 2 s at most, and judges every job. AiiDA adds two numbers with bash "
        "(core.arithmetic.add) and parses the sum; one calculation has run before, it polls every second, and it waits "
        "0 s before each connection, where it would wait 15 s. dpdispatcher polls every second, where it would poll "
        "every 30 s.",
        unit="s",
        figures=beside(best, taken, ours=ARGOSY, aim=Aim(at_most=MOST_S)),
    )


def _logins(jobs: int, logins: Mapping[str, list[float]]) -> Row:
    return Row(
        name="slurm-logins",
        title=f"Logins for these {jobs} jobs",
        how="Counted in the log of the server of SSH.",
        unit="logins",
        figures=_counts(logins, Aim(at_most=MOST_LOGINS)),
    )


def _asked(jobs: int, asked: Mapping[str, list[float]]) -> Row:
    return Row(
        name="slurm-asked",
        title=f"What Slurm's controller is asked for these {jobs} jobs",
        how="All that it was asked for by the account that logs in, as sdiag counts it: a call of sbatch counts once, "
        "one of squeue three times.",
        unit="times",
        figures=_counts(asked, Aim(at_most=MOST_ASKED)),
    )


def _counts(counts: Mapping[str, list[float]], aim: Aim) -> tuple[Figure, ...]:
    return tuple(
        Figure(name=name, values=tuple(values), ours=name == ARGOSY, aim=aim if name == ARGOSY else None)
        for name, values in counts.items()
    )


def _argosy_s(setting: Setting, place: Site, jobs: int) -> float:
    with driving(setting, place.target(place.far.fresh())) as (home, client):
        return copies_s(client, home, jobs)
