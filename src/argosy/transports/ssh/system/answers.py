"""What ssh asks during one login, and who answers: the memory, or a person; or nobody, and the login ends."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from argosy.core.connection import Question
from argosy.core.errors import NeedsLogin, TargetError, Unreachable
from argosy.transports.ssh.asking import Asking, PromptKind, approved
from argosy.transports.ssh.keys import unlocks
from argosy.transports.ssh.login import is_for_password
from argosy.transports.ssh.memory import Memory
from argosy.transports.ssh.refusals import new_key
from argosy.transports.ssh.secrets import Kind, Opens, Secret
from argosy.transports.ssh.system.config import account
from argosy.transports.ssh.system.door import Asked
from argosy.transports.ssh.system.overheard import Overheard
from argosy.transports.ssh.system.troubles import unanswered

_NEW_HOST = re.compile(r"The authenticity of host '(.+?)(?: \(.*\))?' can't be established")
_SHOWN = re.compile(r"^(\S+) key fingerprint is (SHA256:[^\s.]+)", re.MULTILINE)
_PASSPHRASE = re.compile(r"Enter passphrase for (?:key )?'(.+?)'?: ?$")
_PASSWORD = re.compile(r"(?:(\S+?)@(\S+)'s )password: ?$")
_RUN_OUT = re.compile(r"Enter \S+'s old password: ?$")
_INTERACTIVE = re.compile(r"\((\S+?)@(\S+)\) (.*)$", re.DOTALL)


@dataclass
class Answers:
    """Answers the questions of one login. Each secret is given at most once."""

    target: str
    memory: Memory
    heard: Overheard
    asking: Asking | None
    _remembered: set[Opens] = field(default_factory=set[Opens])
    _given: dict[Opens, Secret] = field(default_factory=dict[Opens, Secret], repr=False)
    _asked: bool = False
    _rounds: int = 0
    _others: int = 0

    async def answer(self, asked: Asked) -> str | None:
        """The answer to one question of ssh, which asks in texts alone. Raises NeedsLogin to end the login."""
        text = asked.text
        if asked.hint == "none":
            return await self._say(text)
        if host := _NEW_HOST.search(text):
            return await self._approve(host[1], text)
        if found := _PASSPHRASE.match(text):
            return await self._passphrase(found[1])
        if found := _PASSWORD.match(text):
            return await self._password(self._opens(found[1], found[2]))
        if _RUN_OUT.match(text):
            self.heard.login.password_expired = True
            raise self._unanswered()
        return await self._interactive(text, confirm=asked.hint == "confirm" and text.rstrip().endswith("?"))

    async def worked(self) -> None:
        """The login succeeded: what opened it is remembered."""
        for opens, secret in self._given.items():
            await self.memory.wallet.keep(opens, secret)
        account = self.heard.facts.account
        if self._others:
            self.memory.plain.discard(account)
        elif self._rounds:
            self.memory.plain.add(account)

    async def failed(self, trouble: TargetError) -> bool:
        """The login did not succeed: a remembered secret that was refused is forgotten.

        True when another try makes sense: a person is there who has not been asked, or whose answer came too late.
        ssh does not look at its connection while it waits for an answer, so a late one cannot be told from one that
        the machine hung up on: the person is asked again, and no secret is tried twice by itself.
        """
        if isinstance(trouble, NeedsLogin):
            for opens in self._remembered:
                await self.memory.wallet.forget(opens)
            return bool(self._remembered) and self.asking is not None and not self.heard.login.answered
        return isinstance(trouble, Unreachable) and self._asked

    # --- one kind of question each -----------------------------------------------------------------------------------

    async def _say(self, text: str) -> None:
        """Something is to be done by hand: touch a key. ssh takes the words away when it is done."""
        if self.asking is None:
            raise NeedsLogin(f"{self.heard.place.host}: {text.strip()}", hint=f"argosy connect {self.target}")
        self.heard.tell(text.strip())
        await self.asking.ask("interactive", f"Login as {self.heard.place.account}", words=text)

    async def _approve(self, name: str, text: str) -> str:
        place, found = self.heard.place, _SHOWN.search(text)
        kind, fingerprint = (found[1], found[2]) if found else ("", self.heard.key)
        if self.asking is None:
            raise new_key(place.host, f"{kind} key {fingerprint}", self.target)
        try:
            await approved(self.asking, host=place.host, name=name, shown=f"{kind} {fingerprint}")
        except NeedsLogin:
            self.heard.tell(f"the host key of {name} was not approved")
            raise
        self.heard.tell(f"the host key of {name}, {kind} {fingerprint}, is approved")
        return "yes"

    async def _passphrase(self, name: str) -> str:
        """Of a key file; none when it is not to be had, and ssh passes over the key then."""
        # ssh cuts long names off.
        known = (path for path in self.heard.facts.identities if str(path).startswith(name))
        path = next(known, Path(name))
        opens = Opens(Kind.PASSPHRASE, str(path))
        secret = await self.memory.unlock(
            opens, lambda text: unlocks(path, text), self.heard.tell, self._ask_passphrase if self.asking else None
        )
        if secret is None:
            self.heard.login.locked = tuple(dict.fromkeys((*self.heard.login.locked, str(path))))
            return ""
        return secret.reveal()

    async def _ask_passphrase(self, title: str, words: str, opens: Opens) -> str:
        del opens
        return await self._ask("passphrase", title, words, Question(text="Passphrase"))

    async def _password(self, opens: Opens) -> str:
        if (known := await self._known(opens)) is not None:
            return known
        if self.asking is None or self.heard.login.answered:
            raise self._unanswered()  # also: they have just said it, and it was refused
        return self._gave(opens, await self._ask("password", f"Login as {opens.what}", "", Question(text="Password")))

    async def _interactive(self, text: str, *, confirm: bool) -> str | None:
        """A question in the words of the far side, or of something that ssh uses: a smart card, a security key."""
        found = _INTERACTIVE.match(text)
        opens = self._opens(found[1], found[2]) if found else self._opens("", "")
        question = found[3] if found else text
        is_password = is_for_password(question, False)  # noqa: FBT003  ssh does not tell whether it may be shown
        self._rounds += 1
        self._others += not is_password
        if is_password and (known := await self._known(opens)) is not None:
            return known
        if self.asking is None:
            raise self._unanswered()
        reply = await self._ask(
            "interactive", f"Login as {opens.what}", "", Question(text=question.strip(), echo=confirm)
        )
        if confirm:
            return "yes" if reply.strip().lower() == "yes" else None
        return self._gave(opens, reply) if is_password else self._tried("your answer", reply)

    # --- small things ------------------------------------------------------------------------------------------------

    async def _known(self, opens: Opens) -> str | None:
        """The remembered password, once."""
        if opens in self._remembered or opens in self._given:
            return None
        known = await self.memory.wallet.get(opens)
        if known is None:
            return None
        self._remembered.add(opens)
        self.heard.login.tried.append("the remembered password")
        self.heard.tell("tries the remembered password")
        return known.reveal()

    def _gave(self, opens: Opens, text: str) -> str:
        self._given[opens] = Secret(text)
        return self._tried("the password", text)

    def _tried(self, what: str, text: str) -> str:
        self.heard.login.answered = True
        self.heard.login.tried.append(what)
        self.heard.tell(f"tries {what}")
        return text

    async def _ask(self, kind: PromptKind, title: str, words: str, question: Question) -> str:
        assert self.asking is not None, "only a person is asked"
        said = "\n".join([*self.heard.login.said, words])
        self.heard.login.said.clear()
        self._asked = True
        (text,) = await self.asking.ask(kind, title, words=said, questions=[question])
        return text

    def _opens(self, user: str, host: str) -> Opens:
        """Which account a question names; with its port, where it is the one that is being logged in to."""
        place = self.heard.place
        if not user or (user, host) == (place.user, place.host):
            return Opens(Kind.PASSWORD, place.account)
        return Opens(Kind.PASSWORD, account(user, host, 22))

    def _unanswered(self) -> NeedsLogin:
        return unanswered(self.heard, self.target, person=self.asking is not None)
