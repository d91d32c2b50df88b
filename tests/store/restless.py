"""Takes in groups of jobs until it is killed, and prints the name of each group when it is safe.

Usage: python -m tests.store.restless URL HOW_MANY_AT_ONCE
"""

import asyncio
import itertools
import sys

from argosy.store import open_store
from tests.store.making import accept, new


async def main(url: str, at_once: int) -> None:
    """Runs for ever."""
    store = await open_store(url)
    for number in itertools.count():
        await accept(store, *(new(f"group-{number}") for _ in range(at_once)))
        sys.stdout.write(f"group-{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
