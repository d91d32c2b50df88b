"""Asking a person during a login: one prompt at a time, and the answer counts even when the server did not wait."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from argosy.core.connection import Person, Prompt, Question
from argosy.core.errors import NeedsLogin

PromptKind = Literal["host_key", "passphrase", "password", "interactive"]


@dataclass
class Asking:
    """The person who logs in at a target."""

    person: Person
    target: str
    _open: "asyncio.Task[Sequence[str]] | None" = None

    @property
    def is_open(self) -> bool:
        """Whether the person is being asked right now."""
        return self._open is not None and not self._open.done()

    async def ask(
        self, kind: PromptKind, title: str, *, words: str = "", questions: Sequence[Question] = ()
    ) -> tuple[str, ...]:
        """One answer per question. Raises NeedsLogin when nobody answers, or the person turns away.

        When the server hangs up meanwhile the question stays open: ``settled`` waits for the answer.
        """
        prompt = Prompt(
            id=uuid.uuid4().hex,
            target=self.target,
            kind=kind,
            title=title,
            words=words.strip(),
            questions=tuple(questions),
        )
        self._open = asyncio.create_task(_asked(self.person, prompt))
        texts = tuple(await asyncio.shield(self._open))
        if len(texts) != len(questions):
            raise NeedsLogin(f"{len(questions)} answers were asked for, and {len(texts)} came")
        return texts

    async def settled(self) -> Sequence[str]:
        """Wait until the person has answered what is being asked."""
        return await self._open if self._open is not None else ()

    def drop(self) -> None:
        """The login is over: ask no more."""
        if self._open is not None:
            self._open.cancel()


async def approved(asking: Asking, *, host: str, name: str, shown: str) -> None:
    """A person says that a new host key is right; ``shown`` is its type and fingerprint. Raises NeedsLogin if not."""
    kind, _, fingerprint = shown.partition(" ")
    words = (
        f"{host} shows the {kind} key\n{fingerprint}\n"
        "It has not been seen before. Compare it with what the site or its administrator says."
    )
    question = Question(text="Is it right?", echo=True)
    (reply,) = await asking.ask("host_key", f"New host key of {name}", words=words, questions=[question])
    if reply.strip().lower() != "yes":
        raise NeedsLogin(
            f"the host key of {host} was not approved", hint=f"When it is right: argosy connect {asking.target}"
        )


async def _asked(person: Person, prompt: Prompt) -> Sequence[str]:
    return await person.ask(prompt)
