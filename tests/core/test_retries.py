"""How often which failures are tried again by themselves, and after what pause."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from argosy.core.drafting import draft
from argosy.core.errors import BadInput
from argosy.core.job import Cancelled, Cause, Failed, Lost, Outcome, RetryClass, Succeeded
from argosy.core.retries import pause_before_next_s
from argosy.core.retry_wishes import LONGEST_PAUSE_S, RETRIED, often, retry_words
from argosy.core.settings import check_setting, read_settings
from argosy.core.spec import JobSpec
from argosy.core.submission import Submission
from argosy.core.target import Target

NODE = Failed(cause=Cause.NODE_FAILURE, explanation="It died.", retry=RetryClass.AS_IS)
PREEMPTED = Failed(cause=Cause.PREEMPTED, explanation="It had to go.", retry=RetryClass.CHECKPOINT)
UNKNOWN = Failed(cause=Cause.EXIT_CODE, explanation="It ended with exit code 3.")
LOST = Lost(explanation="It is gone.")
ENDS = [NODE, PREEMPTED, UNKNOWN, LOST]


def pause(outcome: Outcome, *earlier: Outcome, retries: int = 0, **wishes: str) -> int | None:
    spec = JobSpec(name="j", argv=("true",), retry=wishes)
    return pause_before_next_s(outcome, earlier, retries=retries, wishes=spec.retry)


@pytest.mark.parametrize("end", [Succeeded(), Cancelled(by="me")])
def test_what_did_not_fail_is_not_tried_again(end: Outcome) -> None:
    assert pause(end, retries=3, as_is="20", lost="20") is None


def test_without_wishes_it_is_as_the_number_says_and_at_once() -> None:
    assert pause(NODE) is None
    assert pause(NODE, retries=1) == 0
    assert pause(NODE, NODE, retries=1) is None
    assert pause(UNKNOWN, retries=3) is None
    assert pause(LOST, retries=1) == 0


def test_each_further_attempt_has_its_pause_and_the_last_one_holds_for_all_that_follow() -> None:
    said = {"node_failure": "4:1m,10m"}
    assert pause(NODE, **said) == 60
    assert pause(NODE, NODE, **said) == 600
    assert pause(NODE, *[NODE] * 3, **said) == 600
    assert pause(NODE, *[NODE] * 4, **said) is None


def test_a_cause_counts_more_than_a_class() -> None:
    assert pause(NODE, as_is="3", node_failure="never", retries=3) is None
    assert pause(LOST, as_is="3", node_failure="never") == 0
    assert pause(PREEMPTED, checkpoint="1:30s") == 30


def test_what_nobody_knows_is_tried_again_where_its_cause_is_named() -> None:
    assert pause(UNKNOWN, exit_code="2:5s") == 5
    known = UNKNOWN.model_copy(update={"signature": "disk_full"})
    assert pause(known, exit_code="2:5s") is None


@pytest.mark.parametrize("retry", [RetryClass.NEVER, RetryClass.MORE_MEMORY, RetryClass.MORE_TIME])
def test_what_is_known_to_fail_again_is_never_tried_again_whatever_is_wished(retry: RetryClass) -> None:
    sure = Failed(cause=Cause.EXIT_CODE, explanation="It cannot.", signature="s", retry=retry)
    assert pause(sure, retries=3, exit_code="20", signal="20") is None


def test_what_has_a_number_of_its_own_leaves_the_others_theirs() -> None:
    assert pause(LOST, NODE, NODE, retries=1, node_failure="5") == 0
    assert pause(NODE, LOST, retries=1, node_failure="1") == 0


@given(
    st.lists(st.sampled_from(ENDS), max_size=40),
    st.dictionaries(st.sampled_from(RETRIED), st.integers(0, 5)),
    st.integers(0, 3),
)
def test_there_are_never_more_tries_than_all_numbers_together(
    ends: list[Outcome], wishes: dict[str, int], retries: int
) -> None:
    said = {name: str(times) for name, times in wishes.items()}
    made: list[Outcome] = []
    for end in ends:
        if pause(end, *made, retries=retries, **said) is None:
            break
        made.append(end)
    assert len(made) <= sum(wishes.values()) + retries


@given(st.from_regex(r"([1-9]|1[0-9]|20)(:([1-9][0-9]{0,2}[sm]|2[0-4]h)(,[1-9]h)?)?", fullmatch=True))
def test_what_is_said_is_read_as_it_stands_and_no_pause_is_too_long(said: str) -> None:
    read = often(said)
    assert said.split(":", maxsplit=1)[0] == str(read.times)
    assert all(0 < pause_s <= LONGEST_PAUSE_S for pause_s in read.pauses_s)


@pytest.mark.parametrize(
    ("retry", "words"),
    [
        ({"walltime": "3"}, "needs more time"),
        ({"out_of_memory": "3"}, "needs more memory"),
        ({"after_change": "1"}, "argosy edit"),
        ({"sometimes": "1"}, "there is no 'sometimes'"),
        ({"lost": "often"}, "does not say how often"),
        ({"lost": "21"}, "does not say how often"),
        ({"lost": 21}, "does not say how often"),
        ({"lost": "3:25h"}, "does not say how often"),
        ({"lost": "3: 1m"}, "does not say how often"),
    ],
)
def test_a_wish_that_will_not_do_is_refused_in_words(retry: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Submission(argv=("true",), retry=retry)
    ((name, said),) = retry.items()
    with pytest.raises(BadInput, match=words if " " not in str(said) else "does not say|is not like"):
        check_setting("server.retry", f"{name}={said}")


def test_the_job_counts_more_than_its_target() -> None:
    target = Target(name="here", root="/data", retries=2, retry={"lost": "3", "node_failure": 1})
    spec, _ = draft(Submission(argv=("true",), retry={"lost": "never"}), None, target)
    assert (spec.retries, spec.retry) == (2, {"lost": "never", "node_failure": "1"})
    spec, _ = draft(Submission(argv=("true",), retries=0), None, target)
    assert (spec.retries, spec.retry) == (0, {"lost": "3", "node_failure": "1"})
    assert draft(Submission(argv=("true",)), None, Target(name="here", root="/data"))[0].retries == 0


def test_settings_say_it_for_all_targets() -> None:
    settings = read_settings({"server.retries": 1, "server.retry": " node_failure=3:1m,10m   lost=0 "})
    assert (settings.retries, settings.retry) == (1, "node_failure=3:1m,10m lost=never")
    with pytest.raises(BadInput, match="is not like"):
        check_setting("server.retry", "node_failure")


def test_it_is_told_in_words() -> None:
    assert retry_words(0, {}) == ""
    assert retry_words(2, {}) == "2 times where that may help"
    assert retry_words(0, {"node_failure": "3:1m,10m", "lost": "never"}) == (
        "node_failure: 3 times, after 1m and 10m; lost: never; all else: never"
    )
    assert retry_words(1, {"lost": "1"}) == "lost: once; all else: once where that may help"
