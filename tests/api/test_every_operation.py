"""All operations under generated requests, good and bad: no fault inside, no answer that is not declared."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance, unsupported_method

from argosy.api.app import create_app
from argosy.api.door import Door
from argosy.core.home import home_from
from argosy.server.places import make_directories
from argosy.server.wiring import open_house
from argosy.service.services import Services
from tests.api.conftest import PORT, TOKEN, door_of, served

pytestmark = pytest.mark.slow


@dataclass
class Ground:
    """A door on a real socket, with no reconciler behind it: generated commands must not run."""

    top: Path
    address: str = ""

    async def serve(self, ready: threading.Event, over: threading.Event) -> None:
        home = home_from({"ARGOSY_HOME": str(self.top / "home")}, data=self.top, config=self.top, state=self.top)
        make_directories(home)
        async with open_house(home) as house, served(house, door_of(house)) as listening:
            self.address = listening.address
            ready.set()
            await asyncio.to_thread(over.wait)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("ground"))
    ready, over = threading.Event(), threading.Event()
    serving = threading.Thread(target=lambda: asyncio.run(ground.serve(ready, over)))
    serving.start()
    assert ready.wait(30)
    yield ground
    over.set()
    serving.join()


def _description() -> dict[str, Any]:
    async def nothing() -> Any: ...

    door = Door(
        token=TOKEN,
        port=PORT,
        version="0.1.0",
        started=datetime.now(UTC),
        owner="ada",
        backups=Path("/nowhere"),
        stop=lambda: None,
        doctor=nothing,
        numbers=nothing,
    )
    return create_app(cast("Services", None), door).openapi()


# The stream has no end, and the stop would end the others; both have tests of their own.
doors = schemathesis.openapi.from_dict(
    _description(),
    config=schemathesis.Config.from_dict({"auth": {"openapi": {"token": {"bearer": TOKEN}}}}),
).exclude(operation_id=["event_stream", "server_stop"])

# These words stand where other methods take the name of a thing: GET /v1/templates/check asks for a template "check".
SHARED_ADDRESSES = {
    "job_preview",
    "job_find",
    "content_missing",
    "template_check",
    "target_check",
    "connection_view",
    "connection_connect",
    "connection_disconnect",
    "connection_reply",
    "connection_console",
    "connection_usage",
}
# Where a number is asked for, true is read as 1, and where a time is, a number as seconds since 1970; the description
# knows no such kindness.
KIND_READERS = {"job_preview", "job_submit", "job_list", "target_put"}


@doors.parametrize()
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_an_operation_keeps_to_its_description(case: schemathesis.Case, ground: Ground) -> None:
    _keep_inside(case, ground.top)
    # What a schema cannot say, such as that a target must exist, may be refused though the request has the right form.
    name = case.operation.definition.raw["operationId"]
    excluded = [positive_data_acceptance]
    if name in SHARED_ADDRESSES:
        excluded.append(unsupported_method)
    if name in KIND_READERS:
        excluded.append(negative_data_rejection)
    case.call_and_validate(ground.address, excluded_checks=excluded)


def _keep_inside(case: schemathesis.Case, top: Path) -> None:
    """Generated absolute paths are moved below a directory of the test."""
    for field in ("root", "into"):
        if isinstance(case.body, dict) and isinstance(path := case.body.get(field), str) and path.startswith("/"):
            case.body[field] = f"{top}{path}"
