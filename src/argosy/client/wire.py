"""One server, asked over HTTP on this machine's loopback.

The standard library's client is used: it is loaded in a fifth of the time of the larger ones, and what those add
(pools, proxies, HTTP/2) has no place on a loopback. Each request has a connection of its own, so that nothing is ever
sent into a connection that the server has just closed, and threads do not share one.
"""

import http.client
import json
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from argosy.client.call import Call
from argosy.core.errors import ArgosyError, ServerDown, ServerError
from argosy.core.server_file import ServerFile
from argosy.core.spec import Content
from argosy.core.views import FILE_KEPT, FILE_OVER, FILE_SIZE, Event

T = TypeVar("T")

PIECE_BYTES = 1 << 18
_HOST = "127.0.0.1"
_UPLOAD_S = 600.0
_DOWN_HINT = "See 'argosy server status' and 'argosy server logs'."


class Gone(ServerDown):
    """Nobody listens at the server's port: the request has certainly not been taken."""

    code = "server_gone"


class Broken(ServerDown):
    """The connection ended before the answer: it is not known whether the request was taken."""

    code = "server_broke_off"


@dataclass(frozen=True)
class Flow:
    """Bytes of a file that is ``size`` bytes long as a whole; ``over`` when it will never grow any more.

    ``kept`` is when they were read, if they are what was kept of a stream that its target does not show now.
    """

    size: int
    over: bool
    pieces: Generator[bytes]
    kept: datetime | None = None


@dataclass(frozen=True)
class Wire:
    """The way to one running server. Raises the errors that the server raises, and ServerDown when it is not there."""

    server: ServerFile

    def send(self, call: Call[T]) -> T:
        """Ask, and return what the answer says."""
        body, headers = _body(call)
        with self._asked(call.method, call.target, body=body, headers=headers, patience_s=call.patience_s) as answer:
            return call.read(_whole(answer))

    def upload(self, content: Content, pieces: Iterable[bytes]) -> None:
        """Send the bytes of a file as they are read; afterwards the server holds them."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(content.size)}
        path = f"/v1/content/{content.sha256}"
        with self._asked("PUT", path, body=pieces, headers=headers, patience_s=_UPLOAD_S) as answer:
            _whole(answer)

    @contextmanager
    def flow(self, call: Call[None]) -> Generator[Flow]:
        """The bytes of a file as they come. Reading them raises ServerDown when they end too soon."""
        body, headers = _body(call)
        opened = self._opened(call.method, call.target, body=body, headers=headers, patience_s=call.patience_s)
        with opened as answer:
            size, over = answer.getheader(FILE_SIZE, "0"), answer.getheader(FILE_OVER)
            read = answer.getheader(FILE_KEPT)
            kept = datetime.fromisoformat(read) if read else None
            yield Flow(int(size), over == "yes", self._pieces(answer, call.patience_s), kept)

    def _pieces(self, answer: http.client.HTTPResponse, patience_s: float) -> Generator[bytes]:
        while True:
            with _translated(self.server, patience_s):
                piece = answer.read1(PIECE_BYTES)
            if not piece:
                return
            yield piece

    def events(self, call: Call[Event]) -> Generator[Event]:
        """Events as they come, until the server ends the stream."""
        headers = {"Accept": "text/event-stream"}
        with self._asked(call.method, call.target, headers=headers, patience_s=call.patience_s) as answer:
            while line := answer.readline():
                if line.startswith(b"data:"):
                    yield call.read(line[5:].strip())

    @contextmanager
    def _asked(
        self,
        method: str,
        target: str,
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        patience_s: float,
    ) -> Generator[http.client.HTTPResponse]:
        opened = self._opened(method, target, body=body, headers=headers, patience_s=patience_s)
        with opened as answer, _translated(self.server, patience_s):
            yield answer

    @contextmanager
    def _opened(
        self,
        method: str,
        target: str,
        *,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        patience_s: float,
    ) -> Generator[http.client.HTTPResponse]:
        """The beginning of an answer; what happens in the block is the caller's own."""
        connection = http.client.HTTPConnection(_HOST, self.server.port, timeout=patience_s)
        try:
            self._connect(connection)
            with _translated(self.server, patience_s):
                whole = {**self._key(), **(headers or {})}
                answer = _answer(connection, method, target, body=body, headers=whole)
            yield answer
        finally:
            connection.close()

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except OSError as trouble:
            message = f"no server answers at {self.server.address}: {trouble.strerror or trouble}"
            raise Gone(message, hint=_DOWN_HINT) from None

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.server.token}"}


def _body(call: Call[T]) -> tuple[bytes | None, dict[str, str]]:
    if call.body is None:
        return None, {}
    return json.dumps(call.body).encode(), {"Content-Type": "application/json"}


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    *,
    body: bytes | Iterable[bytes] | None,
    headers: dict[str, str],
) -> http.client.HTTPResponse:
    # A refusal may come before all of the body was sent; if one came it can still be read.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, target, body=body, headers=headers)
    answer = connection.getresponse()
    if answer.status >= 400:
        raise _refusal(answer.status, answer.read())
    return answer


@contextmanager
def _translated(server: ServerFile, patience_s: float) -> Generator[None]:
    """What goes wrong on the way becomes one of our errors; what the caller's own files raise stays as it is."""
    try:
        yield
    except TimeoutError:
        message = f"the server (pid {server.pid}) did not answer within {patience_s:.0f} s"
        raise Broken(message, hint=_DOWN_HINT) from None
    except (http.client.HTTPException, ConnectionError) as trouble:
        message = f"the server (pid {server.pid}) broke off before it had answered: {trouble or type(trouble).__name__}"
        raise Broken(message, hint=_DOWN_HINT) from None


def _whole(answer: http.client.HTTPResponse) -> bytes:
    return answer.read()


def _refusal(status: int, body: bytes) -> ArgosyError:
    """The error that an answer carries."""
    try:
        shape: Any = json.loads(body)
        return ArgosyError.from_wire(shape)
    except (ValueError, AttributeError, TypeError):
        message = f"the server answered with status {status} and words that are not its own"
        return ServerError(message, hint="Another program may have taken its port: argosy server stop, then try again.")
