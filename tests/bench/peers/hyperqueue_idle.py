"""Keeps a server and a worker of HyperQueue without work until its input ends. Runs in HyperQueue's own environment.

usage: hyperqueue_idle.py SLOTS DIRECTORY    says "ready" in a line of its own when it begins
"""

import sys

from hyperqueue import LocalCluster
from hyperqueue.cluster import WorkerConfig


def main() -> None:
    with LocalCluster(sys.argv[2], WorkerConfig(cores=int(sys.argv[1]))):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
