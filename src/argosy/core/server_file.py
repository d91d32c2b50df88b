"""What a running server says of itself in its file, so that windows of the same user find it."""

from pydantic import Field

from argosy.core.values import Moment, Value


class ServerFile(Value):
    """How the running server is reached. ``token`` opens the door: the file is for its owner's eyes only."""

    pid: int = Field(ge=1)
    port: int = Field(ge=1, le=65_535)
    token: str = Field(min_length=16)
    version: str
    started: Moment

    @property
    def address(self) -> str:
        """The root of all addresses of this server; it listens on this machine's loopback only."""
        return f"http://127.0.0.1:{self.port}"
