"""The road: finds or starts the server when it is first needed, and asks it."""

import time
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from typing import TypeVar

from argosy.client import calls
from argosy.client.call import Call
from argosy.client.places import here
from argosy.client.start import reach, running, start
from argosy.client.wire import Broken, Flow, Gone, Wire
from argosy.core.errors import ServerDown, Unauthorised
from argosy.core.home import Home
from argosy.core.spec import Content
from argosy.core.views import Event

T = TypeVar("T")

_BREATH_S = 0.2


class Road:
    """The way to the server of one home. Nothing happens before the first request; threads may share a road.

    ``may_start`` is whether a server is started when none runs; else ServerDown is raised.
    """

    def __init__(self, home: Home | None = None, *, may_start: bool = True) -> None:
        self.home = home or here()
        self._may_start = may_start
        self._wire: Wire | None = None

    def send(self, call: Call[T]) -> T:
        """Ask, and return what the answer says.

        When the server has just gone away it is found or started anew and asked once more, but only if the request has
        certainly not been taken or may be repeated without harm. Raises what the server raises.
        """
        try:
            return self._server().send(call)
        except Broken as trouble:
            if not call.repeatable:
                raise _unsure(trouble) from None
        except (ServerDown, Unauthorised):
            pass  # gone, or just stopping, or another program at its port: not taken
        return self._anew().send(call)

    def upload(self, content: Content, pieces: Iterable[bytes]) -> None:
        """Send the bytes of a file; afterwards the server holds them."""
        self._server().upload(content, pieces)

    @contextmanager
    def flow(self, call: Call[None]) -> Generator[Flow]:
        """The bytes of a file as they come. Reading them raises ServerDown when the server goes away meanwhile."""
        with ExitStack() as opened:
            try:
                flow = opened.enter_context(self._server().flow(call))
            except (ServerDown, Unauthorised):
                flow = opened.enter_context(self._anew().flow(call))
            yield flow

    def events(self, *, after: int | None = None, job: str | None = None) -> Generator[Event]:
        """Events as they happen, without end; after a break or a restart of the server it goes on where it was."""
        while True:
            with suppress(Broken, Gone):
                for event in self._server().events(calls.event_stream(after, job=job)):
                    after = event.seq
                    yield event
            time.sleep(_BREATH_S)
            self._wire = None

    def _server(self) -> Wire:
        wire = self._wire or self._found()
        self._wire = wire
        return wire

    def _anew(self) -> Wire:
        self._wire = None
        self._wire = running(self.home) or self._started()
        return self._wire

    def _found(self) -> Wire:
        if self._may_start:
            return reach(self.home)
        return running(self.home) or self._started()

    def _started(self) -> Wire:
        if not self._may_start:
            raise ServerDown("no server is running", hint="Start one: argosy server start")
        return start(self.home)


def _unsure(trouble: Broken) -> ServerDown:
    return ServerDown(
        f"{trouble.message}; it is not known whether it took the request",
        hint="Look before you ask again, so that nothing is done twice: argosy ls",
    )
