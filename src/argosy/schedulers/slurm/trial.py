"""What Slurm would do with a job: ``sbatch --test-only``."""

import os
import re
from datetime import UTC, datetime

from argosy.core.command import Answer, Command
from argosy.core.errors import Garbled
from argosy.core.slurm import Slurm as Site
from argosy.core.trial import Trial
from argosy.schedulers.records import complete
from argosy.schedulers.slurm import rows
from argosy.schedulers.slurm.asking import ask, shell
from argosy.schedulers.slurm.refusals import is_silence, refused, trouble

PATIENCE_S = 30.0
_PROGRAM = shell("trial.sh")
_START = re.compile(
    r"Job [0-9]+ to start at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) using [0-9]+ processors"
    r"(?: on nodes (\S+))?(?: in partition (\S+))?"
)
_ZONE = re.compile(r"zone ([+-][0-9]{4})")


def ask_trial(site: Site, script: str) -> Command:
    """The question about a script, which is not handed in."""
    command = ask(site, _PROGRAM, (), PATIENCE_S)
    return command.model_copy(update={"stdin": os.fsencode(script)})


def parse_trial(answer: Answer) -> Trial:
    """When and where it would start, or why not."""
    lines = iter(complete(answer, 1))
    zone = _ZONE.fullmatch(next(lines, ""))
    code, count = rows.head(lines, "trial")
    said = "\n".join(rows.taken(lines, count, "said "))
    if zone is None:
        raise Garbled("the answer does not say in which zone its times are")
    match = _START.search(said)
    if code == 0 and match:
        return Trial(start=_moment(match[1] + zone[1]), nodes=match[2] or "", partition=match[3] or "")
    if code == 0:
        raise Garbled(f"sbatch did not say when it would start, but {said[:200]!r}")
    if is_silence(code, said):
        raise trouble("sbatch", code, said)
    refusal = refused(said)
    return Trial(refused=refusal.explanation, advice=refusal.advice)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Garbled(f"{text[:60]!r} is no time") from None
