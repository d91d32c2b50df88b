"""A program at a terminal of its own, and the person who types there."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_S = 60.0
_AGAIN_S = 5.0
# The program becomes the leader of a session whose terminal this is, so that /dev/tty is it.
_TRAMPOLINE = (
    "import os, fcntl, termios, sys; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """Argosy at a terminal; ``seen`` is all that it has shown."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        command = [sys.executable, "-c", _TRAMPOLINE, sys.executable, "-m", "argosy", *words]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.seen = ""
        self._looked = 0

    def until(self, words: str) -> str:
        """Wait for words behind those waited for before; returns what came up to their end."""
        give_up = time.monotonic() + _PATIENCE_S
        while (found := self.seen.find(words, self._looked)) < 0:
            assert self._read(give_up), f"{words!r} never came; it showed:\n{self.seen}"
        begin, self._looked = self._looked, found + len(words)
        return self.seen[begin : self._looked]

    def type(self, text: str) -> None:
        """Type a text; the end of a line is not added."""
        os.write(self._master, text.encode())

    def hides(self) -> bool:
        """Whether what is typed now is not shown."""
        return not termios.tcgetattr(self._master)[3] & termios.ECHO

    def ends(self) -> int:
        """Wait for the end; returns the exit code."""
        give_up = time.monotonic() + _PATIENCE_S
        while self._read(give_up):
            pass
        return self.process.wait(timeout=_PATIENCE_S)

    def interrupted(self) -> int:
        """Press Ctrl-C and wait for the end; returns the exit code.

        A signal that comes after the question is shown and before Python waits for the answer is only looked at once a
        key comes. So the key is pressed again, as a person would.
        """
        give_up = time.monotonic() + _PATIENCE_S
        while time.monotonic() < give_up:
            self.type("\x03")
            again = time.monotonic() + _AGAIN_S
            while self._read(again):
                pass
            if time.monotonic() < again:
                break
        return self.process.wait(timeout=_PATIENCE_S)

    def _read(self, give_up: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(give_up - time.monotonic(), 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # the last one at the other end has gone
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)

    def close(self) -> None:
        """It is over, one way or the other."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextmanager
def at_terminal(environment: dict[str, str], *words: str) -> Iterator[Terminal]:
    """Argosy with these words, at a terminal."""
    terminal = Terminal(words, environment)
    try:
        yield terminal
    finally:
        terminal.close()
