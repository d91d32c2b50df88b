"""How large a request may be. The framework's own limit answers in plain text, so it is not used."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from argosy.api.refusals import answer, too_large

JSON_LIMIT = 32 * 1024 * 1024
"""The largest body of a request in bytes, except for the content of files."""
CONTENT = "/v1/content/"
"""Below here files are sent: of any size, as they are written down piece by piece and never held in memory."""


class Bounds:
    """Refuses a body that is too large: at once when its length is announced, else as soon as it has grown too long."""

    def __init__(self, app: ASGIApp, limit: int = JSON_LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watched over."""
        if scope["type"] != "http" or (scope["method"] == "PUT" and scope["path"].startswith(CONTENT)):
            await self._app(scope, receive, send)
        elif _announced_bytes(scope) > self._limit:
            await answer(too_large())(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        return counted


def _announced_bytes(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
