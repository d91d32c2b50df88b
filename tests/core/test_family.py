"""How jobs that go on from each other are drawn."""

from datetime import UTC, datetime

from argosy.core.family import Relative, branches

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
