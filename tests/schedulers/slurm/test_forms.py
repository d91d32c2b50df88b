"""Every form in which Slurm writes an amount, and any other text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.schedulers.slurm import forms
from argosy.schedulers.slurm.directives import clock

TEXTS = st.text(alphabet=st.sampled_from("0123456789:-.,=+KMGT()gpucxy *|\n"), max_size=30) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10:00", 600),
        ("1:00:00", 3600),
        ("1-00:00:00", 86_400),
        ("7-12:30:15", 649_815),
        ("1-12", 129_600),
        ("1-00:30", 88_200),
        ("00:01.250", 1.25),
        ("0:00", 0),
        ("UNLIMITED", None),
        ("INVALID", None),
        ("Partition_Limit", None),
        ("NOT_SET", None),
        ("", None),
        ("60", None),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert forms.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("3840M", 3840 << 20),
        ("4G", 4 << 30),
        ("88277K", 88_277 << 10),
        ("1.50G", 3 << 29),
        ("0", 0),
        ("100", 100 << 20),
        ("4Gn", 4 << 30),
        ("4Gc", 4 << 30),
        ("16?", None),
        ("UNLIMITED", None),
        ("", None),
    ],
)
def test_amounts(text: str, size: int | None) -> None:
    assert forms.size(text) == size


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gpu:a100:3", {"a100": 3}),
        ("gpu:a100:3(S:0-1)", {"a100": 3}),
        ("gpu:a100:2(IDX:0-1)", {"a100": 2}),
        ("gpu:a100:0(IDX:N/A)", {"a100": 0}),
        ("gpu:2", {"": 2}),
        ("gpu", {"": 1}),
        ("gpu:a100", {"a100": 1}),
        ("gpu:a100_3g.20gb:6,gpu:v100:1,shard:9", {"a100_3g.20gb": 6, "v100": 1}),
        ("gpu:a100:1(IDX:0,2),gpu:l40:2(S:0)", {"a100": 1, "l40": 2}),
        ("(null)", {}),
        ("", {}),
        ("license:4", {}),
    ],
)
def test_gpus(text: str, found: dict[str, int]) -> None:
    assert forms.gpus(text) == found


def test_trackable_resources() -> None:
    text = "billing=4,cpu=4,gres/gpu:a100=1,gres/gpu=1,mem=16G,node=1"
    assert forms.tres(text)["gres/gpu:a100"] == "1"
    assert forms.tres("") == {}


def test_fields_of_scontrol() -> None:
    line = "PartitionName=gpu AllowQos=normal,long Nodes=g[1-2] TRES=cpu=256,mem=1000000M MaxTime=1-00:00:00"
    found = forms.fields(line)
    assert (found["PartitionName"], found["TRES"]) == ("gpu", "cpu=256,mem=1000000M")
    assert found["MaxTime"] == "1-00:00:00"


@given(st.integers(min_value=1, max_value=10**8))
def test_a_time_that_we_write_is_read_back(seconds: int) -> None:
    assert forms.seconds(clock(seconds)) == seconds


@given(TEXTS)
def test_no_text_breaks_a_reader(text: str) -> None:
    time, amount, count = forms.seconds(text), forms.size(text), forms.number(text)
    assert time is None or time >= 0
    assert amount is None or amount >= 0
    assert count is None or count >= 0
    assert all(number >= 0 for number in forms.gpus(text).values())
    assert all(forms.tres(text))
    assert all(forms.fields(text))
