"""Every error leaves the door in one shape, whoever raised it."""

from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from argosy.core.errors import ArgosyError, BadInput, NotFound, RequestError, ServerError, TooMuch, Unauthorised
from argosy.core.findings import Finding, error, in_short
from argosy.core.plain_words import place, plain_words
from argosy.core.values import Value

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Refusal(Value):
    """An error as it crosses the wire: which kind, what is wrong, and what to do about it."""

    code: str
    message: str
    hint: str = ""
    findings: tuple[Finding, ...] = ()


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that an operation may answer with, for OpenAPI; those that every operation has are added."""
    every = {401, 413, 422, 500, 503, *statuses}
    return {status: {"model": Refusal, "description": HTTPStatus(status).phrase} for status in sorted(every)}


def answer(refusal: ArgosyError, *, status: int | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer that carries an error."""
    extra = _CHALLENGE if isinstance(refusal, Unauthorised) else {}
    return JSONResponse(refusal.to_wire(), status_code=status or refusal.status, headers={**extra, **(headers or {})})


def too_large() -> TooMuch:
    """The refusal of a body that is too large."""
    return TooMuch("the body of the request is too large", hint="Send files with PUT /v1/content/SHA256.")


def speak_one_language(app: FastAPI) -> None:
    """Make all errors of the app, the framework's own among them, leave in the one shape."""
    app.add_exception_handler(ArgosyError, _ours)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(_request: Request, refusal: Exception) -> Response:
    return answer(cast("ArgosyError", refusal))


async def _not_understood(_request: Request, refusal: Exception) -> Response:
    findings = [_finding(item) for item in cast("RequestValidationError", refusal).errors()]
    hint = "Each finding names the field and what it must be; /v1/openapi.json describes every request."
    return answer(BadInput(f"the request cannot be understood: {in_short(findings)}", hint=hint, findings=findings))


def _finding(item: dict[str, Any]) -> Finding:
    part = str(item["loc"][0])
    return error(place(item, below=1) or part, plain_words(item), why=f"in the {part} of the request")


async def _of_the_framework(request: Request, refusal: Exception) -> Response:
    trouble = cast("HTTPException", refusal)
    path = request.url.path
    match trouble.status_code:
        case HTTPStatus.NOT_FOUND:
            return answer(NotFound(f"there is no address {path}", hint="/v1/openapi.json lists all addresses."))
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = ", ".join(_methods_at(request))
            known = RequestError(f"{path} does not take {request.method}", hint=f"It takes {allowed}.")
            return answer(known, status=trouble.status_code, headers={"Allow": allowed})
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return answer(too_large())
        case HTTPStatus.BAD_REQUEST:
            return answer(BadInput("the body of the request cannot be read", hint="Send JSON in UTF-8."))
        case _:
            known = RequestError(str(trouble.detail), hint="/v1/openapi.json describes every request.")
            return answer(known, status=trouble.status_code, headers=dict(trouble.headers or {}))


def _methods_at(request: Request) -> list[str]:
    """All methods of an address; the framework itself names those of the first route only."""
    routes = list(iter_route_contexts(request.app.routes))
    address = next(route.path for route in routes if route.path_regex.match(request.url.path))
    return sorted({method for route in routes if route.path == address for method in route.methods or ()})


async def _unforeseen(_request: Request, _trouble: Exception) -> Response:
    # The trace goes to the log, through the server that runs this app, and nowhere else.
    return answer(ServerError("something went wrong inside the server", hint="Look at 'argosy server logs'."))
