"""The socket and the HTTP server behind it."""

import asyncio
import errno
import socket
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from fastapi import FastAPI

from argosy.core.errors import Conflict

_LOOPBACK = "127.0.0.1"
_PATIENCE_S = 5


def listen(port: int) -> socket.socket:
    """A socket on the loopback, at this port or at any free one for 0. Raises Conflict when the port is in use."""
    # asyncio sends small packets at once only where the protocol is named; else each answer is held back for 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        # Lets a server take its port again at once after the last one; on Windows it would let two share it.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
        listening.listen(128)
    except OSError as trouble:
        listening.close()
        if trouble.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        why = "is in use by another program" if trouble.errno == errno.EADDRINUSE else "may not be used by this account"
        raise Conflict(
            f"port {port} of {_LOOPBACK} {why}",
            hint="Choose another with port = NUMBER under [server] in config.toml; 0 takes any free one.",
        ) from trouble
    return listening


class Listener(uvicorn.Server):
    """Serves an app until ``stopping`` is set, then gives the requests that are being answered a few seconds to end.

    ``announced`` is entered once requests are taken, and left before the last ones are answered.
    """

    def __init__(self, app: FastAPI, stopping: asyncio.Event, announced: AbstractContextManager[None]) -> None:
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )
        super().__init__(config)
        self._stopping = stopping
        self._announced = announced

    async def main_loop(self) -> None:
        """Wait for the end, without waking up ten times a second to look for it."""
        await self.on_tick(0)
        with self._announced:
            await self._stopping.wait()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the whole server: here they would be raised again before the house is in order."""
        yield
