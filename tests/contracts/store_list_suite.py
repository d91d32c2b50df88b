"""What the list of every store must hold: a page shows exactly what a look at every single job would show."""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.contracts import Store
from argosy.core import ids
from argosy.core.bulk import Relabel
from argosy.core.errors import BadInput, NotFound
from argosy.core.job import OUTCOMES, Attempt, Job, fate
from argosy.core.spec import TemplateRef
from argosy.core.views import JobQuery, JobRow
from tests.store.making import NOW, STATES, after, entry, new

Pair = tuple[Job, Attempt]

NAMES = (
    "water-box 300K",
    "Wasserwürfel",
    "nvt_310K run17",
    "\N{GREEK SMALL LETTER ALPHA}-Quarz Bänder",
    "100% \"quoted\" 'text' * OR NOT (NEAR) ^col: -x",
    "水箱模拟",
    "ﬁnal straße",
    "x",
    "last",
    "a\u0301 b\u0300",
    "!!!",
)
LABELS = ({}, {"kind": "prod"}, {"kind": "test", "campaign": "c1"}, {"campaign": "c1=2", "Note": "50% of 'all'; --"})
WORDS = ("water", "ater-b", "300k", "kind=prod", "c1", "run", "17", "k", "x", "quarz", "WÜRF", "straße", "strasse")
SIGNS = ('"', "'", "*", "%", "_", "\\", "(", ")", "OR", "NOT", "AND", "NEAR(", "^", ":", "-", "--", ";", "\0", "+", "{")

BLANKS = {"Cc", "Zs", "Zl", "Zp"}

storing = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
)


