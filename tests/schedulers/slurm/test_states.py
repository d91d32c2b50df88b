import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.job import Cause
from argosy.core.sighting import Presence
from argosy.schedulers.slurm.states import STATES, read_state, stopped_by

NAMES = [state.name for state in STATES]
SHORT = [state.short for state in STATES if state.short]


def test_every_name_and_every_short_form_is_there_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len(set(SHORT)) == len(SHORT)
    for state in STATES:
        assert read_state(state.name) is state
        assert not state.short or read_state(state.short) is state


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CANCELLED by 1002", "CANCELLED"),
        ("CANCELLED+", "CANCELLED"),
        ("OUT_OF_ME+", "OUT_OF_MEMORY"),
        ("COMPLETED", "COMPLETED"),
        ("COMPLETI+", "COMPLETING"),
        ("NODE_FAIL", "NODE_FAIL"),
        (" RUNNING ", "RUNNING"),
        ("OOM", "OUT_OF_MEMORY"),
        ("PENDING,LAUNCH_FAILED", "LAUNCH_FAILED"),
        ("FAILED,REQUEUED", "REQUEUED"),
        ("COMPLETED,COMPLETING", "COMPLETING"),
        ("RUNNING,UPDATE_DB", "UPDATE_DB"),
    ],
)
def test_suffixes_and_cuts_are_read(text: str, name: str) -> None:
    state = read_state(text)
    assert state is not None
    assert state.name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        ",",
        "FAILED,",
        "FAILED,TELEPORTED",
        "COMP+",
        "RE+",
        "REQUEUE+",
        "TELEPORTED",
        "R U",
        "by 7",
        "\0",
        "RUNNING|",
    ],
)
def test_what_could_mean_several_states_or_none_is_unknown(text: str) -> None:
    state = read_state(text)
    assert state is None or (text == "R U" and state.name == "RUNNING")


@given(st.text(max_size=30))
def test_no_text_makes_a_state_that_ends_a_job_unless_it_says_so(text: str) -> None:
    state = read_state(text)
    if state is not None and state.presence is Presence.OVER:
        word = text.strip().split(" ")[0].split(",")[-1].rstrip("+").upper()
        assert state.name.startswith(word) or state.short == word


def test_what_slurm_ended_has_a_cause_and_what_ended_by_itself_has_none() -> None:
    causes = {state.name: state.cause for state in STATES if state.presence is Presence.OVER}
    assert causes == {
        "COMPLETED": None,
        "FAILED": None,
        "CANCELLED": None,
        "TIMEOUT": Cause.WALLTIME,
        "DEADLINE": Cause.WALLTIME,
        "OUT_OF_MEMORY": Cause.OUT_OF_MEMORY,
        "NODE_FAIL": Cause.NODE_FAILURE,
        "BOOT_FAIL": Cause.NODE_FAILURE,
        "PREEMPTED": Cause.PREEMPTED,
    }
    assert all(state.cause is None for state in STATES if state.presence is not Presence.OVER)


BASE = {
    "PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED",
    "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY",
}  # fmt: skip
FLAGS = {
    "LAUNCH_FAILED", "UPDATE_DB", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESIZING", "CONFIGURING", "COMPLETING",
    "STOPPED", "RECONFIG_FAIL", "POWER_UP_NODE", "REVOKED", "REQUEUE_FED", "RESV_DEL_HOLD", "SIGNALING", "STAGE_OUT",
    "EXPEDITING", "GETENV_FAILED",
}  # fmt: skip


def test_every_state_and_flag_that_slurm_has_is_in_the_table() -> None:
    assert set(NAMES) == BASE | FLAGS


@pytest.mark.parametrize("flag", ["LAUNCH_FAILED", "RECONFIG_FAIL", "REQUEUE_HOLD", "SPECIAL_EXIT", "REVOKED"])
def test_a_flag_that_leaves_a_job_to_run_later_is_no_end(flag: str) -> None:
    for text in (flag, f"PENDING,{flag}", f"FAILED,{flag}"):
        state = read_state(text)
        assert state is not None
        assert state.presence is not Presence.OVER


def test_who_cancelled_it_is_read() -> None:
    assert stopped_by("CANCELLED by 1002") == "1002"
    for text in ("CANCELLED", "CANCELLED by root", "FAILED by 7", "CANCELLED by ", ""):
        assert stopped_by(text) == ""
