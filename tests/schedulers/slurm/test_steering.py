"""What the cluster answers about a job that waits and is held, let go or changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.contracts import Order
from argosy.contracts.queue import Steered, Steering
from argosy.core.alteration import Alteration, altered
from argosy.core.command import Answer
from argosy.core.errors import Denied, Garbled, Unreachable
from argosy.core.resources import Resources
from argosy.core.slurm import Slurm as Site
from argosy.core.spec import JobSpec
from argosy.schedulers.slurm.scheduler import Slurm
from tests.schedulers.slurm.telling import TOKEN, TOKENS, directory, said

SPEC = JobSpec(name="a", argv=("true",), resources=Resources(cpus=4, memory_mib=4096, walltime_s=600))


def order(change: Steering = "hold") -> Order:
    spec = altered(SPEC, change) if isinstance(change, Alteration) else SPEC
    return Order(token=TOKEN, directory=directory(TOKEN), spec=spec)


def told(*, code: int = 0, complaints: tuple[str, ...] = (), token: str = TOKEN, number: str = "17") -> list[str]:
    head = [f"attempt {token} {number}", f"steer {code} {len(complaints)}"]
    return [*head, *(f"said {one}" for one in complaints)]


def answer(*lines: str, code: int = 0, complaints: tuple[str, ...] = ()) -> Answer:
    return said([*told(code=code, complaints=complaints), *lines, "complete 1"])


def steered(wish: Steering, given: Answer, site: Site | None = None) -> Steered:
    return Slurm(site).parse_steer([order(wish)], wish, given)[TOKEN]


def row(state: str = "PENDING", reason: str = "None", number: str = "17", **facts: str) -> str:
    berth = {"nice": "0", "time": "10:00", "part": "cpu", "qos": "normal", "account": "lab", "memory": "4G", "resv": ""}
    return f"row {number}|{state}|{reason}|{'|'.join((berth | facts).values())}|"


def words(change: Alteration, site: Site | None = None) -> tuple[str | bytes, ...]:
    """The walltime for the wrapper, and what scontrol is told."""
    walltime, count, *others = Slurm(site).steer([order(change)], change).argv[4:]
    assert len(others) == int(count) + 2
    return (walltime, *others[: int(count)])


def test_a_change_is_said_in_slurms_words_with_units_that_cannot_be_misread() -> None:
    change = Alteration(walltime_s=93_600, memory_mib=8192, nice=3, qos="long", constraint="ib", begin="now+1hour")
    assert words(change) == (
        "93600", "TimeLimit=26:00:00", "MinMemoryNode=8192", "Nice=3", "QOS=long", "Features=ib", "StartTime=now+1hour"
    )  # fmt: skip
    assert words(Alteration(memory_mib=8192), Site(memory="cpu")) == ("", "MinMemoryCPU=2048")


def test_a_job_that_is_held_reads_as_held() -> None:
    assert steered("hold", answer(row(reason="JobHeldUser"))) == Steered()
    assert steered("release", answer(row(reason="Priority"))) == Steered()
    assert steered("hold", answer(row(reason="Priority"))).unmet == ("Slurm says Priority",)
    assert steered("release", answer(row(reason="JobHeldAdmin"))).unmet == ("Slurm says JobHeldAdmin",)


@pytest.mark.parametrize(
    ("change", "now", "unmet"),
    [
        (Alteration(walltime_s=90), {"time": "2:00"}, ()),
        (Alteration(walltime_s=90), {"time": "10:00"}, ("its walltime is 10:00",)),
        (Alteration(walltime_s=172_800), {"time": "2-00:00:00"}, ()),
        (Alteration(memory_mib=2048), {"memory": "2G"}, ()),
        (Alteration(memory_mib=2048), {"memory": "4G"}, ("its memory is 4G",)),
        (Alteration(nice=7), {"nice": "7"}, ()),
        (Alteration(nice=7), {}, ("its niceness is 0",)),
        (Alteration(qos="long", partition="gpu"), {"qos": "long"}, ("its partition is cpu",)),
    ],
)
def test_what_does_not_read_as_wished_is_named(change: Alteration, now: dict[str, str], unmet: tuple[str, ...]) -> None:
    assert steered(change, answer(row(**now))).unmet == unmet


def test_who_has_begun_meanwhile_or_has_left_is_told_apart() -> None:
    assert steered("hold", said([f"attempt {TOKEN} 17", "steer begun", "complete 1"])) == Steered(begun=True)
    assert steered("hold", answer(row("RUNNING"), code=1, complaints=("Job is no longer pending",))).begun
    assert steered("hold", said([f"attempt {TOKEN}", "steer missing", "complete 1"])) == Steered(missing=True)
    assert steered("hold", answer(row("RUNNING"))).begun
    assert steered("release", answer(row("RUNNING"))) == steered("release", answer()) == Steered()
    assert steered(Alteration(nice=0), answer(row("RUNNING"))) == Steered()
    assert steered("hold", answer("slurm_load_jobs error: Invalid job id specified")) == Steered(missing=True)


def test_each_of_many_is_told_by_itself() -> None:
    first, begun, refused, gone, held = TOKENS[:5]
    lines = [
        *told(token=first, number="17"),
        *(f"attempt {begun} 18", "steer begun"),
        *told(token=refused, number="19_3", code=1, complaints=("Access/permission denied for job 19_3",)),
        *(f"attempt {gone}", "steer missing"),
        *told(token=held, number="19_4 20"),
        row(reason="JobHeldUser", number="20"),
        row(reason="Priority", number="17"),
        row(number="19_3"),
        "complete 5",
    ]
    orders = [order().model_copy(update={"token": token}) for token in TOKENS[:5]]
    done = Slurm().parse_steer(orders, "hold", said(lines))
    assert list(done) == list(TOKENS[:5])
    assert done[first].unmet == ("Slurm says Priority",)
    assert (done[begun], done[gone], done[held]) == (Steered(begun=True), Steered(missing=True), Steered())
    assert done[refused].refusal is not None
    for cut in (lines[2:], [*lines[:2], *lines[4:]], [*lines[:-1], "complete 4"]):
        with pytest.raises(Garbled):
            Slurm().parse_steer(orders, "hold", said(cut))


def test_a_refusal_has_cause_and_remedy() -> None:
    said_no = "slurm_update error: Invalid qos specification"
    refusal = steered(Alteration(qos="x"), answer(row(), code=1, complaints=(said_no,))).refusal
    assert refusal is not None
    assert "no such QOS" in refusal.explanation
    refusal = steered("release", answer(row(), code=1, complaints=("Access/permission denied for job 17",))).refusal
    assert refusal is not None
    assert "administrator" in refusal.explanation


def test_silence_is_no_refusal() -> None:
    silent = "slurm_update error: Unable to contact slurm controller (connect failure)"
    with pytest.raises(Unreachable):
        steered("hold", answer(code=1, complaints=(silent,)))
    with pytest.raises(Unreachable):
        steered("hold", said(["queue 1 1", f"said {silent}", "complete 1"]))
    with pytest.raises(Denied):
        steered("hold", answer(code=127, complaints=("sh: scontrol: not found",)))


@given(st.lists(st.text(max_size=40), max_size=6), st.sampled_from(["hold", "release", Alteration(nice=1)]))
def test_no_answer_breaks_the_reader(lines: list[str], wish: Steering) -> None:
    for given_lines in (lines, [*told(), *lines, "complete 1"], [*lines, "complete 1"]):
        text = "".join(f"{line}\n" for line in given_lines).encode("utf-8", "replace")
        try:
            done = steered(wish, Answer(code=0, stdout=text, stderr=b""))
        except Garbled:
            continue
        assert isinstance(done, Steered)
