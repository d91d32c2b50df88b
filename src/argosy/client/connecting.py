"""Logging in to a target from a window: each question is asked once, and waited for without polling."""

from collections.abc import Callable, Sequence

from argosy.client import calls
from argosy.client.road import Road
from argosy.core.connection import Connection, ConnectionState, Prompt
from argosy.core.errors import Conflict, NeedsLogin

Ask = Callable[[Prompt], Sequence[str] | None]
"""The answers to a prompt, one for each question; None turns away. A prompt without questions is only shown."""

_WAIT_S = 20.0


def connect(road: Road, target: str, ask: Ask) -> Connection:
    """Log in to a target, and return when it is connected; joins a login that another window has begun.

    Raises NeedsLogin, with the reason and what to do, when it is not connected in the end.
    """
    now = road.send(calls.connect(target))
    seen = said = ""
    while now.state is ConnectionState.CONNECTING:
        if now.prompt is not None and now.prompt.id != seen:
            seen = now.prompt.id
            _answer(road, _without(said, now.prompt), ask)
            said = "" if now.prompt.questions else now.prompt.words
        now = road.send(calls.connection(target, seen=seen, wait_s=_WAIT_S))
    if now.state is not ConnectionState.CONNECTED:
        raise NeedsLogin(now.words or f"target {target} is not connected", hint=now.hint or f"argosy connect {target}")
    return now


def _without(said: str, prompt: Prompt) -> Prompt:
    """The prompt without the words that were shown already: it repeats them for windows that have missed them."""
    return prompt.model_copy(update={"words": prompt.words.removeprefix(said).lstrip("\n")})


def _answer(road: Road, prompt: Prompt, ask: Ask) -> None:
    try:
        texts = ask(prompt)
    except NeedsLogin:  # nobody can be asked here; somebody at another window may be
        raise
    except BaseException:  # Ctrl-C, a lost terminal: nobody will answer, and nobody else should wait for it
        if prompt.questions:
            _turn_away(road, prompt)
        raise
    if not prompt.questions:
        return
    try:
        road.send(calls.reply(prompt.target, prompt.id, texts))
    except Conflict:
        return  # another window was quicker; what it said counts


def _turn_away(road: Road, prompt: Prompt) -> None:
    try:
        road.send(calls.reply(prompt.target, prompt.id, None))
    except Exception:  # noqa: BLE001  the reason why nobody answers matters more
        return
