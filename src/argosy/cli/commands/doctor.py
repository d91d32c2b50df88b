from argosy.cli.enrol import commands, shows
from argosy.cli.findings import shown
from argosy.cli.health import own_findings, words
from argosy.cli.shown import Shown
from argosy.client import calls
from argosy.client.road import Road
from argosy.core.errors import ServerError
from argosy.core.findings import Finding, error

app = commands()


@shows(app)
def doctor() -> Shown:
    """Look for what is wrong, or soon will be: Python, server, database, disks, clock, shells, targets, extras."""
    road = Road()
    findings = (*own_findings(road.home), *_of_server(road))
    good = "All is well: Python, server, database, disks, clock, shells and targets."
    return shown(findings, f"{words()}\n{good}", value=findings)


def _of_server(road: Road) -> tuple[Finding, ...]:
    try:
        return road.send(calls.doctor())
    except ServerError as trouble:
        return (error("server", trouble.message, remedy=trouble.hint),)
