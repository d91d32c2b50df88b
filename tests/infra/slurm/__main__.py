"""Keeps a cluster up between test runs: ``python -m tests.infra.slurm DIRECTORY``, until it is interrupted."""

import signal
import sys
from pathlib import Path

from tests.infra.slurm.keeper import joined


def main(top: Path) -> None:
    with joined(top) as cluster:
        print(f"The cluster is up. On this host: export SLURM_CONF={cluster.conf}", flush=True)  # noqa: T201
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main(Path(sys.argv[1]).absolute())
