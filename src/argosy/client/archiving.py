"""Files of a job as one archive on this machine: it appears whole or not at all."""

import os
import threading
from pathlib import Path

from argosy.client import calls
from argosy.client.arriving import explained
from argosy.client.call import Call
from argosy.client.getting import Wanted, refuse_overwriting
from argosy.client.progress import Step, Told, unheard
from argosy.client.road import Road
from argosy.core.errors import BadInput
from argosy.core.names import spell

FORMS = {".tar": "tar", ".tar.gz": "tar.gz", ".tgz": "tar.gz", ".zip": "zip"}


def archive(
    road: Road, wanted: Wanted, place: Path, *, inputs: bool = False, overwrite: bool = False, told: Told = unheard
) -> int:
    """Bring the files, or the job's inputs, as one archive; returns its size in bytes.

    Raises Conflict when something lies there and ``overwrite`` is False, BadInput for a name that tells no form.
    """
    form = form_of(place)
    if not overwrite:
        refuse_overwriting([place])
    call = calls.archive(wanted.job, form, wanted.patterns, wanted.attempt, inputs=inputs)
    part = place.with_name(f".argosy-{os.getpid()}-{threading.get_ident()}.part")
    with explained(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            done = _filled(road, call, part, told)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    return done


def form_of(place: Path) -> str:
    """The form that a name tells; raises BadInput."""
    form = next((form for end, form in FORMS.items() if place.name.lower().endswith(end)), None)
    if form is None:
        name = spell(os.fsencode(place.name))
        raise BadInput(f"{name!r} does not tell what kind of archive it is", hint=f"End it in {', '.join(FORMS)}.")
    return form


def _filled(road: Road, call: Call[None], part: Path, told: Told) -> int:
    done = 0
    with road.flow(call) as flow, part.open("wb") as file:
        for piece in flow.pieces:
            file.write(piece)
            done += len(piece)
            told(Step("packing", min(done, flow.size), flow.size))
    return done
