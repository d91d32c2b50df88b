"""Ways to read a page.

Each kind of condition can be read in the order of the list from an index of its own: it can *lead*, and the others are
then checked on each place that it yields.
"""

from dataclasses import dataclass

from argosy.store.conditions import Conditions


@dataclass(frozen=True)
class Lead:
    """A source of places, newest first: ``own`` yields all of its places, ``rest`` keeps those that fit.

    It is read in ``branches``, one for each wanted fate where the fate leads: only each by itself is in order. With
    ``many`` places or more it is not worth counting on.
    """

    table: str
    place: str
    own: tuple[str, ...]
    rest: tuple[str, ...]
    branches: tuple[tuple[str, ...], ...]
    many: int = 10_000

    @property
    def source(self) -> str:
        """Where the places come from; with the list beside it when its rows must be looked at."""
        if self.table.startswith("jobs") or not any("jobs." in condition for condition in self.rest):
            return self.table
        return f"{self.table} CROSS JOIN jobs ON jobs.position = {self.place}"  # CROSS: SQLite keeps this order


def plain_lead(asked: Conditions) -> Lead:
    """The list itself; a database with statistics finds its own way from here."""
    rest = (*asked.columns.values(), *asked.moments, *asked.labels_at("jobs.position"), *asked.text)
    return Lead("jobs", "jobs.position", (), rest, tuple((fate,) for fate in asked.fates) or ((),))


def leads_of(asked: Conditions) -> tuple[Lead, ...]:
    """The ways for SQLite; none when nothing narrows the list.

    First those that are counted most cheaply, last those whose others are checked most cheaply.
    """
    columns = [_column_lead(asked, column) for column in reversed(asked.columns)]
    fates = [_fate_lead(asked)] if asked.fates else []
    labels = [_label_lead(asked, label) for label in asked.labels]
    return (*columns, *fates, *labels, *([_text_lead(asked)] if asked.text else []))


def _column_lead(asked: Conditions, column: str) -> Lead:
    rest = (*_of_jobs(asked), *asked.labels_at("jobs.position"), *asked.text)
    own = (asked.columns[column],)
    return Lead(f"jobs INDEXED BY jobs_{column}", "jobs.position", own, rest, (own,))


def _fate_lead(asked: Conditions) -> Lead:
    rest = (*asked.columns.values(), *asked.moments, *asked.labels_at("jobs.position"), *asked.text)
    branches = tuple((fate,) for fate in asked.fates)
    return Lead("jobs INDEXED BY jobs_fate", "jobs.position", asked.fate(), rest, branches)


def _label_lead(asked: Conditions, label: str) -> Lead:
    own = (f"labels.term = :{label}",)
    rest = (*asked.labels_at("labels.position", but=label), *_of_jobs(asked), *asked.text)
    return Lead("labels", "labels.position", own, rest, (own,))


def _text_lead(asked: Conditions) -> Lead:
    own = ("search MATCH :match",)
    rest = (*asked.labels_at("search.rowid"), *_of_jobs(asked))
    return Lead("search", "search.rowid", own, rest, (own,), many=2_000)  # counting them takes ten times as long


def _of_jobs(asked: Conditions) -> tuple[str, ...]:
    return (*asked.fate(), *asked.columns.values(), *asked.moments)
