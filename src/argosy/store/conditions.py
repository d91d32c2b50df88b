"""What a query of the list asks for, as pieces of SQL.

What users wrote is always a bound value, never part of a piece. Each kind of condition can be read in the order of the
list from an index of its own: it can *lead*, and the others are then checked on each place that it yields.
"""

from collections.abc import Sequence
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
    """A source of places, newest first: ``own`` on ``table`` yields its places, with ``rest`` those that fit all.

    ``by_fate``: it is read in one branch for each wanted fate, because only each by itself is in order.
    """

    table: str
    place: str
    own: tuple[str, ...]
    rest: tuple[str, ...]
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


@dataclass(frozen=True)
class _Pieces:
    """The conditions by kind, each as SQL over ``jobs`` or over a place."""

    fates: tuple[str, ...]
    columns: tuple[str, ...]
    moments: tuple[str, ...]
    labels: tuple[str, ...]
    text: tuple[str, ...]

    def labels_of(self, place: str) -> tuple[str, ...]:
        """That a place has each of the labels; asks the labels alone."""
        had = "EXISTS (SELECT 1 FROM labels AS had WHERE had.term = {} AND had.position = {})"
        return tuple(had.format(label, place) for label in self.labels)


def conditions_of(query: JobQuery, after: int | None, *, sqlite: bool) -> Conditions:
    """The pieces for a query that begins behind the place ``after``."""
    fates, labels, sought = _fates(query), tuple(map(plain, query.label)), needles(query.text)
    pieces = _Pieces(
        fates=tuple(f"jobs.fate = :fate{n}" for n in range(len(fates))),
        columns=tuple(f"jobs.{column} = :{column}" for column in _COLUMNS if getattr(query, column) is not None),
        moments=tuple(f"jobs.created {sign} :{name}" for name, sign in _MOMENTS if getattr(query, name) is not None),
        labels=tuple(f":label{n}" for n in range(len(labels))),
        text=_text(len(sought), sqlite=sqlite),
    )
    bounds = _bounds(query, after)
    many = (("fate", fates), ("label", labels), ("needle", sought))
    return Conditions(
        leads=_leads(pieces) if sqlite else (_list_lead(pieces),),
        fates=pieces.fates,
        bounds=tuple(f"{sign} :{name}" for name, (sign, _) in bounds.items()),
        values={
            "limit": query.limit + 1,
            **{column: plain(value) for column in _COLUMNS if (value := getattr(query, column)) is not None},
            **{name: to_micros(moment) for name, _ in _MOMENTS if (moment := getattr(query, name)) is not None},
            **{f"{name}{n}": value for name, values in many for n, value in enumerate(values)},
            **{name: place for name, (_, place) in bounds.items()},
            **({"match": match_expression(sought), "grams": all_grams(sought)} if sought else {}),
        },
    )


_COLUMNS = ("target", "engine")
_MOMENTS = (("since", ">="), ("before", "<"))


def _leads(pieces: _Pieces) -> tuple[Lead, ...]:
    """The text first: where all leave much, it is the one whose others are checked most cheaply."""
    leads = [_text_lead(pieces)] if pieces.text else []
    leads += [_label_lead(pieces, label) for label in pieces.labels]
    narrowed = pieces.fates or pieces.columns
    return (*leads, *([_list_lead(pieces)] if narrowed or not leads else []))


def _list_lead(pieces: _Pieces) -> Lead:
    own = (*_one_of(pieces.fates), *pieces.columns)
    rest = (*pieces.columns, *pieces.moments, *pieces.labels_of("jobs.position"), *pieces.text)
    return Lead("jobs", "jobs.position", own, rest, by_fate=True)


def _label_lead(pieces: _Pieces, label: str) -> Lead:
    own = f"labels.term = {label}"
    others = _Pieces(pieces.fates, pieces.columns, pieces.moments, tuple(set(pieces.labels) - {label}), pieces.text)
    has_others = others.labels_of("labels.position")
    return Lead("labels", "labels.position", (own,), (own, *has_others, *_of_jobs(others, others.text)))


def _text_lead(pieces: _Pieces) -> Lead:
    own = "search MATCH :match"
    return Lead("search", "search.rowid", (own,), (own, *pieces.labels_of("search.rowid"), *_of_jobs(pieces, ())))


def _of_jobs(pieces: _Pieces, text: Sequence[str]) -> tuple[str, ...]:
    return (*_one_of(pieces.fates), *pieces.columns, *pieces.moments, *text)


def _one_of(fates: Sequence[str]) -> tuple[str, ...]:
    return (f"({' OR '.join(fates)})",) if fates else ()


def _text(count: int, *, sqlite: bool) -> tuple[str, ...]:
    """That each needle occurs. On PostgreSQL the index over trigrams finds the candidates."""
    within = "instr" if sqlite else "strpos"
    exact = tuple(f"{within}(jobs.terms, :needle{n}) > 0" for n in range(count))
    return exact if sqlite or not count else ("argosy_grams(jobs.terms) @> CAST(:grams AS text[])", *exact)


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
