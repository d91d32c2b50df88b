"""What sbatch says when it does not take a job: cause and remedy in plain words. The words lie in ``refusals.toml``."""

import re
import tomllib
from functools import cached_property
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from argosy.core.errors import Denied, Garbled, TargetError, Unreachable
from argosy.core.sighting import Refused
from argosy.core.values import Value


class Refusal(Value):
    """One row of the table; ``passing`` when the same job may be taken later, ``full`` when others have ended."""

    pattern: Annotated[str, Field(min_length=1)]
    explanation: Annotated[str, Field(min_length=1)]
    advice: Annotated[str, Field(min_length=1)]
    passing: bool = False
    full: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern, re.MULTILINE)


REFUSALS = tuple(
    Refusal.model_validate(row)
    for row in tomllib.loads(files("argosy.schedulers.slurm").joinpath("refusals.toml").read_text("utf-8"))["refusal"]
)
_MISSING_CODE = 127
_SILENT = re.compile(
    r"Unable to contact slurm controller|Socket timed out|Zero Bytes were transmitted|Header lengths are longer"
    r"|Connection (refused|rejected|reset|timed out)|Unable to connect|Message (send|receive) failure"
    r"|Communication (connection|shutdown) failure|Process is shutting down|Resource temporarily unavailable"
    r"|authentication error|authentication credential|Munge (en|de)code failed|Rate limit exceeded|in standby"
    r"|Problem talking to the database|Database connection reference is invalid"
    r"|Unable to (process|load) configuration|configuration source",
    re.IGNORECASE,
)


def refused(said: str) -> Refused:
    """Why sbatch did not take a job, from all that it said."""
    words = _errors(said)
    row = next((row for row in REFUSALS if row.regex.search(said)), None)
    if row is not None:
        return Refused(words=words, **row.model_dump(exclude={"pattern"}))
    first = words.partition("\n")[0].removeprefix("Batch job submission failed: ")  # a site's own rule speaks first
    explanation = f"Slurm refused it: {first}" if first else "Slurm refused it without a word."
    return Refused(words=words, explanation=explanation, advice="Change the request as the message says.")


def not_changed(code: int, said: str) -> Refused:
    """Why scontrol did not change a job that waits. Raises the error when Slurm did not answer."""
    if is_silence(code, said):
        raise trouble("scontrol", code, said)
    found = refused(said)
    if "denied" in said:
        explanation = "Slurm does not let you do that: an administrator holds it, or only they may raise it."
        return found.model_copy(update={"explanation": explanation, "advice": "Ask the administrators."})
    return found


def is_silence(code: int, said: str) -> bool:
    """Whether a command had no answer of Slurm at all."""
    return code == _MISSING_CODE or _SILENT.search(said) is not None


def trouble(program: str, code: int, said: str) -> TargetError:
    """Why a command of Slurm had no answer."""
    words = " / ".join(said.strip().splitlines()[-3:])[:500] or f"exit code {code}"
    if code == _MISSING_CODE:
        hint = "Say how Slurm is loaded: argosy target edit TARGET --set 'slurm.setup=[\"module load slurm\"]'."
        return Denied(f"the command {program} is not there: {words}", hint=hint)
    if _SILENT.search(said):
        return Unreachable(f"Slurm does not answer: {words}", hint="Argosy asks again; running jobs are not touched.")
    return Garbled(f"{program} failed with exit code {code}: {words}")


def _errors(said: str) -> str:
    """The lines in which sbatch complains; all of them when none is marked."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("sbatch:").strip().removeprefix("error:").strip() for line in lines if "error:" in line]
    return "\n".join(errors or lines)[-1_000:]
