"""The text search: what a job can be found by, and what a user's words become.

Both sides are folded alike. A word of three or more letters is found anywhere; one or two letters only where a word
begins, or they would find nearly everything. Every needle has at least three characters, because the indexes are made
of trigrams.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from argosy.core.job import Job

GRAM = 3
_GAP = "  "
_CONTROLS = dict.fromkeys([*range(32), 127], " ")
_RUNS = re.compile(r"[^\W_]+")


def terms_of(job: Job) -> str:
    """All that a job can be found by: id (its end is the short id), name, labels, engine, template, target."""
    spec = job.spec
    labels = [f"{key}={value}" for key, value in spec.labels.items()]
    template = spec.template.name if spec.template else ""
    return terms([job.id, spec.name, *labels, spec.engine, template, spec.target])


def terms_of_row(row: Any, *, labels: Mapping[str, str] | None = None, target: str | None = None) -> str:
    """The same for a row of the list, with other labels or another target than it has."""
    words = [f"{key}={value}" for key, value in (json.loads(row.labels) if labels is None else labels).items()]
    return terms([row.id, row.name, *words, row.engine, row.template, row.target if target is None else target])


def terms(fields: list[str]) -> str:
    """The fields' words, each behind two spaces; then, for words inside words as in ``water-box``, their beginnings."""
    words = [word for field in fields for word in folded(field).split()]
    starts = [(word, run.start()) for word in words for run in _RUNS.finditer(word)]
    inner = [word[start : start + GRAM - 1] for word, start in starts if start > 0]
    return "".join(_GAP + piece for piece in dict.fromkeys([*words, *inner]))


def needles(text: str) -> tuple[str, ...]:
    """What must all occur in the terms of a job that fits the text; none for a text without words."""
    words = dict.fromkeys(folded(text).split())
    return tuple(word if len(word) >= GRAM else _GAP + word for word in words)


def folded(text: str) -> str:
    """Without case, accents, what cannot be seen, and other ways to spell the same; controls and gaps become spaces."""
    if text.isascii():
        return text.lower().translate(_CONTROLS)  # the same, many times faster
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(map(_kept, spread)).casefold()


def _kept(mark: str) -> str:
    category = unicodedata.category(mark)
    if category in {"Cc", "Cs"} or category.startswith("Z"):
        return " "
    return "" if category == "Cf" or unicodedata.combining(mark) else mark


def grams(needle: str) -> list[str]:
    """The trigrams of a needle, each once."""
    return list(dict.fromkeys(needle[start : start + GRAM] for start in range(len(needle) - GRAM + 1)))
