"""What all routers share: where they lie, how they reach the service, and the words in their addresses."""

from collections.abc import Iterable
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import Request

from argosy.api.door import Door
from argosy.core.errors import BadInput
from argosy.core.findings import error
from argosy.core.spec import JobId, Word
from argosy.core.values import Value
from argosy.service.services import Services


class _Whole(PathConvertor):
    """A name in an address, with whatever it holds.

    The framework's own kind of path stops at a line break: a name with one had no address, instead of being refused
    with the reason.
    """

    regex = r"[\s\S]*"


register_url_convertor("whole", _Whole())


async def _known_parameters_only(request: Request) -> None:
    """An unknown query parameter is a slip of the pen; it is refused like an unknown key in a body."""
    route = cast("APIRoute", request.scope["route"])
    known = _query_names(route.dependant)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        findings = [error(name, "there is no such parameter") for name in unknown]
        hint = f"The parameters are: {', '.join(sorted(known))}." if known else "This address takes no parameters."
        raise BadInput(f"{request.url.path} has no parameter {unknown[0]}", hint=hint, findings=findings)


def _query_names(dependant: Dependant) -> set[str]:
    """The query parameters of an operation and of what it depends on."""
    own = {name for field in dependant.query_params for name in _names(field.alias, field.field_info.annotation)}
    return own.union(*(_query_names(inner) for inner in dependant.dependencies))


def _names(name: str, kind: object) -> Iterable[str]:
    """The names that one argument of an operation takes from the query: many when it is a record."""
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, Value) else (name,)


def below_v1(noun: str) -> APIRouter:
    """A router for one noun."""
    return APIRouter(prefix="/v1", tags=[noun], dependencies=[Depends(_known_parameters_only)])


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _door(request: Request) -> Door:
    return cast("Door", request.app.state.door)


ServicesHere = Annotated[Services, Depends(_services)]
DoorHere = Annotated[Door, Depends(_door)]
JobHere = Annotated[JobId, Path(description="The full id of a job.")]
TargetName = Annotated[Word, Path(description="The name of a target.")]
AttemptNumber = Annotated[int | None, Query(ge=1, le=100_000, description="Which attempt; the latest when left out.")]
