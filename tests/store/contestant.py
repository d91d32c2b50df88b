"""Walks jobs to their ends against others who do the same, and prints how many moves were its own.

Usage: python -m tests.store.contestant URL JOB...
"""

import asyncio
import sys

from argosy.store import open_store
from tests.store.making import held
from tests.store.test_concurrency import walk


async def main(url: str, jobs: list[str]) -> int:
    """How many moves were ours, once all jobs are closed."""
    store = await open_store(url, patience_s=60)
    lease = await held(store)
    written = 0
    while await store.open_count():
        written += await walk(store, lease, jobs)
    await store.close()
    return written


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(main(sys.argv[1], sys.argv[2:]))))
