"""What a query of the list asks for, as pieces of SQL. What users wrote is always a bound value, never part of a piece.

Each kind of condition can be read in the order of the list from an index of its own: it can *lead*, and the others are then checked
on each job that it yields.
"""

from dataclasses import dataclass
from typing import Any

from argosy.core.job import OUTCOMES
from argosy.core.views import JobQuery
from argosy.store.moments import to_micros
from argosy.store.needles import needles
from argosy.store.places import end_place, first_place
from argosy.store.plain import plain
from argosy.store.search import all_grams, match_expression


@dataclass(frozen=True)
class Lead:
    """A source of places, newest first. ``alone`` with ``own`` yields its places, ``source`` with ``conditions`` those that fit all."""

    alone: str
    source: str
    place: str
    own: tuple[str, ...]
    conditions: tuple[str, ...]
    by_fate: bool = False


@dataclass(frozen=True)
class Conditions:
    """The leads that a page may be read by, the wanted fates, the bounds of the place, and all values."""

    leads: tuple[Lead, ...]
    fates: tuple[str, ...]
    bounds: tuple[str, ...]
    values: dict[str, Any]

    def bounds_of(self, place: str) -> tuple[str, ...]:
        """The bounds, said of the column that a lead reads places from."""
        return tuple(f"{place} {bound}" for bound in self.bounds)


def conditions_of(query: JobQuery, after: int | None, *, sqlite: bool) -> Conditions:
    """The pieces for a query that begins behind the place ``after``."""
    fates = _fates(query)
    sought, labels = needles(query.text), tuple(map(plain, query.label))
    columns = [f"jobs.{column} = :{column}" for column in ("target", "engine") if getattr(query, column) is not None]
    moments = ["jobs.created >= :since"] * (query.since is not None) + ["jobs.created < :before"] * (
        query.before is not None
    )
    has_fate = [f"jobs.fate IN ({', '.join(f':fate{n}' for n in range(len(fates)))})"] if fates else []
    has_labels = [
        f"EXISTS (SELECT 1 FROM labels AS had WHERE had.term = :label{n} AND had.position = jobs.position)"  # noqa: S608
        for n in range(len(labels))
    ]
    has_text = _has_text(len(sought), sqlite=sqlite)
    leads = [_list_lead([*has_fate, *columns], [*columns, *moments, *has_labels, *has_text])]
    if sqlite:
        rest = [*has_fate, *columns, *moments]
        by_labels = [
            _label_lead(n, [*rest, *has_labels[:n], *has_labels[n + 1 :], *has_text]) for n in range(len(labels))
        ]
        by_text = [_text_lead([*rest, *has_labels])] if sought else []
        # The list itself is worth a count only when a column narrows it.
        leads = [*by_text, *by_labels, *(leads if has_fate or columns or not (by_labels or by_text) else [])]
    bounds = _bounds(query, after)
    return Conditions(
        leads=tuple(leads),
        fates=tuple(f"jobs.fate = :fate{n}" for n in range(len(fates))),
        bounds=tuple(f"{sign} :{name}" for name, (sign, _) in bounds.items()),
        values=_values(query, fates, labels, sought) | {name: place for name, (_, place) in bounds.items()},
    )


def _list_lead(own: list[str], conditions: list[str]) -> Lead:
    return Lead("jobs", "jobs", "jobs.position", tuple(own), tuple(conditions), by_fate=True)


def _label_lead(number: int, rest: list[str]) -> Lead:
    # CROSS JOIN: SQLite keeps this order.
    source = "labels CROSS JOIN jobs ON jobs.position = labels.position"
    own = (f"labels.term = :label{number}",)
    return Lead("labels", source, "labels.position", own, (*own, *rest))


def _text_lead(rest: list[str]) -> Lead:
    source = "search CROSS JOIN jobs ON jobs.position = search.rowid"
    own = ("search MATCH :match",)
    return Lead("search", source, "search.rowid", own, (*own, *rest))


def _has_text(count: int, *, sqlite: bool) -> list[str]:
    """That each needle occurs. On PostgreSQL the index over trigrams finds the candidates."""
    within = "instr" if sqlite else "strpos"
    exact = [f"{within}(jobs.terms, :needle{n}) > 0" for n in range(count)]
    return exact if sqlite or not count else ["argosy_grams(jobs.terms) @> CAST(:grams AS text[])", *exact]


def _fates(query: JobQuery) -> tuple[str, ...]:
    """The wanted fates, each once; ``closed`` means every outcome."""
    wanted = (fate for asked in query.fate for fate in (OUTCOMES if asked == "closed" else (plain(asked),)))
    return tuple(dict.fromkeys(wanted))


def _bounds(query: JobQuery, after: int | None) -> dict[str, tuple[str, int]]:
    bounds: dict[str, tuple[str, int]] = {}
    if after is not None:
        bounds["cursor"] = ("<", after)
    if query.since is not None:
        bounds["since_place"] = (">=", first_place(query.since))
    if query.before is not None:
        bounds["before_place"] = ("<", end_place(query.before))
    return bounds


def _values(
    query: JobQuery, fates: tuple[str, ...], labels: tuple[str, ...], sought: tuple[str, ...]
) -> dict[str, Any]:
    values: dict[str, Any] = {"limit": query.limit + 1}
    values |= {column: plain(value) for column in ("target", "engine") if (value := getattr(query, column)) is not None}
    values |= {name: to_micros(moment) for name in ("since", "before") if (moment := getattr(query, name)) is not None}
    for name, many in (("fate", fates), ("label", labels), ("needle", sought)):
        values |= {f"{name}{n}": value for n, value in enumerate(many)}
    return values | ({"match": match_expression(sought), "grams": all_grams(sought)} if sought else {})
