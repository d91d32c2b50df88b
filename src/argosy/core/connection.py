"""How a machine elsewhere is reached: how its connection stands, what a person is asked, what was said and done."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import ConfigDict, Field

from argosy.core.values import Moment, Value


class ConnectionState(StrEnum):
    """Where a connection is.

    ``needs_login``: a person must act before anything else can happen. ``expired``: it stood, its login has run out,
    and a person must log in again.
    """

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    NEEDS_LOGIN = "needs_login"
    CONNECTED = "connected"
    EXPIRED = "expired"


NEEDS_A_PERSON = frozenset({ConnectionState.NEEDS_LOGIN, ConnectionState.EXPIRED})
"""States that only a person's login ends."""


class Question(Value):
    """One line to be filled in by a person; what is typed stays hidden unless ``echo``."""

    text: str
    echo: bool = False


class Prompt(Value):
    """What a person is asked. ``kind`` tells what for.

    ``host_key``: one question, whose answer ``yes`` approves a new host key. ``passphrase``: of a key file.
    ``password``: of the account. ``interactive``: any number of questions, in the words of the far side; it may have
    none at all, and then only says something.
    """

    id: str
    target: str
    kind: Literal["host_key", "passphrase", "password", "interactive"]
    title: str
    words: str = ""
    questions: tuple[Question, ...] = ()


_Text = Annotated[str, Field(max_length=10_000)]


class Replies(Value):
    """What the person said to a prompt, one text per question; None when the person turned away.

    The texts are secrets: they are in no words about this value, nor in a refusal of one.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    prompt: str = Field(max_length=200)
    texts: tuple[_Text, ...] | None = Field(default=None, repr=False, max_length=100)


class Connection(Value):
    """A connection as windows show it; ``prompt`` is what a person is being asked now."""

    target: str
    state: ConnectionState
    words: str = ""
    hint: str = ""
    since: Moment
    prompt: Prompt | None = None


class Heard(Value):
    """One line of the console of a connection: what was said or done, without secrets.

    ``took_s`` and ``code`` belong to commands; ``sent`` and ``received`` are bytes.
    """

    at: Moment
    kind: Literal["state", "login", "command", "files", "trouble"]
    words: str
    code: int | None = None
    took_s: float | None = Field(default=None, ge=0)
    sent: int = Field(default=0, ge=0)
    received: int = Field(default=0, ge=0)


class ConsoleLine(Heard):
    """A line of the console with its number, which grows by one from line to line."""

    number: int = Field(ge=1)


class ConsolePage(Value):
    """Lines of a console, oldest first. Ask again from ``next`` for what came since."""

    target: str
    lines: tuple[ConsoleLine, ...] = ()
    next: int = Field(default=0, ge=0)


class UsageHour(Value):
    """What one hour has cost a target: commands, bytes to and from it, and logins, refused ones too."""

    hour: Moment
    commands: int = Field(default=0, ge=0)
    sent: int = Field(default=0, ge=0)
    received: int = Field(default=0, ge=0)
    logins: int = Field(default=0, ge=0)


class Usage(Value):
    """What a target has been asked for since the server started, by the hour, the newest last.

    ``waiting`` requests stand in line now; ``shared`` were answered with the answer to another, ``refused`` were
    turned away because the line was too long.
    """

    target: str
    hours: tuple[UsageHour, ...] = ()
    waiting: int = Field(default=0, ge=0)
    shared: int = Field(default=0, ge=0)
    refused: int = Field(default=0, ge=0)


class Person(Protocol):
    """Somebody who can be asked."""

    async def ask(self, prompt: Prompt) -> Sequence[str]:
        """One answer per question; raises NeedsLogin when nobody answers, or the person turns away."""
        ...
