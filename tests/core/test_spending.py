from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.quantities import parse_duration_s, parse_memory_mib
from argosy.core.spending import Spent, advice


def spent(**facts: Any) -> Spent:
    given = {"elapsed_s": 3600, "cpus": 8, "cpu_s": 8 * 3400, "memory_mib": 8192, "peak_memory_mib": 6000}
    return Spent.model_validate(given | {"walltime_s": 4000} | facts)


def said(one: Spent) -> dict[str, str]:
    return {finding.where: f"{finding.what}. {finding.remedy}" for finding in advice(one)}


def test_efficiency_is_what_was_used_of_what_was_held() -> None:
    one = spent(cpu_s=14_400, peak_memory_mib=2048, gpus=2)
    assert (one.cpu_efficiency, one.memory_efficiency, one.walltime_efficiency) == (0.5, 0.25, 0.9)
    assert (one.core_hours, one.gpu_hours) == (8, 2)


def test_what_is_not_known_has_no_efficiency() -> None:
    one = Spent(elapsed_s=0, cpus=0)
    assert (one.cpu_efficiency, one.memory_efficiency, one.walltime_efficiency) == (None, None, None)
    assert advice(one) == ()


def test_a_request_that_fits_needs_no_advice() -> None:
    assert said(spent()) == {}


def test_idle_processors_unused_memory_and_a_long_walltime_are_told_with_what_to_ask_for() -> None:
    told = said(spent(cpu_s=3600 * 2, peak_memory_mib=1000, memory_mib=65_536, walltime_s=86_400))
    assert told["cpus"].startswith("only 2.0 of its 8 processors were busy")
    assert "about 3," in told["cpus"]
    assert "--memory 1280MiB" in told["memory"]
    assert "--walltime 1h30m" in told["walltime"]


def test_memory_that_was_nearly_all_used_is_a_warning_of_the_next_time() -> None:
    assert "--memory 10GiB" in said(spent(peak_memory_mib=8100))["memory"]


def test_idle_gpus_are_told_where_the_site_counts_them() -> None:
    assert "busy for 3%" in said(spent(gpus=2, gpu_share=0.03))["gpus"]
    assert "gpus" not in said(spent(gpus=2))


@pytest.mark.parametrize("facts", [{"elapsed_s": 59}, {"cpus": 1, "cpu_s": 10}])
def test_what_was_short_or_had_one_processor_is_no_guide(facts: dict[str, float]) -> None:
    assert "cpus" not in said(spent(**facts))


@given(
    st.floats(min_value=60, max_value=1e6),
    st.integers(min_value=1, max_value=1000),
    st.integers(min_value=1, max_value=1 << 22),
    st.integers(min_value=1, max_value=1 << 22),
    st.floats(min_value=60, max_value=1e6),
)
def test_what_is_advised_can_be_asked_for_and_is_enough(
    elapsed_s: float, cpus: int, memory_mib: int, peak_mib: int, walltime_s: float
) -> None:
    one = Spent(elapsed_s=elapsed_s, cpus=cpus, memory_mib=memory_mib, peak_memory_mib=peak_mib, walltime_s=walltime_s)
    told = said(one)
    if "--memory " in told.get("memory", ""):
        assert parse_memory_mib(told["memory"].split("--memory ")[1].split(":")[0].rstrip(".")) >= peak_mib
    if "walltime" in told:
        assert elapsed_s <= parse_duration_s(told["walltime"].split("--walltime ")[1].split(":")[0]) <= walltime_s
