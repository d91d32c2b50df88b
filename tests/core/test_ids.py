import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.ids import ENTROPY_BITS, ID_PATTERN, job_id, parse_token, short, token

moments = st.datetimes(datetime(1970, 1, 1), datetime(3000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
entropies = st.integers(0, 2**ENTROPY_BITS - 1)


@given(moments, entropies)
def test_an_identity_is_safe_as_a_name_anywhere(moment: datetime, entropy: int) -> None:
    identity = job_id(moment, entropy)
    assert re.fullmatch("[a-z][a-z0-9]{21}", identity)
    assert ID_PATTERN.fullmatch(identity)
    assert len(token(identity, 99_999)) <= 63  # the limit of Kubernetes
    assert len(short(identity)) == 8


@given(moments, moments, entropies, entropies)
def test_identities_sort_by_time(one: datetime, other: datetime, first: int, second: int) -> None:
    if other - one >= timedelta(milliseconds=1):
        assert job_id(one, first) < job_id(other, second)


@given(moments, entropies, entropies)
def test_identities_of_the_same_instant_differ_by_their_randomness(moment: datetime, one: int, other: int) -> None:
    assert (job_id(moment, one) == job_id(moment, other)) == (one == other)


@given(moments, entropies, st.integers(1, 99_999))
def test_a_token_tells_its_job_and_attempt(moment: datetime, entropy: int, number: int) -> None:
    identity = job_id(moment, entropy)
    assert parse_token(token(identity, number)) == (identity, number)


@pytest.mark.parametrize(
    "text", ["", "argosy", "argosy-j1-1", "argosy-" + "j" * 22 + "-0", "x", "argosy-" + "a" * 22 + "-1"]
)
def test_what_is_no_token_is_nobodys(text: str) -> None:
    assert parse_token(text) is None
