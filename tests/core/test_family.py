"""How jobs that go on from each other are drawn."""

from datetime import UTC, datetime

import pytest

from argosy.core.family import Family, Relative, branches, past

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def one(name: str, parent: str | None = None, depth: int = 0) -> Relative:
    return Relative(
        id=name, parent=parent, depth=depth, kind="restart", name=name, target="here", fate="failed", created=NOW
    )


def drawn(*members: Relative) -> list[str]:
    return [f"{lines}{member.id}" for lines, member in branches(members)]


def test_a_chain_stays_at_the_margin_however_long_it_is() -> None:
    assert drawn(one("a"), one("b", "a", 1), one("c", "b", 2)) == ["a", "└─ b", "└─ c"]


def test_branches_are_told_apart() -> None:
    members = (one("a"), one("b", "a", 1), one("c", "b", 2), one("d", "a", 1), one("e", "d", 2))
    assert drawn(*members) == ["a", "├─ b", "│  └─ c", "└─ d", "   └─ e"]


def test_a_job_alone_has_no_branch() -> None:
    assert drawn(one("a")) == ["a"]


@pytest.mark.parametrize(
    ("fates", "kinds", "passed"),
    [
        (("failed", "failed", "succeeded"), ("new", "restart", "restart"), {"a", "b", "c"}),
        (("failed", "succeeded", "running"), ("new", "restart", "continue"), {"a", "b"}),
        (("failed", "failed", "running"), ("new", "restart", "restart"), set[str]()),
        (("failed", "succeeded", "failed"), ("new", "copy", "restart"), {"b"}),
        (("lost", "cancelled", "succeeded"), ("new", "restart", "continue"), {"a", "b", "c"}),
    ],
)
def test_nobody_goes_back_to_what_came_to_its_end_or_was_gone_on_from_to_an_end(
    fates: tuple[str, ...], kinds: tuple[str, ...], passed: set[str]
) -> None:
    chain = (one("a"), one("b", "a", 1), one("c", "b", 2))
    members = [
        member.model_copy(update={"fate": fate, "kind": kind})
        for member, fate, kind in zip(chain, fates, kinds, strict=True)
    ]
    assert past(Family(asked="a", members=tuple(members))) == passed
