"""How long a person waits for one job, beside the job itself."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.bench.figures import Figure, Row
from tests.bench.setting import Setting, serving
from tests.server.running import soon

NOW = ["date", "+%s.%N"]
LATER = ["sh", "-c", "sleep 4; date +%s.%N"]
SHORT, LONG = 40, 4
"""How often each program is run. The two go in parts, so that Argosy and PSI/J take turns."""
PARTS = 2
AT_ONCE, AFTER_4_S = "program of an instant", "program of 4 s"


@dataclass
class Taken:
    """Milliseconds by what was measured, of one of the two."""

    submit: list[float] = field(default_factory=list)
    ends: dict[str, list[float]] = field(default_factory=lambda: {AT_ONCE: [], AFTER_4_S: []})


def measure(setting: Setting) -> tuple[Row, ...]:
    place = setting.place("latency")
    ours, theirs = Taken(), Taken()
    counts = {AT_ONCE: setting.times(SHORT) // PARTS or 1, AFTER_4_S: setting.times(LONG) // PARTS or 1}
    with serving(place), place.client() as client, listening(client) as heard:
        for part in range(PARTS):
            for kind, argv in ((AT_ONCE, NOW), (AFTER_4_S, LATER)):
                _argosy(client, heard, argv, counts[kind], into=ours, kind=kind)
                directory = setting.place(f"psij-{part}-{len(argv)}").top
                said = setting.psij.ask("psij_latency.py", str(counts[kind]), str(directory), *argv)
                theirs.submit += said["submit_ms"]
                theirs.ends[kind] += said["end_ms"]
    return _submit(ours, theirs), _end(ours, theirs)


def _submit(ours: Taken, theirs: Taken) -> Row:
    return Row(
        name="submit-latency",
        title="Handing in one job",
        how="From the call to its return. Argosy's job is on disk then, and its server has answered over HTTP; PSI/J "
        "has started the program, and remembers it in its own process.",
        unit="ms",
        figures=(
            Figure(name="Argosy", values=tuple(ours.submit), ours=True, beside="PSI/J local"),
            Figure(name="PSI/J local", values=tuple(theirs.submit)),
        ),
    )


def _end(ours: Taken, theirs: Taken) -> Row:
    return Row(
        name="end-latency",
        title="From the end of a program to its recorded outcome",
        how="The program prints the time as its last act. Argosy's outcome counts when it has come over the stream of "
        "events, after outputs were read, judged and brought home and all of it was written to disk; PSI/J's when its "
        "callback is called. Argosy looks less often the longer its jobs have run, but at least every 2 s.",
        unit="ms",
        figures=tuple(figure for kind in (AT_ONCE, AFTER_4_S) for figure in _pair(ours, theirs, kind)),
    )


def _pair(ours: Taken, theirs: Taken, kind: str) -> tuple[Figure, Figure]:
    other = f"PSI/J local, {kind}"
    return (
        Figure(name=f"Argosy, {kind}", values=tuple(ours.ends[kind]), ours=True, beside=other),
        Figure(name=other, values=tuple(theirs.ends[kind])),
    )


def _argosy(
    client: httpx.Client, heard: dict[str, float], argv: list[str], count: int, *, into: Taken, kind: str
) -> None:
    for _ in range(count):
        began = time.perf_counter()
        job = client.post("/v1/jobs", json=[{"argv": argv}]).raise_for_status().json()[0]["job"]["id"]
        into.submit.append((time.perf_counter() - began) * 1000)
        over = soon(lambda job=job: heard.get(job), f"{job} is over")
        text = client.get(f"/v1/jobs/{job}/text", params={"path": "stdout"}).raise_for_status().json()["text"]
        into.ends[kind].append((over - float(text)) * 1000)


@contextmanager
def listening(client: httpx.Client) -> Iterator[dict[str, float]]:
    """When each job was heard to have succeeded, by its id; goes on being filled."""
    heard: dict[str, float] = {}
    with client.stream("GET", "/v1/events", params={"after": 0}, timeout=None) as stream:
        threading.Thread(target=_hear, args=(stream, heard), daemon=True).start()
        yield heard


def _hear(stream: httpx.Response, heard: dict[str, float]) -> None:
    try:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                _note(json.loads(line.removeprefix("data:")), heard)
    except (httpx.StreamClosed, httpx.TransportError):
        return  # the bench is over


def _note(event: dict[str, Any], heard: dict[str, float]) -> None:
    state = event.get("state") or {}
    if state.get("kind") == "closed" and state["outcome"]["kind"] == "succeeded":
        heard[event["job"]] = time.time()
