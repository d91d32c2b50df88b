"""One login under way: the person who is asked may sit at any window, and each question is asked once."""

import asyncio
from collections.abc import Callable, Sequence

from argosy.core.connection import Prompt, Replies
from argosy.core.errors import BadInput, Conflict, NeedsLogin

PATIENCE_S = 300.0
"""How long a question waits for its answer."""


class Login:
    """A Person whose questions are seen by all windows; whoever answers first has answered.

    Answers pass through on their way to the login and are kept nowhere.
    """

    def __init__(self, target: str, told: Callable[[], None], *, patience_s: float = PATIENCE_S) -> None:
        self._target = target
        self._told = told
        self._patience_s = patience_s
        self._said = ""
        self._answer: asyncio.Future[tuple[str, ...] | None] | None = None
        self.prompt: Prompt | None = None
        """What is asked or said now."""

    async def ask(self, prompt: Prompt) -> Sequence[str]:
        """The answers of whoever answers.

        A prompt without questions only says something: it is not waited for, and the next one says it again, so that
        no window misses it.
        """
        words = "\n".join(filter(None, (self._said, prompt.words)))
        self.prompt = prompt.model_copy(update={"words": words})
        self._said = "" if prompt.questions else words
        if not prompt.questions:
            self._told()
            return ()
        self._answer = asyncio.get_running_loop().create_future()
        self._told()
        try:
            async with asyncio.timeout(self._patience_s):
                texts = await self._answer
        except TimeoutError:
            raise NeedsLogin(
                f"nobody answered '{prompt.title}' within {self._patience_s:g} s", hint=_again(self._target)
            ) from None
        finally:
            self._answer = self.prompt = None
            self._told()
        if texts is None:
            raise NeedsLogin(f"the login to {self._target} was given up", hint=_again(self._target))
        return texts

    def reply(self, replies: Replies) -> None:
        """Hand an answer to who asked. Raises Conflict when this is not asked (any more), BadInput for a wrong number.

        No message says what was answered.
        """
        prompt, answer = self.prompt, self._answer
        if prompt is None or answer is None or answer.done() or replies.prompt != prompt.id:
            raise not_asked(self._target)
        if replies.texts is not None and len(replies.texts) != len(prompt.questions):
            raise BadInput(
                f"{len(replies.texts)} answers were given to {len(prompt.questions)} questions",
                hint="Give one text for each question, in their order.",
            )
        self.prompt = None
        answer.set_result(replies.texts)


def not_asked(target: str) -> Conflict:
    """The refusal of an answer that nobody waits for."""
    return Conflict(
        f"target {target} does not ask this now: another window has answered, or the login is over",
        hint=_again(target),
    )


def _again(target: str) -> str:
    return f"argosy connect {target}"
