"""A program in a terminal of its own, as a person would have it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

PATIENCE_S = 30.0


class Terminal:
    """What was typed goes in, what would be on the screen comes out, with its control characters."""

    def __init__(self, process: "subprocess.Popen[bytes]", ours: int) -> None:
        self.process = process
        self._ours = ours
        self._seen = b""

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._ours, keys.encode())

    def until(self, text: str) -> None:
        """Wait until the text appears behind what was waited for before."""
        give_up = time.monotonic() + PATIENCE_S
        while text.encode() not in self._seen:
            left = give_up - time.monotonic()
            assert left > 0, f"{text!r} never came; there is {self._seen!r}"
            if select.select([self._ours], [], [], left)[0]:
                self._seen += self._read(text)
        self._seen = self._seen.partition(text.encode())[2]

    def _read(self, text: str) -> bytes:
        try:
            return os.read(self._ours, 65_536)
        except OSError:  # the other side is closed
            raise AssertionError(f"it ended before {text!r} came; there is {self._seen!r}") from None

    def ended(self) -> int:
        """Its exit code, once it is over."""
        return self.process.wait(PATIENCE_S)


@contextmanager
def terminal(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """The program in a terminal of 80 columns; killed at the end if it is still there."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        words,
        stdin=its,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "xterm", **environment},
        start_new_session=True,
        # Only what has the terminal as its own hears of Ctrl-C.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,  # noqa: PLW1509  nothing else runs here
    )
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
