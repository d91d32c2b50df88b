from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def operations(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_route_is_described(app: FastAPI) -> None:
    described = {name for name, _ in operations(app)}
    routes = {
        f"{method} {route.path_format}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if route.path != "/v1/openapi.json"
    }
    assert described == routes


def schemas(what: object) -> Iterator[Mapping[str, Any]]:
    """All that has a type."""
    parts: Sequence[object] = cast("list[object]", what) if isinstance(what, list) else ()
    if isinstance(what, dict):
        mapping = cast("Mapping[str, object]", what)
        if isinstance(mapping.get("type"), str):
            yield mapping
        parts = tuple(mapping.values())
    for part in parts:
        yield from schemas(part)


async def test_bounds_stand_in_the_words_of_json_schema(app: FastAPI) -> None:
    ours = {"ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of"}
    found = list(schemas(app.openapi()))
    assert len(found) > 100
    assert [schema for schema in found if ours & schema.keys()] == []


async def test_every_operation_has_a_name_of_its_own_a_noun_and_a_promise(app: FastAPI) -> None:
    names = [operation["operationId"] for _, operation in operations(app)]
    assert len(names) == len(set(names))
    for name, operation in operations(app):
        assert len(operation["tags"]) == 1, name
        assert operation["description"], name


async def test_every_operation_declares_its_refusals_in_the_one_shape(app: FastAPI) -> None:
    for name, operation in operations(app):
        refusals = {int(status): response for status, response in operation["responses"].items() if int(status) >= 400}
        assert set(refusals) >= {401, 413, 422, 500, 503}, name
        for response in refusals.values():
            reference = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
            assert response["content"] == reference, name


async def test_an_address_with_a_name_in_it_may_not_find_it(app: FastAPI) -> None:
    for name, operation in operations(app):
        if "{job}" in name or ("{name}" in name and not name.startswith("PUT")):
            assert "404" in operation["responses"], name


async def test_the_token_is_part_of_the_description(app: FastAPI) -> None:
    schema = app.openapi()
    assert schema["security"] == [{"token": []}]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
