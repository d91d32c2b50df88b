"""One login at one machine: what is offered, what a person is asked, and what is remembered when it worked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import asyncssh

from argosy.core.connection import Question
from argosy.core.errors import NeedsLogin
from argosy.transports.ssh.asking import Asking
from argosy.transports.ssh.keys import KeyRing, Offer
from argosy.transports.ssh.known_hosts import Entry, HostKey, Judgement, Standing, authorities, judge, matching, spelled
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.route import Hop
from argosy.transports.ssh.secrets import Kind, Opens, Secret

_NOT_THE_PASSWORD = ("new", "retype", "again", "one-time", "onetime", "otp", "token", "code", "verification")


@dataclass
class Login:
    """What happened in one login, for the words that are said about it."""

    methods: tuple[str, ...] = ()
    tried: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])
    locked: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    no_ticket: bool = False
    """Whether Kerberos was tried, and had no ticket that opens."""
    answered: bool = False
    password_expired: bool = False
    key: HostKey | None = None
    judgement: Judgement | None = None


class Caller(asyncssh.SSHClient):
    """Answers what the server of one hop wants to know. Without ``asking`` only with what needs no person."""

    def __init__(
        self, hop: Hop, entries: Sequence[Entry], memory: Memory, *, asking: Asking | None, tell: Callable[[str], None]
    ) -> None:
        self.login = Login()
        self.began = asyncio.Event()
        self.lost = asyncio.Event()
        self.reason: Exception | None = None
        self.on_lost: Callable[[], None] | None = None
        self._hop = hop
        self._entries = entries
        self._memory = memory
        self._asking = asking
        self._tell = tell
        self._ring = KeyRing(hop, self._unlock, can_ask=asking is not None)
        self._offers: AsyncIterator[Offer] | None = None
        self._conn: asyncssh.SSHClientConnection | None = None
        self._opens = Opens(Kind.PASSWORD, hop.account)
        self._from_memory: Secret | None = None
        self._from_person: Secret | None = None
        self._asked_for: Opens | None = None
        self._rounds = 0
        self._starts = 0
        self._offered: Offer | None = None
        self._unlocked = False

    # --- the machine's own key ---------------------------------------------------------------------------------------

    def trusted(self, _host: str, _addr: str, _port: int | None) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """For asyncssh: no host keys (we judge them), the authorities, and the revoked keys of this host."""
        host, port = self._hop.hosts_name
        revoked = [one for one in matching(self._entries, spelled(host, port)) if one.marker == "revoked"]
        believed = authorities(self._entries, host, port)
        return [], [_public(entry.key) for entry in believed], [_public(entry.key) for entry in revoked]

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        """Whether the key is known; how it stands is kept for the words."""
        mine = HostKey(key.algorithm.decode("ascii"), key.public_data)
        self.login.key = mine
        self.login.judgement = judge(self._entries, *self._hop.hosts_name, mine)
        known = self.login.judgement.standing is Standing.KNOWN
        if known and self.login.judgement.entry is not None:
            self._tell(f"host key {mine.kind} {mine.fingerprint} is known from {self.login.judgement.entry.where}")
        return known

    # --- what happens ------------------------------------------------------------------------------------------------

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """The network carries it."""
        self._conn = conn

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, during the login or later."""
        self.reason = exc
        self.lost.set()
        if self.on_lost is not None:
            self.on_lost()

    def begin_auth(self, username: str) -> None:  # noqa: ARG002
        """The keys of the machine are settled; now it is about ours."""
        self.began.set()

    def auth_banner_received(self, msg: str, lang: str) -> None:  # noqa: ARG002
        """The server has something to say to all who log in."""
        self._heard(msg)

    async def worked(self) -> None:
        """The login succeeded: what opened it is remembered."""
        await self._ring.close()
        if self._from_person is not None:
            await self._memory.wallet.keep(self._opens, self._from_person)
        if self._rounds == 1 and (self._from_person or self._from_memory):
            self._memory.plain.add(self._hop.account)

    def key_alone(self) -> Offer | None:
        """The key that opened, where nothing else was needed: no secret, no answer, no touch. It will do again."""
        given = self._from_memory or self._from_person or self.login.answered or self._rounds or self._unlocked
        offer = self._offered
        return None if given or offer is None or offer.needs_a_touch else offer

    def answered_late(self, texts: Sequence[str]) -> bool:
        """The answers that came after the server had hung up; whether they are of use in another login."""
        if self._asked_for is None or len(texts) != 1 or not texts[0]:
            return False
        self._memory.late[self._asked_for] = Secret(texts[0])
        return True

    async def failed(self, *, refused: bool) -> None:
        """The login did not succeed; a remembered password that was refused is forgotten."""
        await self._ring.close()
        self.login.locked = tuple(str(path) for path in self._ring.locked)
        self.login.troubles = tuple(self._ring.troubles)
        if refused and self._from_memory is not None:
            await self._memory.wallet.forget(self._opens)

    # --- keys --------------------------------------------------------------------------------------------------------

    async def public_key_auth_requested(self) -> list[asyncssh.SSHKeyPair] | None:
        """The next key."""
        self._note_methods()
        if self._offers is None:
            self._offers = self._ring.offers()
        offer = await anext(self._offers, None)
        if offer is None:
            return None
        self._offered = offer
        self._tell(f"offers the key {offer.name}")
        self.login.tried.append(f"the key {offer.name}")
        return [offer.pair]

    async def _unlock(self, opens: Opens, fits: Callable[[str], bool]) -> Secret | None:
        self._unlocked = True
        return await self._memory.unlock(opens, fits, self._tell, self._ask_passphrase if self._asking else None)

    async def _ask_passphrase(self, title: str, words: str, opens: Opens) -> str | None:
        text = await self._ask("passphrase", title, words, opens)
        return None if self.lost.is_set() else text  # else the answer is taken up by the next login

    # --- the password ------------------------------------------------------------------------------------------------

    async def password_auth_requested(self) -> str | None:
        """The password that worked before, else the person's; each one once."""
        self._note_methods()
        if self.login.answered or self._from_person is not None:
            return None  # the person has just said it, or answered the same account's questions, and was refused
        remembered = await self._remembered()
        if remembered is not None:
            return remembered
        if self._asking is None:
            return None
        text = await self._ask("password", f"Login as {self._hop.account}", "", self._opens)
        self._from_person = Secret(text)
        self._try("the password")
        return text

    def password_change_requested(self, prompt: str, lang: str) -> Any:  # noqa: ARG002
        """The password has run out: it is changed with the site's own means."""
        self.login.password_expired = True
        self._heard(prompt)
        return NotImplemented

    async def _remembered(self) -> str | None:
        """The remembered password, once; when this is asked again it was refused, and is forgotten."""
        late = self._memory.late.pop(self._opens, None)
        if late is not None:
            self._from_person = late
            self._try("the password")
            return late.reveal()
        if self._from_memory is not None:
            await self._memory.wallet.forget(self._opens)
            return None
        self._from_memory = await self._memory.wallet.get(self._opens)
        if self._from_memory is None:
            return None
        self._try("the remembered password")
        return self._from_memory.reveal()

    # --- questions of the far side -----------------------------------------------------------------------------------

    async def kbdint_auth_requested(self) -> str | None:
        """Whether to begin: once, and without a person only where it is known to ask for the password alone.

        A second time when the remembered password was refused and a person is there to say the right one.
        """
        self._note_methods()
        refused_memory = self._from_memory is not None and self._asking is not None and not self.login.answered
        if self._starts > int(refused_memory):
            return None
        if self._asking is None:
            may = self._hop.account in self._memory.plain and await self._memory.wallet.get(self._opens) is not None
            if not may:
                return None
        self._starts += 1
        return ""

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        """The answers to one round of questions, in the far side's words."""
        del lang
        if prompts:
            self._rounds += 1
        if len(prompts) == 1 and is_for_password(*prompts[0]) and self._from_person is None:
            remembered = await self._remembered()
            if remembered is not None:
                return [remembered]
        if self._asking is None:
            if not prompts:
                self._heard(instructions)
                return []
            self._memory.plain.discard(self._hop.account)  # it wants more than it used to
            return None
        return await self._asked(name, instructions, prompts)

    async def _asked(self, name: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        self._heard(instructions)
        assert self._asking is not None
        questions = [Question(text=text.strip(), echo=echo) for text, echo in prompts]
        words = "\n".join(self.login.said)
        self.login.said.clear()
        is_password = len(prompts) == 1 and is_for_password(*prompts[0])
        self._asked_for = self._opens if is_password else None
        texts = await self._asking.ask(
            "interactive", name or f"Login as {self._hop.account}", words=words, questions=questions
        )
        if prompts:
            self.login.answered = True
            self._try("your answer" if len(prompts) == 1 else "your answers")
        if is_password:
            self._from_person = Secret(texts[0])
        return list(texts)

    # --- small things ------------------------------------------------------------------------------------------------

    async def _ask(self, kind: Literal["passphrase", "password"], title: str, words: str, opens: Opens) -> str:
        if self._asking is None:
            raise NeedsLogin(f"{title}, and nobody is there to be asked")
        said = "\n".join([*self.login.said, words])
        self.login.said.clear()
        self._asked_for = opens
        (text,) = await self._asking.ask(kind, title, words=said, questions=[Question(text=kind.capitalize())])
        return text

    def _note_methods(self) -> None:
        if self._conn is not None:
            self.login.methods = tuple(dict.fromkeys([*self.login.methods, *self._conn.get_server_auth_methods()]))

    def _heard(self, words: str) -> None:
        for line in words.strip().splitlines():
            if line.strip():
                self.login.said.append(line.rstrip())
                self._tell(f"{self._hop.host} says: {line.rstrip()}")

    def _try(self, what: str) -> None:
        self.login.tried.append(what)
        self._tell(f"tries {what}")


def is_for_password(text: str, echo: bool) -> bool:  # noqa: FBT001  a prompt as asyncssh hands it over
    """Whether a question of the far side is for the password of the account, not for a second factor or a new one."""
    low = text.lower()
    return not echo and "password" in low and not any(word in low for word in _NOT_THE_PASSWORD)


def _public(key: HostKey) -> bytes:
    return key.line("").strip().encode("ascii")
