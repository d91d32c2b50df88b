"""No question of the list or of a round reads a whole table, and the narrowest condition leads."""

from collections.abc import AsyncIterator
from typing import Any, Self

import pytest
from sqlalchemy import event

from argosy.core.views import JobQuery
from argosy.store import open_store
from argosy.store.database import Database
from tests.bench.fill import LAST_MOMENT, Scale, fill

ALLOWED_SCANS = ("SCAN search VIRTUAL TABLE", "SCAN chosen", "SCAN branch", "SCAN anon_1", "SCAN (subquery")


@pytest.fixture(scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    store = await open_store(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'x.db'}")
    await fill(store, Scale(jobs=6_000, queued=500))
    assert isinstance(store, Database)
    yield store
    await store.close()


class Overheard:
    """The statements that a store's readers run, with their values."""

    def __init__(self, store: Database) -> None:
        self.engine = store._ways.reader
        self.said: list[tuple[str, Any]] = []

    def _hear(self, _connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        self.said.append((statement, values))

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._hear)

    def plans(self) -> list[str]:
        """The steps that SQLite takes for all of them."""
        selects = [(said, values) for said, values in self.said if said.lstrip().startswith("SELECT")]
        with self.engine.connect() as connection:
            found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in selects]
        assert found
        return [row[3] for rows in found for row in rows]


def scans_of(plans: list[str]) -> list[str]:
    """The steps that read everything there is."""
    return [step for step in plans if step.startswith("SCAN") and not step.startswith(ALLOWED_SCANS)]


QUERIES = {
    "fate": JobQuery(fate=("failed", "lost")),
    "target": JobQuery(target="local"),
    "engine": JobQuery(engine="openmm", before=LAST_MOMENT),
    "all three": JobQuery(engine="openmm", target="local", fate=("failed",)),
    "label": JobQuery(label=("stage=nvt", "campaign")),
    "text": JobQuery(text="water 300k"),
    "text and label": JobQuery(text="water", label=("stage=nvt",), fate=("failed",)),
    "dates": JobQuery(since=LAST_MOMENT.replace(year=2025), before=LAST_MOMENT),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_no_page_reads_the_whole_list(store: Database, name: str) -> None:
    with Overheard(store) as overheard:
        await store.rows(QUERIES[name])
    assert scans_of(overheard.plans()) == []


async def test_rounds_and_counts_read_the_indexes_of_what_is_open(store: Database) -> None:
    with Overheard(store) as overheard:
        await store.work("local", LAST_MOMENT, queued=10)
        await store.outdated("local", most=10)
        await store.open_count("local")
        await store.find("abc")
        await store.find("some name")
        await store.events(after=5, job="x")
        await store.last_event()
        await store.attempts_of(["x"])
        await store.children("x")
    plans = overheard.plans()
    assert scans_of(plans) == []
    assert not any("USING INDEX attempts_due" in step and "due<" in step for step in plans)


@pytest.mark.parametrize(
    ("query", "leader"),
    [
        (JobQuery(text="zzz", fate=("succeeded",)), "search"),
        (JobQuery(text="water", fate=("running",)), "jobs"),
        (JobQuery(text="water", label=("campaign=c3",)), "labels"),
        (JobQuery(label=("campaign", "campaign=c3")), "labels"),
    ],
)
async def test_the_narrowest_condition_leads(store: Database, query: JobQuery, leader: str) -> None:
    with Overheard(store) as overheard:
        await store.rows(query)
    statement = overheard.said[-1][0]
    assert f"AS place FROM {leader}" in statement


async def test_the_statements_hold_no_word_of_the_user(store: Database) -> None:
    words = "x' OR 1=1 -- \"zz*"
    with Overheard(store) as overheard:
        await store.rows(JobQuery(text=words, target=words, engine=words, label=(words,), fate=(words,)))
        await store.find(words)
    assert not any("1=1" in statement for statement, _ in overheard.said)
