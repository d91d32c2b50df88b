"""The one place where a command's errors end: a message, a hint, an exit code, and never a traceback."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from argosy.cli.exits import Exit, of_error
from argosy.cli.letters import harmless, harmless_lines
from argosy.cli.page import Page, page_of, say

if TYPE_CHECKING:
    from argosy.core.errors import ArgosyError

_OWNER_ONLY = 0o600
_PRIVATE = 0o700
_FINDINGS_SHOWN = 20


def guarded(act: Callable[[], object]) -> int:
    """Do it, and return the exit code, whatever happens."""
    try:
        act()
        sys.stdout.flush()
    except typer.Exit as end:
        return _flushed(end.exit_code)
    except SystemExit as end:  # completion leaves this way
        return _flushed(end.code if isinstance(end.code, int) else 0)
    except typer.TyperException as refusal:
        cast("Any", refusal).show()
        return cast("Any", refusal).exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as trouble:  # noqa: BLE001  what nobody foresaw is written down, not thrown at the user
        return _told(trouble)
    return Exit.SUCCEEDED


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _pipe_closed()
    return code


def _pipe_closed() -> int:
    """The interpreter's own last flush must not complain either."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.PIPE_CLOSED


def _told(trouble: Exception) -> int:
    if "argosy.core.errors" in sys.modules:  # what is not loaded cannot have been raised
        from argosy.core.errors import ArgosyError

        if isinstance(trouble, ArgosyError):
            _refusal(trouble)
            return of_error(trouble.code)
    _crash(trouble)
    return Exit.CRASHED


def _refusal(trouble: "ArgosyError") -> None:
    from argosy.cli.findings import lines

    page = page_of(sys.stderr)
    first, *more = harmless_lines(trouble.message) or [trouble.code]
    say(f"{page.paint('error:', 'red')} {first}")
    for line in more:
        say(line)
    # One finding, or two or three, are in the message already.
    if len(trouble.findings) > 1:
        for line in list(lines(trouble.findings, page))[:_FINDINGS_SHOWN]:
            say(line)
    _hint(trouble.hint, page)


def _hint(hint: str, page: Page) -> None:
    for number, line in enumerate(harmless_lines(hint)):
        say(f"{page.paint('hint:', 'cyan')} {line}" if number == 0 else f"      {line}")


def _crash(trouble: Exception) -> None:
    say(f"error: a fault in Argosy itself: {type(trouble).__name__}: {harmless(str(trouble))[:300]}")
    with suppress(OSError):
        say(f"The details are in {_written_down(trouble, sys.argv)}; please report it with that file.")


def _written_down(trouble: Exception, words: Sequence[str]) -> Path:
    import platform
    import traceback

    from argosy.client.places import here
    from argosy.core.version import VERSION

    directory = here().state / "crashes"
    directory.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    path = directory / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    head = f"argosy {VERSION}, Python {platform.python_version()}, {platform.platform()}\n{list(words)!r}\n\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(head + "".join(traceback.format_exception(trouble)))
    return path
