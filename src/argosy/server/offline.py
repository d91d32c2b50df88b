"""``python -m argosy.server.offline restore FILE | check FILE``: what is done with backups while no server runs.

Writes one line of JSON: ``{"kept": PATH or null}`` after a restore, ``{"complaints": [...]}`` after a check, or with
exit code 1 an error as it crosses the wire.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from argosy.core.errors import ArgosyError, Conflict
from argosy.core.home import Home
from argosy.lock import held
from argosy.server.places import here, make_directories
from argosy.store import open_store, put_back


def restore(home: Home, backup: Path) -> dict[str, Any]:
    """The backup is the database now; what was there before is kept beside it. Raises Conflict while a server runs."""
    make_directories(home)
    with held(home.server_lock) as ours:
        if not ours:
            raise Conflict("the server runs", hint="Stop it first: argosy server stop")
        kept = put_back(backup, home.database_url)
    return {"kept": str(kept) if kept else None}


def check(backup: Path) -> dict[str, Any]:
    """What is wrong with a backup. It is restored somewhere else, brought up to date and read through."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'restored.db'}"
        put_back(backup, url)
        return {"complaints": asyncio.run(_complaints(url))}


async def _complaints(url: str) -> list[str]:
    store = await open_store(url)
    try:
        return list(await store.check())
    finally:
        await store.close()


def main(arguments: list[str]) -> int:
    """The exit code: 0 when it was done, 1 after an error."""
    parser = argparse.ArgumentParser(prog="python -m argosy.server.offline", description=__doc__)
    parser.add_argument("what", choices=("restore", "check"))
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    try:
        done = restore(here(), options.file) if options.what == "restore" else check(options.file)
    except ArgosyError as trouble:
        print(json.dumps(trouble.to_wire()))  # noqa: T201  the caller reads it
        return 1
    print(json.dumps(done))  # noqa: T201  the caller reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
