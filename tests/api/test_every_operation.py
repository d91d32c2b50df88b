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
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

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


def _doors(**phases: dict[str, bool]) -> Any:
    said = {"auth": {"openapi": {"token": {"bearer": TOKEN}}}, "phases": phases}
    return schemathesis.openapi.from_dict(description, config=schemathesis.Config.from_dict(said))


description = _description()
doors, brief_doors = _doors(), _doors(coverage={"enabled": False})
# The stream has no end, and the stop would end the others; both have tests of their own.
NAMES = sorted(
    {operation["operationId"] for path in description["paths"].values() for operation in path.values()}
    - {"event_stream", "server_stop"}
)

# These words stand where other methods take the name of a thing: GET /v1/templates/check asks for a template "check".
SHARED_ADDRESSES = {
    "job_preview",
    "job_find",
    "job_where",
    "job_forget",
    "job_bulk",
    "content_missing",
    "template_check",
    "template_trials",
    "template_import",
    "template_from_job",
    "preset_rate",
    "engine_import",
    "target_adopt",
    "target_check",
    "target_detect",
    "target_queue",
    "target_crowd",
    "target_sync",
    "target_look",
    "target_rename",
    "target_cleaning",
    "target_clean",
    "connection_view",
    "connection_connect",
    "connection_disconnect",
    "connection_reply",
    "connection_console",
    "connection_usage",
}
# These take the bodies of job_preview, sweep_preview and template_put, which are tried there in thousands of ways.
SAME_BODY = {"job_where", "job_submit", "sweep_submit", "template_trials"}
# Whether a request of the right form is taken depends here on what no schema can say. It may be refused for that, but
# never as one that cannot be understood.
MEANING = {
    "job_preview": "the template's parameters, the engines, the target's limits and other jobs decide",
    "job_where": "the template's parameters, the engines, the target's limits and other jobs decide",
    "job_submit": "the template's parameters, the engines, the target's limits and other jobs decide",
    "target_put": "the name in the body must be that in the address, and the plug-ins are those that are installed",
    "template_put": "the name in the body must be that in the address, and the engines are those that are installed",
    "template_trials": "a template is only sound when its parts fit together, and the engines are those installed",
    "template_import": "the bytes must hold a template",
    "preset_import": "the template's parameters decide which values will do",
    "preset_put": "the name in the body must be that in the address, and the template's parameters decide",
    "engine_import": "only some engines can import",
    "sweep_preview": "nothing may be varied twice, and lists side by side are equally long",
    "sweep_submit": "nothing may be varied twice, and lists side by side are equally long",
    "setting_put": "which values will do depends on the setting that the address names",
    "content_put": "the bytes must have the hash that the address names",
    "backup_make": "the directory must be there, and we must be allowed to write in it",
}


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_keeps_to_its_description(name: str, ground: Ground) -> None:
    """The requests are made up here, and not when tests are collected: for all of them that takes a minute."""

    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        _check(case, name, ground)

    asked = brief_doors if name in SAME_BODY else doors
    (operation,) = asked.include(operation_id=name).get_all_operations()
    build_operation_test(
        config=asked.config,
        operation=operation.ok(),
        test_func=check,
        given_kwargs={},
        feedback=FeedbackSources(),
    )()


def _check(case: schemathesis.Case, name: str, ground: Ground) -> None:
    _keep_inside(case, ground.top)
    excluded = [unsupported_method] if name in SHARED_ADDRESSES else []
    if name not in MEANING:
        case.call_and_validate(ground.address, excluded_checks=excluded)
        return
    answer = case.call_and_validate(ground.address, excluded_checks=[*excluded, positive_data_acceptance])
    of_the_right_form = case.meta is not None and case.meta.generation.mode.is_positive
    if of_the_right_form and answer.status_code == 422 and not _does_not_hang_together(answer.json()):
        assert "cannot be understood" not in answer.json()["message"], answer.text


def _does_not_hang_together(refusal: dict[str, Any]) -> bool:
    """Whether a whole template is refused since its parts contradict each other, which no schema can say.

    A condition that asks for two things at once is one of them.
    """
    places = [one["where"] for one in refusal["findings"]]
    return any("_hangs_together()" in where or "visible_when" in where or where in {"", "body"} for where in places)


def _keep_inside(case: schemathesis.Case, top: Path) -> None:
    """Generated absolute paths are moved below a directory of the test."""
    for field in ("root", "into"):
        if isinstance(case.body, dict) and isinstance(path := case.body.get(field), str) and path.startswith("/"):
            case.body[field] = f"{top}{path}"[:4096]
