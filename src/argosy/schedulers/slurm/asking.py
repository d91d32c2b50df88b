"""How a question becomes one command on the login node: the target's setup, then a shell program, then its words."""

from collections.abc import Iterable
from importlib.resources import files

from argosy.core.command import Command
from argosy.core.quoting import quote
from argosy.core.slurm import Slurm as Site
from argosy.schedulers.records import SHELL

PATIENCE_S = 120.0

# Argosy may run in a job of Slurm itself, and people set defaults for their own use: neither is about our jobs.
_CLEAN = r"""
for name in $(env | sed -n 's/^\(S[A-Z]*_[A-Za-z0-9_]*\)=.*/\1/p'); do
  case $name in
    SLURM_CONF | SLURM_CONF_SERVER | SLURM_JWT) ;;
    SLURM_* | SBATCH_* | SQUEUE_* | SACCT_* | SCANCEL_* | SINFO_* | SCONTROL_*) unset "$name" ;;
  esac
done
"""


def shell(name: str) -> str:
    """A shell program of this package, below what all of them share."""
    here = files("argosy.schedulers.slurm")
    return SHELL + here.joinpath("common.sh").read_text("utf-8") + here.joinpath(name).read_text("utf-8")


def ask(site: Site, program: str, words: Iterable[str | bytes], timeout_s: float = PATIENCE_S) -> Command:
    """The command that runs a program with these words at a site."""
    cluster = f"--clusters={site.cluster}" if site.cluster else ""
    setup = f"{{\n:\n{chr(10).join(site.setup)}\n}} > /dev/null\n" if site.setup else ""
    text = f"{_CLEAN}{setup}cluster={quote(cluster)}\n{program}"
    return Command(argv=("sh", "-c", text, "argosy", *words), timeout_s=timeout_s)
