import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.quantities import (
    MAX_DURATION_S,
    MAX_SIZE_MIB,
    parse_duration_s,
    parse_memory_mib,
    spell_duration,
    spell_memory,
    spell_size,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("30min", 1800),
        ("4h", 14_400),
        (" 4 H ", 14_400),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("04:00:00", 14_400),
        ("100:00:00", 360_000),
        ("2-03:00:00", 183_600),
        ("1-00:00", 86_400),
        ("1-12", 129_600),
        ("1.5s", 2),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "90",
        "h",
        "-4h",
        "+4h",
        "4x",
        "4:00",
        "1:60:00",
        "1:00:60",
        "1-2-3",
        "4h!",
        "4 hours",
        "1e3s",
        "nan s",
        "10\u017f",
        "10m\u0131n",
        "\u0663h",
        "9" * 5000 + "h",
        "9" * 5000 + ":00:00",
        "9" * 5000 + "-00:00",
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="not a duration") as refusal:
        parse_duration_s(text)
    assert "4h" in refusal.value.hint
    assert len(refusal.value.message) < 200


@pytest.mark.parametrize("text", ["0s", "00:00:00", "0.5s", "3661d", "999999999999999d"])
def test_a_duration_of_nothing_or_beyond_ten_years_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="between one second and ten years"):
        parse_duration_s(text)


@pytest.mark.parametrize(
    ("text", "mebibytes"),
    [
        ("500M", 500),
        ("500MiB", 500),
        ("16G", 16_384),
        ("16GiB", 16_384),
        ("16 gib", 16_384),
        ("16GB", 15_259),
        ("1.5T", 1_572_864),
        ("1K", 1),
        ("1025K", 2),
        ("1P", 1 << 30),
    ],
)
def test_memory_is_binary_unless_it_says_bytes(text: str, mebibytes: int) -> None:
    assert parse_memory_mib(text) == mebibytes


@pytest.mark.parametrize(
    "text", ["", "16", "G", "-1G", "16X", "16 bytes", "1e3G", "infG", "\u0661G", "9" * 5000 + "G", "16GiBs"]
)
def test_memory_without_a_number_and_a_unit_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not an amount of memory") as refusal:
        parse_memory_mib(text)
    assert "16GiB" in refusal.value.hint
    assert len(refusal.value.message) < 200


@pytest.mark.parametrize("text", ["0G", "999999999999999P"])
def test_memory_of_nothing_or_beyond_an_exbibyte_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="between 1 MiB and 1 EiB"):
        parse_memory_mib(text)


@given(st.text(max_size=40) | st.text("0123456789.:-dhmsinKMGTPB ", max_size=40))
@example("1m1m")
def test_any_text_is_a_quantity_within_bounds_or_refused(text: str) -> None:
    for parse, most in ((parse_duration_s, MAX_DURATION_S), (parse_memory_mib, MAX_SIZE_MIB)):
        try:
            quantity = parse(text)
        except BadInput:
            continue
        assert 1 <= quantity <= most


@given(st.integers(1, MAX_DURATION_S))
def test_a_spelled_duration_reads_back_as_itself(seconds: int) -> None:
    assert parse_duration_s(spell_duration(seconds)) == seconds


@given(st.integers(1, MAX_SIZE_MIB))
def test_spelled_memory_reads_back_as_itself(mebibytes: int) -> None:
    assert parse_memory_mib(spell_memory(mebibytes)) == mebibytes


@given(st.integers(0, 3649), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_a_clock_of_slurm_reads_as_the_time_it_shows(days: int, hours: int, minutes: int, seconds: int) -> None:
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total:
        assert parse_duration_s(f"{days}-{hours:02}:{minutes:02}:{seconds:02}") == total


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1204, "1.20 kB"),
        (9996, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_600, "1.00 MB"),
        (1_200_000, "1.20 MB"),
        (10**15, "1.00 PB"),
    ],
)
def test_sizes_are_shown_with_three_digits(size: int, words: str) -> None:
    assert spell_size(size) == words


@given(st.integers(0, 10**17))
def test_a_shown_size_is_never_longer_than_a_column(size: int) -> None:
    assert len(spell_size(size)) <= 7


def test_durations_for_people_leave_out_what_is_nothing() -> None:
    assert [spell_duration(s) for s in (0, 12, 14_700, 183_600)] == ["0s", "12s", "4h 5m", "2d 3h"]
