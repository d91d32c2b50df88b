from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from argosy.client import calls, calls_of_queues
from argosy.client.call import Call, segment
from argosy.core.alteration import Alteration
from argosy.core.views import JobQuery


def test_none_is_left_out_and_lists_are_repeated() -> None:
    call = Call("GET", "/x", bytes.decode, params={"a": None, "b": ["1", "2"], "c": 3})
    assert call.target == "/x?b=1&b=2&c=3"


@given(st.text(max_size=40))
def test_any_words_arrive_as_they_were_sent(words: str) -> None:
    usable = words.encode("utf-8", "replace").decode()
    split = urlsplit(calls.find(usable).target)
    assert parse_qs(split.query, keep_blank_values=True) == {"words": [usable]}


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_a_name_in_a_path_cannot_become_a_query(name: str) -> None:
    split = urlsplit(f"http://h/v1/{segment(name)}")
    assert split.query == ""
    assert split.fragment == ""
    assert "\n" not in segment(name)


def test_conditions_that_are_not_set_are_not_asked_for() -> None:
    assert calls.jobs(JobQuery(fate=("failed", "lost"))).target == "/v1/jobs?fate=failed&fate=lost"


def test_only_what_may_be_done_twice_is_repeatable() -> None:
    job = "j" + "0" * 21
    once = [calls.retry(job), calls.release(job), calls.make_backup(None), calls.submit([])]
    twice = [calls.cancel(job), calls.job(job), calls.missing([]), calls.stop_server(), calls.remove(job)]
    assert not any(call.repeatable for call in once)
    twice += [calls_of_queues.hold(job), calls_of_queues.alter(job, Alteration(nice=1))]
    assert all(call.repeatable for call in twice)
