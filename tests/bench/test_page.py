import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.bench.figures import Again, Aim, Figure, Machine, Report, Row
from tests.bench.page import PAGE, ROOT, filled, publish, renew, source
from tests.bench.tables import number, table

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
MACHINE = Machine(
    processor="Slow 1",
    processors=2,
    memory_gb=4.0,
    system="Debian 12",
    kernel="6.1",
    file_system="ext4",
    load_before=0.1,
)


def jobs_row(*, ours: float, theirs: float, aim: Aim | None = None) -> Row:
    figures = (
        Figure(name="Argosy", values=(ours,), ours=True, beside="Other", aim=aim),
        Figure(name="Other", values=(theirs,)),
    )
    return Row(name="jobs", title="Jobs", how="So.", unit="jobs/s", better="more", figures=figures)


def report(*rows: Row) -> Report:
    ended = BEGAN + timedelta(minutes=1)
    return Report(
        began=BEGAN,
        ended=ended,
        machine=MACHINE,
        versions={"Argosy": "1"},
        settings={"Other": "as it comes"},
        rows=rows,
    )


def test_the_95th_percentile_is_the_smallest_that_95_of_100_do_not_exceed() -> None:
    assert Figure(name="a", values=tuple(range(100, 0, -1))).p95 == 95
    assert Figure(name="a", values=(7.0,)).p95 == 7


def test_an_aim_is_judged_by_what_it_names() -> None:
    slow_tail = Figure(name="a", values=(1.0,) * 90 + (9.0,) * 10)
    row = Row(name="r", title="", how="", unit="ms", figures=(slow_tail,))
    asked = {at: slow_tail.model_copy(update={"aim": Aim(at=at, at_most=5)}) for at in ("median", "p95")}
    assert row.kept(asked["median"]) is True
    assert row.kept(asked["p95"]) is False
    assert row.kept(slow_tail) is None


@pytest.mark.parametrize(("ours", "kept"), [(99.0, False), (100.0, True)])
def test_an_aim_may_be_a_multiple_of_another_figure(ours: float, kept: bool) -> None:
    row = jobs_row(ours=ours, theirs=50, aim=Aim(at_least=2, times="Other"))
    assert row.kept(row.figure("Argosy")) is kept


def test_a_table_says_how_many_times_the_other_it_is_and_whether_the_aim_is_kept() -> None:
    line = table(jobs_row(ours=150, theirs=100, aim=Aim(at_least=200))).splitlines()[2]
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "**Argosy**",
        "150",
        "",
        "150 to 150",
        "1",
        "1.50 times Other",
        "≥ 200 jobs/s: missed",
    ]


def test_numbers_keep_three_digits() -> None:
    assert [number(value) for value in (0.1234, 12.34, 1234.5)] == ["0.12", "12.3", "1,234"]


def test_a_row_that_was_measured_again_takes_the_place_of_the_former_and_says_when(tmp_path: Path) -> None:
    (tmp_path / PAGE).parent.mkdir(parents=True)
    (tmp_path / PAGE).write_text("<!-- figures: where -->\n<!-- end -->\n<!-- figures: jobs -->\n<!-- end -->")
    other = jobs_row(ours=1, theirs=2).model_copy(update={"name": "other"})
    path = publish(report(jobs_row(ours=50, theirs=100), other), tmp_path)
    again = Again(began=BEGAN + timedelta(days=1), versions={"Argosy": "2"}, load_before=0.3)
    assert renew([jobs_row(ours=70, theirs=100)], again, tmp_path) == path
    kept = Report.model_validate_json((tmp_path / path).read_bytes())
    assert [(row.name, row.figure("Argosy").median, row.again) for row in kept.rows] == [
        ("jobs", 70, again),
        ("other", 1, None),
    ]
    text = (tmp_path / PAGE).read_text()
    assert "Measured again on 02 March 2026 at 12:00 UTC, load 0.3, with Argosy 2." in text
    assert "0.70 times Other" in text