def many() -> list[Pair]:
    """Jobs of every fate, target, engine, label and kind of name; some of the same moment."""
    pairs = []
    for number in range(66):
        engine = ("command", "openmm", "namd")[number % 3]
        template = TemplateRef(name=f"{engine}/nvt", version="1", digest="0" * 64) if number % 2 else None
        pairs.append(
            new(
                NAMES[number % len(NAMES)],
                STATES[number % 7 % len(STATES) if number % 4 else number % len(STATES)],
                created=NOW + timedelta(microseconds=300 * (number // 4)),
                target=("local", "cluster")[number % 5 == 0],
                engine=engine,
                labels=LABELS[number % len(LABELS)],
                template=template,
            )
        )
    return pairs


def words_of(*texts: str) -> list[str]:
    """Words without case, accents and what cannot be seen."""
    spread = unicodedata.normalize("NFKD", " ".join(texts).casefold())
    seen = [mark for mark in spread if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf"]
    return "".join(" " if unicodedata.category(mark) in BLANKS else mark for mark in seen).casefold().split()


def fits(pair: Pair, query: JobQuery) -> bool:
    """Whether a job belongs on the list, without any index."""
    (one, first), spec = pair, pair[0].spec
    labels = {text for key, value in spec.labels.items() for text in (key, f"{key}={value}")}
    wanted = {fate for each in query.fate for fate in (OUTCOMES if each == "closed" else (each,))}
    return (
        (not wanted or fate(first.state) in wanted)
        and query.target in {None, first.target}
        and query.engine in {None, spec.engine}
        and labels.issuperset(query.label)
        and (query.since is None or one.created >= query.since)
        and (query.before is None or one.created < query.before)
        and _has_words(one, query.text)
    )


def _has_words(one: Job, text: str) -> bool:
    spec = one.spec
    labels = [f"{key}={value}" for key, value in spec.labels.items()]
    template = spec.template.name if spec.template else ""
    fields = words_of(one.id, spec.name, *labels, spec.engine, template, spec.target)
    begins = {field[at:] for field in fields for at in range(len(field)) if _begins_a_word(field, at)}
    sought = words_of(text)
    if text.strip() and not sought:
        return False
    return all(
        any(word in field for field in fields) if len(word) >= 3 else any(rest.startswith(word) for rest in begins)
        for word in sought
    )


def _begins_a_word(field: str, at: int) -> bool:
    return at == 0 or ((field[at].isalnum()) and not field[at - 1].isalnum())


def up_to(most: int, *words: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of these words."""
    return st.lists(st.sampled_from(words), max_size=most).map(tuple)


queries = st.builds(
    JobQuery,
    text=st.lists(st.sampled_from((*WORDS, *SIGNS)) | st.text(max_size=5), max_size=3).map(
        lambda parts: " ".join(parts)[:200]
    ),
    fate=st.lists(st.sampled_from(("queued", "running", "succeeded", "failed", "closed", "no such")), max_size=3).map(
        tuple
    ),
    target=st.none() | st.sampled_from(("local", "cluster", "nowhere", "'")),
    engine=st.none() | st.sampled_from(("command", "openmm", "%")),
    label=st.lists(
        st.sampled_from(("kind", "kind=prod", "campaign", "campaign=c1=2", "Note", "kin", "=")), max_size=2
    ).map(tuple),
    since=st.none() | st.integers(-1, 5_000).map(lambda micros: NOW + timedelta(microseconds=micros)),
    before=st.none() | st.integers(-1, 5_000).map(lambda micros: NOW + timedelta(microseconds=micros)),
    limit=st.integers(1, 30),
)


async def all_pages(store: Store, query: JobQuery) -> list[JobRow]:
    rows: list[JobRow] = []
    while True:
        page = await store.rows(query)
        assert len(page.jobs) <= query.limit
        rows += page.jobs
        if page.next is None:
            return rows
        assert len(page.jobs) == query.limit
        query = query.model_copy(update={"after": page.next})


def newest_first(pairs: Sequence[Pair]) -> list[str]:
    """By the millisecond of creation, then by arrival."""
    by_age = sorted(enumerate(pairs), key=lambda item: (_millisecond(item[1][0]), item[0]), reverse=True)
    return [one.id for _, (one, _) in by_age]


def _millisecond(one: Job) -> int:
    return (one.created - NOW.replace(microsecond=0)) // timedelta(milliseconds=1)


class StoreListSuite:
    async def test_a_row_shows_its_job(self, store: Store) -> None:
        one, first = new("Wasser", target="cluster", engine="namd", labels={"kind": "prod"})
        await store.accept([(one, first)], [])
        (row,) = (await store.rows(JobQuery())).jobs
        assert row == JobRow(
            id=one.id,
            name="Wasser",
            engine="namd",
            target="cluster",
            labels={"kind": "prod"},
            owner="marie",
            fate="queued",
            attempt=1,
            created=NOW,
            updated=NOW,
        )

    async def test_pages_show_exactly_what_fits_newest_first(self, store: Store) -> None:
        pairs = many()
        await store.accept(pairs, [])

        async def compare(query: JobQuery) -> None:
            expected = newest_first([pair for pair in pairs if fits(pair, query)])
            assert [row.id for row in await all_pages(store, query)] == expected

        for query in _telling_queries(pairs):
            await compare(query)

    @storing
    @given(asked=st.lists(queries, min_size=10, max_size=10))
    async def test_any_query_shows_exactly_what_fits(self, store: Store, asked: list[JobQuery]) -> None:
        pairs = await self._once(store)
        for query in asked:
            expected = newest_first([pair for pair in pairs if fits(pair, query)])
            assert [row.id for row in await all_pages(store, query)] == expected, query

    async def _once(self, store: Store) -> list[Pair]:
        if (await store.rows(JobQuery(limit=1))).jobs:
            rows = await all_pages(store, JobQuery(limit=1000))
            latest = await store.attempts_of([row.id for row in rows])
            return [(await store.job(row.id), latest[row.id]) for row in reversed(rows)]
        pairs = many()
        await store.accept(pairs, [])
        return pairs

    @storing
    @given(
        labels=st.dictionaries(
            st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?", fullmatch=True),
            st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200),
            max_size=4,
        )
    )
    async def test_a_job_is_found_by_each_of_its_labels(self, store: Store, labels: dict[str, str]) -> None:
        one, first = new(labels=labels)
        await store.accept([(one, first)], [])
        for key, value in labels.items():
            for item in (key, f"{key}={value}"):
                rows = await all_pages(store, JobQuery(label=(item,), limit=1000))
                assert one.id in {row.id for row in rows}
                assert all(key in row.labels for row in rows)
        (row,) = (await store.rows(JobQuery(text=one.id))).jobs
        assert row.labels == labels

    async def test_a_job_with_other_labels_is_found_by_these_and_not_by_the_old(self, store: Store) -> None:
        one, first = new(labels={"sea": "calm", "ship": "argo"})
        await store.accept([(one, first)], [])
        change = Relabel(kind="label", put={"sea": "rough", "crew": "fifty"}, drop=("ship",))
        for _ in range(2):
            await store.relabel(one.id, change, entry(one))
        for query in (JobQuery(label=("sea=rough", "crew")), JobQuery(text="rough fifty")):
            assert [row.labels for row in (await store.rows(query)).jobs] == [{"sea": "rough", "crew": "fifty"}]
        for query in (JobQuery(label=("sea=calm",)), JobQuery(label=("ship",)), JobQuery(text="argo")):
            assert (await store.rows(query)).jobs == ()
        assert (await store.job(one.id)).spec.labels == {"sea": "rough", "crew": "fifty"}
        assert len(await store.events(after=0, job=one.id)) == 1
        assert await store.check() == ()
        with pytest.raises(NotFound):
            await store.relabel("j" + "0" * 21, change, entry(one))

    @storing
    @given(name=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200).filter(str.strip))
    async def test_a_job_is_found_by_its_whole_name(self, store: Store, name: str) -> None:
        one, first = new(name)
        await store.accept([(one, first)], [])
        rows = await all_pages(store, JobQuery(text=name, limit=1000))
        assert not words_of(name) or one.id in {row.id for row in rows}
        may_be_an_id = re.fullmatch("[0-9a-z]{1,22}", name.strip().lower())
        assert may_be_an_id or one.id in {row.id for row in await store.find(name, limit=1000)}

    @pytest.mark.parametrize("cursor", ["", "x", "-", "1 OR 1", "'", "g" * 200, "f" * 200])
    async def test_a_cursor_that_no_page_gave_harms_nothing(self, store: Store, cursor: str) -> None:
        await store.accept([new()], [])
        with contextlib.suppress(BadInput):
            assert len((await store.rows(JobQuery(after=cursor))).jobs) <= 1

    async def test_a_page_is_not_disturbed_by_new_jobs(self, store: Store) -> None:
        pairs = [new(created=after(number)) for number in range(5)]
        await store.accept(pairs, [])
        first = await store.rows(JobQuery(limit=2))
        await store.accept([new(created=after(9))], [])
        second = await store.rows(JobQuery(limit=3, after=first.next))
        assert [row.id for row in (*first.jobs, *second.jobs)] == [one.id for one, _ in reversed(pairs)]

    async def test_jobs_are_found_by_what_people_type(self, store: Store) -> None:
        pairs = [new("twin", created=after(0)), new("twin", created=after(1)), new("last", created=after(2))]
        await store.accept(pairs, [])
        identities = [one.id for one, _ in pairs]

        async def found(words: str, **limit: Any) -> list[str]:
            return [row.id for row in await store.find(words, **limit)]

        for identity in identities:
            for words in (identity, identity.upper(), f" {ids.short(identity)} ", ids.short(identity)[:6]):
                assert await found(words) == [identity]
        assert await found("twin") == [identities[1], identities[0]]
        assert await found("twin", limit=1) == [identities[1]]
        assert await found("last") == [identities[2]]
        assert await found("j") == identities[::-1] or set(await found("j")) >= set(identities)
        for words in ("twi", "", "TWIN", "%", "_", "'", "no such"):
            assert await found(words) == [], words

    async def test_an_empty_store_has_an_empty_list(self, store: Store) -> None:
        assert (await store.rows(JobQuery())).jobs == ()
        assert await store.find("last") == ()


def _telling_queries(pairs: Sequence[Pair]) -> Iterable[JobQuery]:
    """One query for each kind of condition, alone and with others."""
    yield JobQuery(limit=7)
    yield from (JobQuery(text=word, limit=9) for word in (*WORDS, *SIGNS))
    yield from (JobQuery(text=name) for name in NAMES)
    yield JobQuery(text=ids.short(pairs[3][0].id))
    yield JobQuery(fate=("succeeded", "queued"), limit=4)
    yield JobQuery(fate=("closed",), target="cluster", limit=2)
    yield JobQuery(engine="namd", target="local", text="water", label=("kind",))
    yield JobQuery(label=("campaign", "kind=test"), fate=("running", "failed", "lost"), limit=1)
    yield JobQuery(since=pairs[20][0].created, before=pairs[40][0].created, limit=3)
    yield JobQuery(since=pairs[20][0].created, text="water", limit=3)
    yield JobQuery(before=pairs[20][0].created, label=("kind",), limit=3)
