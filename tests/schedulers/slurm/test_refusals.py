import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import Denied, Garbled, TargetError, Unreachable
from argosy.schedulers.slurm.refusals import REFUSALS, refused, trouble
from tests.schedulers.slurm.telling import DATA

RECORDED = re.findall(r"^\$ ([^\n]*)\n(.*?)\[rc \d+\]\n", (DATA / "refusals.txt").read_text(), re.MULTILINE | re.DOTALL)
EXPECTED = {
    "sbatch nofile.sh": "damaged or cannot be read",
    "sbatch noshebang.sh": "damaged or cannot be read",
    "sbatch crlf.sh": "damaged or cannot be read",
    "sbatch empty.sh": "damaged or cannot be read",
    "sbatch -p nosuch ok.sh": "no such partition",
    "sbatch -p testing --time=02:00:00 ok.sh": "walltime is longer",
    "sbatch -A nosuchaccount ok.sh": "no such account",
    "sbatch --qos=nosuch ok.sh": "no such QOS",
    "sbatch -p testing --qos=long ok.sh": "no such QOS",
    "sbatch --mem=900G ok.sh": "that much memory",
    "sbatch -N 50 ok.sh": "more nodes",
    "sbatch -n 1000 ok.sh": "more processors",
    "sbatch -p gpu --gres=gpu:9 ok.sh": "processors, memory or GPUs",
    "sbatch --gres=gpu:1 ok.sh": "processors, memory or GPUs",
    "sbatch --time=abc ok.sh": "walltime is longer",
    "sbatch --array=0-20000 ok.sh": "array has more tasks",
    "sbatch --bogus-option ok.sh": "one of the options",
    "sbatch -C nofeature ok.sh": "features",
}
PASSING = {
    "Unable to contact slurm controller (connect failure)": "does not answer",
    "Socket timed out on send/recv operation": "does not answer",
    "Zero Bytes were transmitted or received": "does not answer",
    "Rate limit exceeded, please retry momentarily": "slower",
    "Protocol authentication error": "authentication",
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)": "no further jobs",
    "MaxJobCount limit reached": "from anybody",
    "System submissions disabled": "maintenance",
    "Requested operation is presently disabled": "maintenance",
    "Required node not available (down, drained or reserved)": "down, drained",
    "Requested partition configuration not available now": "down, drained",
    "I/O error writing script/environment to file": "cannot write",
    "Unable to contact slurm controller (receive failure)": "does not answer",
    "Message receive failure": "does not answer",
    "Connection timed out establishing": "does not answer",
    "Process is shutting down and closing all communications": "does not answer",
    "Rate limit exceeded, please retry later": "slower",
    "Invalid authentication credential": "authentication",
    "Authentication credential expired": "authentication",
    "Slurm backup controller in standby mode": "restarted",
    "Controller is in standby mode, try a different controller": "restarted",
    "PrologSlurmctld is still running": "restarted",
    "Unable to connect to database": "does not answer",
    "Required partition not available (inactive or drain)": "down, drained",
    "Partition in DOWN state": "down, drained",
    "Requested nodes are busy": "down, drained",
    "Max powered up nodes reached": "down, drained",
    "Job can not start due to maintenance reservation.": "maintenance",
    "Licenses currently unavailable": "licenses",
    "Requested reservation not usable now": "reservation",
    "Requested reservation is in use": "reservation",
    "Waiting for burst buffer": "burst buffer",
}
FINAL = {
    "Invalid generic resource (gres) specification": "no GPUs of that name",
    "User's group not permitted to use this partition": "not for you",
    "Access/permission denied": "not for you",
    "Job dependency problem": "not known any more",
    "Pathname of a file, directory or other parameter too long": "too long",
    "Requested reservation is invalid": "no such reservation",
    "Invalid license specification": "no such license",
    "No partition specified or system default partition": "name its partition",
    "Multiple partition job request not supported when a partition is set in the association": "only one",
    "Invalid or unknown association": "no such account",
    "Requested account has breached requested QOS usage threshold": "used up",
    "Invalid wckey specification": "wckey",
    "Requested nodes not in this partition": "node that it names",
    "Invalid node name specified": "node that it names",
    "Job size specification needs to be provided": "processors",
    "CPU count specification invalid": "processors",
    "Task count specification invalid": "processors",
    "Task distribution specification invalid": "cannot do",
    "Requested operation not supported on this system": "cannot do",
    "Only batch jobs are accepted or processed": "cannot do",
    "Memory required by task is not available": "that much memory",
    "Duplicate generic resource (gres) specification": "GPUs",
    "Invalid GRES specification (with and without type identification)": "with and without",
    "Requested GRES option unsupported by configured SelectType plugin": "whole job",
    "Invalid Trackable RESource (TRES) specification": "whole job",
    "RestrictedCoresPerGPU: Not enough unique cores per GPU": "cores for each GPU",
    "Invalid preferred feature specification": "features",
    "Job --batch option is invalid or not a subset of --constraint": "features",
    "Requested topology configuration is not available": "No node",
    "No suitable topology unit found": "No node",
    "Access denied to requested reservation": "no such reservation",
    "Invalid time specified": "A time",
    "Invalid time-min specification (exceeds job's time or other limits)": "A time",
    "Circular job dependency": "not known any more",
    "Burst Buffer permission denied": "burst buffer",
    "Burst Buffer resource limit exceeded": "burst buffer",
    "Invalid mcs_label specified": "security label",
    "Incompatible versions of client and server code": "do not fit its controller",
    "Invalid cluster name": "no cluster of that name",
    "No eligible clusters for federated job": "no cluster of that name",
    "Invalid user id": "not for you",
    "Invalid group id": "not for you",
    "Unable to resolve user ID to user name": "not for you",
    "Rejecting authentication of user nobody or group nobody": "not for you",
    "Job script not specified": "damaged",
    "Environment is missing in job": "damaged",
    "Invalid --nice value": "one of the options",
    "Slurm internal error, contact system administrator": "error of its own",
    "Unspecified error": "did not say which",
}
POLICY = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"
LIMITS = {
    "QOSMaxSubmitJobPerUserLimit": (True, "no further jobs"),
    "AssocMaxSubmitJobLimit": (True, "no further jobs"),
    "AssocGrpSubmitJobsLimit": (True, "no further jobs"),
    "QOSMaxWallDurationPerJobLimit": (False, "One job may not"),
    "AssocMaxWallDurationPerJobLimit": (False, "One job may not"),
    "QOSMaxCpuPerUserLimit": (False, "One job may not"),
    "QOSGrpNodeLimit": (False, "One job may not"),
    "QOSMinCpuNotSatisfied": (False, "One job may not"),
    "AssocMaxNodePerJobLimit": (False, "One job may not"),
    "MaxMemPerLimit": (False, "One job may not"),
    "QOSMaxCpuMinutesPerJobLimit": (False, "allocation"),
    "AssocGrpCPUMinutesLimit": (False, "allocation"),
}


