"""The control socket of a master ssh, in its own words: PROTOCOL.mux of openssh-portable, version 4.

Spoken here rather than by one ``ssh -S`` process for each command: it tells a refused channel from a cut line and from
an exit code of 255, no list of processes shows the command, and no process is started for it.
"""

import asyncio
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from argosy.transports.ssh.system.pipes import End

VERSION = 4
MOST = 1 << 18
"""No packet is larger."""

_HELLO = 0x00000001
_NEW_SESSION = 0x10000002
_ALIVE_CHECK = 0x10000004
_TERMINATE = 0x10000005
_DENIED = 0x80000002
_FAILURE = 0x80000003
_EXIT = 0x80000004
_ALIVE = 0x80000005
_OPENED = 0x80000006
_NO_ESCAPE = 0xFFFFFFFF


class Refused(Exception):
    """The master opened no channel; it says why."""


class Control:
    """One connection to a master. It carries one command at most. All methods raise OSError once the master ends."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    @classmethod
    async def to(cls, path: Path) -> "Control":
        """A connection to a master that has greeted us: it lives. Raises OSError where none does."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(0)
        control = cls(sock)
        try:
            await asyncio.get_running_loop().sock_connect(sock, str(path))
            await control._greet()
        except BaseException:
            control.close()
            raise
        return control

    async def begin(self, command: bytes, streams: Sequence[int]) -> None:
        """Start a command with these three descriptors as its streams; the master has them then. Raises Refused."""
        plain = struct.pack(">5I", 0, 0, 0, 0, _NO_ESCAPE)  # no terminal, no X11, no agent, no subsystem
        await self._send(_NEW_SESSION, struct.pack(">I", 1) + _text(b"") + plain + _text(b"") + _text(command))
        for stream in streams:
            await self._pass(stream)
        kind, body = await self._receive()
        if kind in {_DENIED, _FAILURE}:
            raise Refused(body[8:].decode("utf-8", "replace"))
        if kind != _OPENED:
            raise ConnectionResetError(f"the master ssh answered with {kind:#x}")

    async def exit_code(self) -> int | None:
        """The exit code of the command; None when the channel was closed without one."""
        while True:
            try:
                kind, body = await self._receive()
            except OSError:
                return None
            if kind == _EXIT:
                return int(struct.unpack(">I", body[4:8])[0])

    async def pid(self) -> int:
        """The process id of the master. This and what follows is for a connection without a command."""
        await self._send(_ALIVE_CHECK, struct.pack(">I", 1))
        kind, body = await self._receive()
        if kind != _ALIVE:
            raise ConnectionResetError(f"the master ssh answered with {kind:#x}")
        return int(struct.unpack(">I", body[4:8])[0])

    async def terminate(self) -> None:
        """Tell the master to end."""
        await self._send(_TERMINATE, struct.pack(">I", 1))

    async def over(self) -> None:
        """Wait until the master ends."""
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(self._sock, 4096):
                pass
        except OSError:
            return

    def close(self) -> None:
        """Let go of it, and of the command that it carries. A second time does nothing."""
        if self._sock.fileno() >= 0:
            # Before its number can be another's: whoever waits for it is not told, and must be cancelled.
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()

    async def _greet(self) -> None:
        version = struct.pack(">I", VERSION)
        await self._send(_HELLO, version)
        kind, body = await self._receive()
        if kind != _HELLO or body[:4] != version:
            raise ConnectionRefusedError("what listens there does not speak the protocol of a master ssh")

    async def _send(self, kind: int, body: bytes) -> None:
        packet = struct.pack(">II", len(body) + 4, kind) + body
        await asyncio.get_running_loop().sock_sendall(self._sock, packet)

    async def _pass(self, stream: int) -> None:
        while True:
            try:
                socket.send_fds(self._sock, [b"\0"], [stream])
            except BlockingIOError:
                await End(self._sock.fileno()).writable()
            else:
                return

    async def _receive(self) -> tuple[int, bytes]:
        (length,) = struct.unpack(">I", await self._exactly(4))
        if not 4 <= length <= MOST:
            raise ConnectionResetError(f"the master ssh sent a packet of {length} bytes")
        packet = await self._exactly(length)
        return int(struct.unpack(">I", packet[:4])[0]), packet[4:]

    async def _exactly(self, count: int) -> bytes:
        loop, data = asyncio.get_running_loop(), b""
        while len(data) < count:
            piece = await loop.sock_recv(self._sock, count - len(data))
            if not piece:
                raise ConnectionResetError("the master ssh has ended")
            data += piece
        return data


def _text(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data
