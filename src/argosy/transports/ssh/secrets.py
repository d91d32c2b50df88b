"""Secrets of a connection: in memory only, never shown, forgotten when they are refused or the connection is left."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn


class Secret:
    """A text that shows itself to nobody by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one who needs it now."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not copied out of this process")


class Kind(StrEnum):
    """What a secret opens: an account, or a key file."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    PASSPHRASE = "passphrase"  # noqa: S105  the same


@dataclass(frozen=True)
class Opens:
    """Which account (``user@host:port``) or which key file a secret opens."""

    kind: Kind
    what: str


@dataclass
class Secrets:
    """The secrets of one connection that worked."""

    _kept: dict[Opens, Secret] = field(default_factory=dict[Opens, Secret], repr=False)

    def get(self, opens: Opens) -> Secret | None:
        """The secret that opens it, if it is known."""
        return self._kept.get(opens)

    def keep(self, opens: Opens, secret: Secret) -> None:
        """Remember a secret that worked."""
        self._kept[opens] = secret

    def forget(self, opens: Opens) -> None:
        """It was refused: never try it again."""
        self._kept.pop(opens, None)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def opened(self) -> tuple[Opens, ...]:
        """What secrets are known for."""
        return tuple(self._kept)
