"""The door's description of itself, for generated clients and for tests: OpenAPI."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_JSON = "application/json"
_BEARER = {"type": "http", "scheme": "bearer", "description": "The token of the server file."}


def describe_fully(app: FastAPI) -> None:
    """Complete what the framework writes: the token is part of it, and refusals are JSON where an answer is not."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(_written(app))
        return app.openapi_schema

    app.openapi = openapi


def _written(app: FastAPI) -> dict[str, Any]:
    return get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    schema["components"]["securitySchemes"] = {"token": _BEARER}
    schema["security"] = [{"token": []}]
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = {_JSON: next(iter(response["content"].values()))}
    return schema
