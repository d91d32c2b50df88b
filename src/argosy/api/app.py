"""The door as one application."""

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from argosy.api import (
    backups,
    comparisons,
    connections,
    content,
    engines,
    events,
    files,
    jobs,
    ledger,
    lineage,
    presets,
    server,
    settings,
    steering,
    sweeps,
    targets,
    templates,
)
from argosy.api.bounds import Bounds
from argosy.api.description import describe_fully
from argosy.api.door import Door
from argosy.api.gate import Gate
from argosy.api.refusals import speak_one_language
from argosy.service.services import Services

_ROUTERS = (
    server.router,
    jobs.router,
    lineage.router,
    sweeps.router,
    steering.router,
    ledger.router,
    comparisons.router,
    files.router,
    events.router,
    content.router,
    connections.router,  # its addresses lie below those of targets, whose names may hold any of them
    targets.router,
    templates.router,
    presets.router,
    engines.router,
    settings.router,
    backups.router,
)

# The framework would otherwise hand traces of requests to whatever collector the environment names.
_SILENT = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False)


def create_app(services: Services, door: Door) -> FastAPI:
    """The application that answers all requests.

    It has no pages of documentation: those would load scripts from elsewhere. Its description is at /v1/openapi.json.
    """
    app = FastAPI(
        title="Argosy",
        summary="Scientific compute jobs, described once, run anywhere.",
        description="Every request carries `Authorization: Bearer TOKEN`. Every error has the shape `Refusal`.",
        version=door.version,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_SILENT,
    )
    app.state.services = services
    app.state.door = door
    speak_one_language(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.add_middleware(Bounds)
    app.add_middleware(Gate, door=door)  # the last one added is the first one met
    describe_fully(app)
    return app