@pytest.mark.parametrize(("better", "lost"), [("more", True), ("less", False)])
def test_the_summary_says_where_another_does_better(better: str, lost: bool) -> None:
    row = jobs_row(ours=50, theirs=100).model_copy(update={"better": better})
    text = filled("<!-- figures: summary -->\n<!-- end -->", report(row), "x.json")
    assert ("Jobs: Other 100 jobs/s, Argosy 50.0 jobs/s" in text) is lost


def test_a_floor_is_no_program_that_does_better() -> None:
    row = jobs_row(ours=50, theirs=100)
    ours, other = row.figures
    floored = row.model_copy(update={"figures": (ours, other.model_copy(update={"floor": True}))})
    assert "does better" not in filled("<!-- figures: summary -->\n<!-- end -->", report(floored), "x.json")


@pytest.mark.parametrize(("load", "warned"), [(0.1, False), (3.0, True)])
def test_figures_from_a_busy_machine_say_so(load: float, warned: bool) -> None:
    made = report(jobs_row(ours=1, theirs=2))
    busy = made.model_copy(update={"machine": MACHINE.model_copy(update={"load_before": load})})
    assert ("was busy" in filled("<!-- figures: summary -->\n<!-- end -->", busy, "x.json")) is warned


def test_only_what_lies_between_the_marks_is_written_anew() -> None:
    page = "before\n<!-- figures: jobs -->\nold numbers\n<!-- end -->\nafter\n"
    once = filled(page, report(jobs_row(ours=1, theirs=2)), "x.json")
    assert "old numbers" not in once
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert filled(once, report(jobs_row(ours=1, theirs=2)), "x.json") == once


def test_every_row_that_was_measured_has_its_place_on_the_page() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    kept = Report.model_validate_json((ROOT / PAGE.parent / source(text)).read_bytes())
    assert [row.name for row in kept.rows if f"<!-- figures: {row.name} -->" not in text] == []


def test_a_row_that_was_measured_again_names_only_what_was_new() -> None:
    page = "<!-- figures: where -->\n<!-- end -->\n<!-- figures: jobs -->\n<!-- end -->"
    again = Again(began=BEGAN, versions={"Argosy": "2", "Other": "3", "Newer": "4"}, load_before=0.3)
    old = report(jobs_row(ours=1, theirs=2)).model_copy(update={"versions": {"Argosy": "1", "Other": "3"}})
    where, row = filled(page, old.renewed([jobs_row(ours=1, theirs=2)], again), "x.json").split("<!-- end -->")[:2]
    assert "- Argosy 1, Other 3, Newer 4" in where
    assert "load 0.3, with Argosy 2." in row


def test_a_row_that_is_newer_than_the_run_says_so() -> None:
    page = "<!-- figures: later -->\nx\n<!-- end -->\n"
    assert "Not measured yet" in filled(page, report(jobs_row(ours=1, theirs=2)), "x.json")


def test_a_page_with_a_mark_that_no_row_is_for_is_not_published(tmp_path: Path) -> None:
    (tmp_path / PAGE.parent).mkdir()
    (tmp_path / PAGE).write_text("<!-- figures: jobz -->\n<!-- end -->\n")
    with pytest.raises(AssertionError, match="jobz"):
        publish(report(jobs_row(ours=1, theirs=2)), tmp_path)


def test_results_are_written_with_their_day_and_read_back_as_they_were(tmp_path: Path) -> None:
    (tmp_path / PAGE.parent).mkdir()
    (tmp_path / PAGE).write_text("<!-- figures: where -->\n<!-- end -->\n")
    made = report(jobs_row(ours=1, theirs=2))
    path = publish(made, tmp_path)
    assert path == Path("docs/results/bench-2026-03-01.json")
    assert Report.model_validate_json((tmp_path / path).read_text()) == made
    assert source((tmp_path / PAGE).read_text()) == "results/bench-2026-03-01.json"


def test_the_page_says_what_its_results_file_says() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    path = ROOT / PAGE.parent / source(text)
    assert filled(text, Report.model_validate_json(path.read_text(encoding="utf-8")), path.name) == text
    assert not re.search(r"figures: [a-z-]+ -->\n<!-- end", text), "a table is empty"
