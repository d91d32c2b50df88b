"""A real server of its own home: started, killed, started again, and asked over its real door."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 60.0

_T = TypeVar("_T")


class Gone(Exception):
    """The server died while it was asked."""


def until(found: Callable[[], _T | None], what: str, *, within_s: float = PATIENCE_S) -> _T:
    """Ask until there is an answer; fails with what was waited for."""
    give_up = time.monotonic() + within_s
    while time.monotonic() < give_up:
        answer = found()
        if answer:  # an empty list, too, says that there is none so far
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s:.0f} s: {what}")


@dataclass
class Running:
    """One home with its server. ``extra`` is added to the server's environment.

    Jobs go to ``target``, which the server is told of when it starts, unless it knows it by itself.
    """

    top: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    target: Mapping[str, Any] = field(default_factory=lambda: {"name": "local"})
    elsewhere: Path | None = None
    """Where jobs of a target elsewhere may write."""

    @property
    def environment(self) -> dict[str, str]:
        """What the commands of its user find around them."""
        return os.environ | {"ARGOSY_HOME": str(self.top)} | self.extra

    @property
    def ground(self) -> Path:
        """Where jobs count their runs."""
        return self.elsewhere or self.top

    def start(self, module: str = "argosy.server", *arguments: str) -> "Running":
        """Start a server and wait until it answers."""
        self.begin(module, *arguments)
        until(self._answers, f"the server of {self.top} answers; its log: {self.log()}")
        path = f"/targets/{self.target['name']}"
        if self.answer("GET", path).status_code == httpx.codes.NOT_FOUND:
            self.ask("PUT", path, json=self.target)
        return self

    def begin(self, module: str = "argosy.server", *arguments: str) -> None:
        """Start a server without waiting."""
        self.top.mkdir(parents=True, exist_ok=True)
        environment = self.environment | {"PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
        with (self.top / "server.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], env=environment, stdout=out, stderr=out, cwd=REPOSITORY
            )

    def kill(self) -> None:
        """kill -9, and wait until it is dead."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def end_jobs(self) -> None:
        """kill -9 of every process that belongs to a job of this home."""
        mine = os.fsencode(self.ground)
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mine in (process / "cmdline").read_bytes() + (process / "environ").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)

    def stop(self) -> None:
        """A graceful end."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)
            self.process = None

    def died(self) -> bool:
        """Whether the server has killed itself."""
        return self.process is not None and self.process.poll() == -signal.SIGKILL

    def log(self) -> str:
        """The end of what the server said."""
        paths = (self.top / "state" / "server.log", self.top / "server.out")
        return "\n".join(path.read_text()[-3000:] for path in paths if path.exists())

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """One request; raises Gone when there is no server (any more)."""
        answer = self.answer(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to one request, whatever it says; raises Gone when there is no server (any more)."""
        try:
            about = json.loads((self.top / "state" / "server.json").read_text())
            return httpx.request(
                method,
                f"http://127.0.0.1:{about['port']}/v1{path}",
                headers={"Authorization": f"Bearer {about['token']}"},
                timeout=30,
                verify=False,  # there is nothing to verify, and loading certificates takes longer than the answer
                **options,
            )
        except (httpx.TransportError, FileNotFoundError, ValueError) as trouble:
            raise Gone(str(trouble)) from trouble

    def argosy(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """One command of the CLI at this home."""
        command = [sys.executable, "-m", "argosy", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False, timeout=PATIENCE_S * 5)

    def submit(self, *submissions: Mapping[str, Any]) -> list[str]:
        """Take in jobs; returns their ids."""
        there = {"target": self.target["name"]}
        jobs = [there | dict(submission) for submission in submissions]
        return [view["job"]["id"] for view in self.ask("POST", "/jobs", json=jobs)]

    def attempt(self, job: str) -> dict[str, Any]:
        """The newest attempt of a job."""
        return self.ask("GET", f"/jobs/{job}")["attempts"][-1]

    def fate(self, job: str) -> str:
        """The outcome of a job, or the state that it is in."""
        state = self.attempt(job)["state"]
        return state["outcome"]["kind"] if state["kind"] == "closed" else state["kind"]

    def outcome(self, job: str, *, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """How a job closed, once it has."""

        def closed() -> dict[str, Any] | None:
            state = self.attempt(job)["state"]
            return state["outcome"] if state["kind"] == "closed" else None

        return until(closed, f"job {job} is closed; it is {self.attempt(job)}; log: {self.log()}", within_s=within_s)

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, newest first."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            options = {"limit": 1000} | ({"after": cursor} if cursor else {})
            page = self.ask("GET", "/jobs", params=options)
            rows += page["jobs"]
            cursor = page["next"]
            if cursor is None:
                return rows

    def all_closed(self, *, within_s: float = PATIENCE_S) -> list[dict[str, Any]]:
        """All jobs, once none of them is open."""

        ended = {"succeeded", "failed", "cancelled", "lost"}

        def still_open() -> list[str]:
            return [row["id"] for row in self.jobs() if row["fate"] not in ended]

        try:
            until(lambda: not still_open(), "all jobs are closed", within_s=within_s)
        except AssertionError as late:
            open_ones = "\n".join(str(self.ask("GET", f"/jobs/{job}")) for job in still_open())
            raise AssertionError(f"{late}; still open:\n{open_ones}\nlog: {self.log()}") from late
        return self.jobs()

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.log()}")
        try:
            self.ask("GET", "/health")
        except Gone:
            return False
        return True


def witness(top: Path, name: str, then: Sequence[str] = ()) -> dict[str, Any]:
    """A job that writes one line into a file of its own each time it is really run, and then does something."""
    script = 'echo run >> "$1"; shift; "$@"'
    return {"argv": ["sh", "-c", script, "witness", str(top / f"{name}.runs"), *(then or ["true"])], "name": name}


def runs(top: Path, name: str) -> int:
    """How often a witness job was really run."""
    path = top / f"{name}.runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def described(server: Running, **fields: Any) -> dict[str, Any]:
    """Let the profile of the target say something else; returns it."""
    path = f"/targets/{server.target['name']}"
    return server.ask("PUT", path, json=server.ask("GET", path)["profile"] | fields)["profile"]


def scratched(server: Running, **fields: Any) -> tuple[Path, Path]:
    """Let the target run its jobs in scratch; returns its root and its scratch."""
    root, scratch = server.ground / "project", server.ground / "scratch"
    profile = described(server, **({"root": str(root), "scratch": str(scratch)} | fields))
    return Path(profile["root"]), Path(profile["scratch"])
