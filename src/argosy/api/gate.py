"""Who may come in. Stands in front of everything, also of addresses that do not exist."""

import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from argosy.api.door import Door
from argosy.api.refusals import answer
from argosy.core.errors import ArgosyError, ServerDown, Unauthorised

_POLICY_VIOLATION = 1008


class Gate:
    """Lets a request in when it carries our token and was meant for us; counts those that are in.

    Host and Origin are checked because a stranger's web page can make the user's browser ask any address of this host.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door
        names = [f"{host}:{door.port}" for host in ("127.0.0.1", "localhost", "[::1]")]
        self._hosts = frozenset(names)
        self._origins = frozenset(f"http://{name}" for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif refusal := self._refusal(Headers(scope=scope)):
            await answer(refusal)(scope, receive, send)
        else:
            with self._door.traffic.one():
                await self._app(scope, receive, send)

    def _refusal(self, headers: Headers) -> ArgosyError | None:
        host = headers.getlist("host")
        if len(host) != 1 or host[0].lower() not in self._hosts:
            return Unauthorised(
                "this request was not addressed to this server", hint="Use the address in the server file."
            )
        if any(origin not in self._origins for origin in headers.getlist("origin")):
            return Unauthorised(
                "a page from somewhere else sent this request", hint="Only the server's own pages may ask it."
            )
        if not self._token_fits(headers):
            return Unauthorised(
                "the request carries no valid token",
                hint="Send 'Authorization: Bearer TOKEN' and the token of the server file, a new one after each start.",
            )
        if self._door.stopping.is_set():
            return ServerDown("the server is stopping", hint="Ask again: the next command starts a new server.")
        return None

    def _token_fits(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        right = secrets.compare_digest(token.strip().encode("latin-1", "replace"), self._door.token.encode())
        return right and kind.lower() == "bearer"
