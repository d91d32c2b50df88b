"""The one way to one target: its transport, who may use it when, the login that is under way, console and counts."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from argosy.contracts import Surroundings, Transport
from argosy.core.connection import (
    NEEDS_A_PERSON,
    Connection,
    ConnectionState,
    Heard,
    Person,
    Prompt,
    Replies,
    Usage,
)
from argosy.core.errors import ArgosyError, NeedsLogin, ServerError, TargetError, Unreachable
from argosy.core.home import Home
from argosy.core.target import Target
from argosy.core.views import Sending
from argosy.service.console import Console, Stir
from argosy.service.left import Left
from argosy.service.logins import PATIENCE_S, Login, not_asked
from argosy.service.sharing import Sharing
from argosy.service.turnstile import Turnstile
from argosy.service.usage import Tally

T = TypeVar("T")

Opener = Callable[[Target, Surroundings], Transport]

_HOUR = timedelta(hours=1)
_log = logging.getLogger("argosy.connections")


@dataclass(frozen=True)
class Office:
    """What all links share. ``told`` hears of every change; ``left`` are the targets that the user has disconnected."""

    home: Home
    clock: Callable[[], datetime]
    told: Callable[[str, Connection], None]
    left: Left
    patience_s: float = PATIENCE_S


class Link:
    """One target's link. It is also what surrounds the target's transport."""

    def __init__(self, target: Target, opener: Opener, office: Office) -> None:
        self.target = target
        self.console = Console()
        self._office = office
        self._tally = Tally(office.clock)
        self._news = Stir()
        self._login: Login | None = None
        self._logging_in: asyncio.Task[None] | None = None
        self._refused: ArgosyError | None = None
        self._last: ConnectionState | None = None
        self.sending: Sending | None = None
        """What is being placed there now."""
        self._transport = opener(target, self)
        self._manners()

    # --- what surrounds the transport -------------------------------------------------------------------------------

    @property
    def home(self) -> Home:
        """Where Argosy keeps its own things."""
        return self._office.home

    def hear(self, heard: Heard) -> None:
        """Keep a line of the console, and count its bytes."""
        self.console.add(heard)
        self._tally.heard(heard)

    def changed(self, connection: Connection) -> None:
        """Note another state of the connection, and let all know who should."""
        words = f"{connection.state}: {connection.words}" if connection.words else str(connection.state)
        self.console.add(Heard(at=connection.since, kind="state", words=words))
        answered = connection.state is ConnectionState.CONNECTED or connection.state in NEEDS_A_PERSON
        if self._last is ConnectionState.CONNECTING and answered:
            self._tally.login()
        if connection.state is ConnectionState.CONNECTED:
            self._refused = None
        self._last = connection.state
        self._tell()

    def another_login(self) -> bool:
        """Count one more login beside the one that connects; at least half of the budget is left for that one."""
        rates = self.target.rates
        if rates is not None and len(self._tally.lately()) >= rates.logins_per_hour // 2:
            return False
        self._tally.login()
        return True

    def on_the_way(self, sent: int, total: int) -> None:
        """Note how much of what is being placed there has been sent."""
        self.sending = Sending(sent=sent, total=total) if total else None

    # --- how it stands ----------------------------------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        """How it stands now: while a login is under way with what is asked, after a refused one with the reason."""
        stands = self._transport.connection
        if self.target.name in self._office.left:
            return self._away(stands)
        if stands.state is ConnectionState.CONNECTED:
            return stands
        if self._login is not None:
            return stands.model_copy(update={"state": ConnectionState.CONNECTING, "prompt": self._login.prompt})
        if self._refused is not None and stands.state is not ConnectionState.CONNECTING:
            return stands.model_copy(update={"words": self._refused.message, "hint": self._refused.hint})
        return stands

    def _away(self, stands: Connection) -> Connection:
        words = "you have disconnected it; its jobs wait until you connect it again"
        return Connection(
            target=self.target.name,
            state=ConnectionState.DISCONNECTED,
            words=words,
            hint=f"argosy connect {self.target.name}",
            since=stands.since,
        )

    def waits(self) -> NeedsLogin | None:
        """Why nothing can be done there before a person has acted; None when nobody has to."""
        connection = self.connection
        name = self.target.name
        if name not in self._office.left and connection.state not in NEEDS_A_PERSON and self._login is None:
            return None
        if connection.state is ConnectionState.CONNECTED:
            return None
        why = f" ({connection.words})" if connection.words else ""
        act = f"argosy connect {name}"
        hint = connection.hint if connection.hint.endswith(act) else act
        return NeedsLogin(f"{name} waits for your login{why}: {act}", hint=hint)

    def usage(self) -> Usage:
        """What the target has been asked for."""
        return Usage(
            target=self.target.name,
            hours=self._tally.hours(),
            waiting=self._turnstile.waiting if self._turnstile else 0,
            shared=self._sharing.shared if self._sharing else 0,
            refused=self._turnstile.refused if self._turnstile else 0,
        )

    # --- the gate ---------------------------------------------------------------------------------------------------

    async def admitted(self, *, first: bool) -> Transport:
        """The transport, when it is this call's turn; raises NeedsLogin, Unreachable and Busy."""
        self._refuse_now()
        if self._turnstile is not None:
            await self._turnstile.turn(first=first)
            self._refuse_now()
        self._tally.command()
        return self._transport

    async def shared(self, question: tuple[object, ...], act: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that changes nothing: others who ask the same get the same."""
        return await (act() if self._sharing is None else self._sharing.ask(question, act))

    def _refuse_now(self) -> None:
        waits = self.waits()
        if waits is not None:
            raise waits
        if self._transport.connection.state is ConnectionState.DISCONNECTED:
            self._mind_the_budget()

    def _mind_the_budget(self) -> None:
        """Argosy does not log in by itself more often than the profile allows."""
        rates, logins = self.target.rates, self._tally.lately()
        if rates is None or len(logins) < rates.logins_per_hour:
            return
        again = logins[-rates.logins_per_hour] + _HOUR
        raise Unreachable(
            f"Argosy has logged in to {self.target.name} {len(logins)} times within an hour, the most that its "
            f"profile allows; it does so again at {again:%H:%M} UTC",
            hint=f"Log in now: argosy connect {self.target.name}; or raise rates.logins_per_hour.",
        )

    def _manners(self) -> None:
        rates = self.target.rates
        self._turnstile = Turnstile(self.target.name, rates, time.monotonic) if rates else None
        self._sharing = Sharing(1 / rates.commands_per_s, time.monotonic) if rates else None

    # --- logging in and out -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Log in, unless that is under way already."""
        if self._login is None:
            self._office.left.remove(self.target.name)
            self._refused = None
            self._login = Login(self.target.name, self._tell, patience_s=self._office.patience_s)
            name = f"login to {self.target.name}"
            self._logging_in = asyncio.create_task(self._log_in(self._login), name=name)

    async def connect(self, person: Person) -> None:
        """Log in with a given person's help."""
        self._office.left.remove(self.target.name)
        await self._transport.connect(person)

    async def settled(self, *, seen: str, wait_s: float) -> Connection:
        """How it stands as soon as a person has something to do: another prompt than ``seen``, or the login is over."""
        give_up = time.monotonic() + wait_s
        while (connection := self.connection).state is ConnectionState.CONNECTING:
            prompt: Prompt | None = connection.prompt
            left_s = give_up - time.monotonic()
            if (prompt is not None and prompt.id != seen) or left_s <= 0:
                break
            await self._news.wait(left_s)
        return connection

    def reply(self, replies: Replies) -> None:
        """Hand on what a person answered; raises Conflict when nobody asks this."""
        if self._login is None:
            raise not_asked(self.target.name)
        self._login.reply(replies)

    async def leave(self) -> None:
        """Log out, forget all secrets, and do not come back before somebody connects."""
        self._office.left.add(self.target.name)
        await self._stop_login()
        self._refused = None
        await self._transport.disconnect()
        self._tell()

    async def _log_in(self, login: Login) -> None:
        try:
            await self._transport.connect(login)
        except ArgosyError as refusal:
            self._refused = refusal
            self.console.add(Heard(at=self._office.clock(), kind="trouble", words=refusal.message))
        except Exception:  # noqa: BLE001  a flaw of ours must end the login, and be told to who waits for it
            self._refused = ServerError(
                f"the login to {self.target.name} met a fault in Argosy itself", hint="See argosy server logs."
            )
            _log.exception("the login to %s failed", self.target.name)
        finally:
            self._login = None
            self._tell()

    async def _stop_login(self) -> None:
        self._cut_login()
        if self._logging_in is not None:
            await asyncio.wait({self._logging_in})

    def _cut_login(self) -> None:
        if self._logging_in is not None:
            self._logging_in.cancel()

    def _tell(self) -> None:
        self._news.stir()
        self._office.told(self.target.name, self.connection)

    # --- changes and the end ----------------------------------------------------------------------------------------

    def change(self, target: Target, opener: Opener) -> Transport | None:
        """The target says something else now: the connection stays when its machine is reached in the same way.

        Else the former transport is returned, to be closed; whatever uses it is cut.
        """
        old, self.target = self.target, target
        if old.rates != target.rates:
            self._manners()
        if old.way() == target.way():
            return None
        self._cut_login()
        former, self._transport = self._transport, opener(target, self)
        self._refused = None
        self._tell()
        return former

    async def close(self) -> None:
        """Let go of the machine."""
        await self._stop_login()
        await let_go(self._transport)


async def let_go(transport: Transport) -> None:
    """Close a transport; what goes wrong then is only logged."""
    try:
        await transport.close()
    except TargetError as trouble:
        _log.warning("a connection could not be closed well: %s", trouble.message)