def failed(text: str) -> str:
    return f"sbatch: error: Batch job submission failed: {text}"


def test_every_recorded_refusal_is_expected_here() -> None:
    assert {command for command, _ in RECORDED} == {*EXPECTED, "sbatch --wrap true"}


@pytest.mark.parametrize(("command", "said"), RECORDED)
def test_a_recorded_refusal_is_explained_with_a_remedy(command: str, said: str) -> None:
    told = refused(said)
    passing = command == "sbatch --wrap true"
    assert told.passing == passing
    assert EXPECTED.get(command, "") in told.explanation
    assert told.advice
    assert told.words


@pytest.mark.parametrize("text", PASSING)
def test_what_passes_is_waited_for(text: str) -> None:
    told = refused(failed(text))
    assert (told.passing, told.words) == (True, f"Batch job submission failed: {text}")
    assert PASSING[text] in told.explanation


@pytest.mark.parametrize("text", FINAL)
def test_what_does_not_pass_is_told_at_once(text: str) -> None:
    told = refused(failed(text))
    assert not told.passing
    assert FINAL[text] in told.explanation


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_slurm_names_is_waited_for_only_where_waiting_helps(limit: str) -> None:
    told = refused(f"sbatch: error: {limit}\n{failed(POLICY)}")
    passing, explanation = LIMITS[limit]
    assert told.passing == passing
    assert explanation in told.explanation
    assert limit in told.words


def test_a_site_that_says_why_is_quoted_though_slurm_itself_has_no_word_for_it() -> None:
    told = refused(f"sbatch: error: Jobs on Tuesdays need a hat.\n{failed('Unspecified error')}")
    assert told.explanation == "Slurm refused it: Jobs on Tuesdays need a hat."


def test_a_configuration_that_is_being_written_passes() -> None:
    said = "sbatch: error: ClusterName needs to be specified\nsbatch: fatal: Unable to process configuration file\n"
    assert refused(said).passing
    assert "configuration" in refused(said).explanation
    assert isinstance(trouble("squeue", 1, said), Unreachable)


def test_words_of_a_site_that_nobody_knows_are_shown_as_they_are() -> None:
    told = refused(
        "Welcome!\nsbatch: error: Jobs on Tuesdays need a hat.\nsbatch: error: Batch job submission failed: X"
    )
    assert told.explanation == "Slurm refused it: Jobs on Tuesdays need a hat."
    assert "hat" in told.words
    assert "Welcome" not in told.words


@given(st.text(max_size=500))
def test_whatever_sbatch_says_there_is_an_explanation(said: str) -> None:
    told = refused(said)
    assert told.explanation
    assert told.advice
    assert len(told.words) <= 1_000


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.pattern[:30])
def test_explanations_are_sentences_and_remedies_say_what_to_do(row: object) -> None:
    for text in (row.explanation, row.advice):  # type: ignore[attr-defined]
        assert text[0].isupper() or text.startswith("sbatch ")
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (1, "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", Unreachable),
        (1, "slurm_load_jobs error: Socket timed out on send/recv operation", Unreachable),
        (1, "squeue: error: Munge encode failed: Failed to connect\nProtocol authentication error", Unreachable),
        (1, "sacct: error: Problem talking to the database: Connection refused", Unreachable),
        (127, "sh: 12: squeue: not found", Denied),
        (1, "slurm_load_jobs error: Unexpected message received", Garbled),
        (139, "", Garbled),
    ],
)
def test_a_command_without_an_answer_is_never_an_answer(code: int, said: str, kind: type[TargetError]) -> None:
    error = trouble("squeue", code, said)
    assert type(error) is kind
    assert "squeue" in error.message or "Slurm" in error.message
