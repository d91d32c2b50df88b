"""What a query of the list asks for, as pieces of SQL. What users wrote is a bound value, never part of a piece."""

from dataclasses import dataclass
from typing import Any

from argosy.core.job import OUTCOMES
from argosy.core.views import JobQuery
from argosy.store.moments import to_micros
from argosy.store.needles import needles
from argosy.store.places import end_place, first_place
from argosy.store.plain import plain
from argosy.store.search import all_grams, match_expression

_COLUMNS = ("target", "engine")
_MOMENTS = (("since", ">="), ("before", "<"))


@dataclass(frozen=True)
class Conditions:
    """The conditions by kind. All must hold, but of ``fates`` only one; ``labels`` are the names of the values."""

    fates: tuple[str, ...]
    columns: dict[str, str]
    moments: tuple[str, ...]
    labels: tuple[str, ...]
    text: tuple[str, ...]
    bounds: tuple[str, ...]
    values: dict[str, Any]

    def fate(self) -> tuple[str, ...]:
        """That one of the fates holds."""
        return (f"({' OR '.join(self.fates)})",) if self.fates else ()

    def labels_at(self, place: str, *, but: str = "") -> tuple[str, ...]:
        """That the job at a place has the labels; asks the labels alone."""
        had = "EXISTS (SELECT 1 FROM labels AS had WHERE had.term = :{} AND had.position = {})"
        return tuple(had.format(label, place) for label in self.labels if label != but)

    def bounds_at(self, place: str) -> tuple[str, ...]:
        """That a place lies behind the cursor and between the dates."""
        return tuple(f"{place} {bound}" for bound in self.bounds)


def conditions_of(query: JobQuery, after: int | None, *, sqlite: bool) -> Conditions:
    """The pieces for a query that begins behind the place ``after``."""
    fates, labels, sought = _fates(query), tuple(map(plain, query.label)), needles(query.text)
    bounds = _bounds(query, after)
    many = (("fate", fates), ("label", labels), ("needle", sought))
    return Conditions(
        fates=tuple(f"jobs.fate = :fate{n}" for n in range(len(fates))),
        columns={name: f"jobs.{name} = :{name}" for name in _COLUMNS if getattr(query, name) is not None},
        moments=tuple(f"jobs.created {sign} :{name}" for name, sign in _MOMENTS if getattr(query, name) is not None),
        labels=tuple(f"label{n}" for n in range(len(labels))),
        text=_text(len(sought), sqlite=sqlite),
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
