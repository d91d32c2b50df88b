"""A real server process of a home of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

_T = TypeVar("_T")

PATIENCE_S = 30.0


def soon(what: Callable[[], _T], why: str) -> _T:
    """What ``what`` returns as soon as that is true; fails with ``why`` when it never is."""
    give_up = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < give_up, why
        time.sleep(0.01)
    return found


@dataclass(frozen=True)
class Place:
    """A home for servers."""

    top: Path

    @property
    def state(self) -> Path:
        return self.top / "state"

    @property
    def server_file(self) -> Path:
        return self.state / "server.json"

    def record(self) -> dict[str, Any]:
        return json.loads(self.server_file.read_text())

    def log(self) -> str:
        return (self.state / "server.log").read_text()

    def configure(self, **settings: float) -> None:
        lines = [f"{name} = {value}" for name, value in settings.items()]
        (self.top / "config").mkdir(parents=True, exist_ok=True)
        (self.top / "config" / "config.toml").write_text("\n".join(["[server]", *lines]))

    def start(self, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "argosy.server"],
            env={**os.environ, "ARGOSY_HOME": str(self.top), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[str]"]:
        """A server that has announced itself; killed at the end if it is still there."""
        process = self.start()
        try:
            soon(lambda: self.announces(process), "no server file")
            yield process
        finally:
            end(process)

    def announces(self, process: "subprocess.Popen[str]") -> bool:
        assert process.poll() is None, process.communicate()
        try:
            return self.record().get("pid") == process.pid
        except (FileNotFoundError, ValueError):
            return False

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        record = self.record()
        headers = {"Authorization": f"Bearer {record['token']}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{record['port']}", headers=headers, timeout=20) as client:
            yield client

    def get(self, path: str) -> Any:
        with self.client() as client:
            return client.get(path).raise_for_status().json()

    def post(self, path: str, body: object = None) -> Any:
        with self.client() as client:
            answer = client.post(path, json=body).raise_for_status()
            return answer.json() if answer.content else None


def end(process: "subprocess.Popen[str]") -> None:
    """The process is gone and its pipes are closed."""
    if process.poll() is None:
        process.kill()
    process.communicate()
