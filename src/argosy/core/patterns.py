"""Which files a pattern means. Pure."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from argosy.core.errors import NotFound
from argosy.core.ids import short


class _Named(Protocol):
    @property
    def path(self) -> str: ...


T = TypeVar("T", bound=_Named)


def fits(path: str, pattern: str) -> bool:
    """A pattern fits the whole path, the last part of it, or everything below a directory."""
    last = path.rsplit("/", 1)[-1]
    return path.startswith(pattern.rstrip("/") + "/") or fnmatchcase(path, pattern) or fnmatchcase(last, pattern)


def holds(folder: str, patterns: Sequence[str]) -> bool:
    """Whether an empty directory is meant: without patterns every one is, else it or one above it must be named."""
    return not patterns or any(fits(f"{folder}/.", pattern) or fnmatchcase(folder, pattern) for pattern in patterns)


def chosen(job: str, found: Sequence[T], patterns: Sequence[str]) -> list[T]:
    """Those files of a job that fit one of the patterns, all without any; raises NotFound when one fits nothing."""
    for pattern in patterns:
        if not any(fits(one.path, pattern) for one in found):
            hint = f"See what it has: argosy files {short(job)}"
            raise NotFound(f"job {short(job)} has no file that fits {pattern!r}", hint=hint)
    return [one for one in found if not patterns or any(fits(one.path, pattern) for pattern in patterns)]
