"""What was read lately is remembered, within its bounds."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.store.recent import Recent


def test_what_was_unused_for_longest_makes_room() -> None:
    recent: Recent[str, int] = Recent(10)
    for value, key in enumerate("abc"):
        recent.put(key, value, 3)
    assert recent.get_many("a") == {"a": 0}
    recent.put("d", 3, 4)
    assert recent.get_many("abcd") == {"a": 0, "c": 2, "d": 3}


def test_what_is_larger_than_all_room_is_not_remembered() -> None:
    recent: Recent[str, int] = Recent(10)
    recent.put("a", 1, 11)
    assert recent.get_many("a") == {}
    recent.put("a", 1, 10)
    assert recent.get_many("a") == {"a": 1}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20))))
def test_no_more_is_remembered_than_there_is_room_for(puts: list[tuple[int, int]]) -> None:
    recent: Recent[int, int] = Recent(30)
    newest: dict[int, int] = {}
    for key, size in puts:
        recent.put(key, size, size)
        newest[key] = size
        remembered = recent.get_many(range(10))
        assert sum(remembered.values()) <= 30
        assert remembered.items() <= newest.items()
