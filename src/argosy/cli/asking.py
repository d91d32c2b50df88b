"""The person at this terminal: shown what a login asks, typing unseen what it needs."""

import getpass
import sys
from collections.abc import Sequence

from argosy.cli.letters import harmless, harmless_lines
from argosy.cli.page import is_terminal, page_of, say
from argosy.client.connecting import connect
from argosy.client.road import Road
from argosy.core.connection import Connection, Prompt, Question
from argosy.core.errors import NeedsLogin


def somebody_is_there() -> bool:
    """Whether a person can be asked: keyboard and screen are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def log_in(road: Road, target: str) -> Connection:
    """Log in to a target with the help of the person at this terminal. Raises NeedsLogin when it does not succeed."""
    return connect(road, target, asked)


def offer_login(road: Road, target: str) -> bool:
    """Where a person can be asked, offer the login once and do it; else say which command does it.

    True when the target is connected now.
    """
    if not somebody_is_there():
        say(f"{target} waits for your login. Log in with: argosy connect {target}")
        return False
    say(f"{target} waits for your login. Log in now? [Y/n] ", end="")
    if sys.stdin.readline().strip().lower() not in {"", "y", "yes"}:
        say(f"The job waits. Log in later with: argosy connect {target}")
        return False
    try:
        log_in(road, target)
    except NeedsLogin as refusal:
        say(f"{harmless(refusal.message)}. The job waits. Try again with: argosy connect {target}")
        return False
    say(f"{target} is connected")
    return True


def asked(prompt: Prompt) -> Sequence[str] | None:
    """What the person answers; None when they turn away. Raises NeedsLogin when nobody can be asked."""
    page = page_of(sys.stderr)
    for line in (*harmless_lines(prompt.title), *harmless_lines(prompt.words)):
        say(page.paint(line, "bold") if line == prompt.title else line)
    if not prompt.questions:
        return ()
    if not somebody_is_there():
        raise NeedsLogin(
            f"{prompt.target} asks for something that only a person can answer, and this is no terminal",
            hint=f"In a terminal: argosy connect {prompt.target}",
        )
    if prompt.kind == "host_key":
        return _approved(prompt.questions[0])
    try:
        return [_answer(question) for question in prompt.questions]
    except EOFError:
        return None


def _approved(question: Question) -> Sequence[str] | None:
    """Nothing but the whole word approves a key; everything else turns away."""
    while True:
        say(f"{harmless(question.text)} (yes/no) ", end="")
        line = sys.stdin.readline()
        word = line.strip().lower()
        if word == "yes":
            return ["yes"]
        if not line or word == "no":
            return None
        say("Please type yes or no in full.")


def _answer(question: Question) -> str:
    *lines, last = harmless_lines(question.text.rstrip("\n")) or [""]
    for line in lines:  # some ask with a whole page in their question
        say(line)
    text = last if last.endswith(" ") else f"{last} "
    if not question.echo:
        return getpass.getpass(text)
    say(text, end="")
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")
