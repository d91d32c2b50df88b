"""Logs of both versions, whole and in parts."""

from argosy.core.outputs import Excerpt
from argosy.engines.namd.cell_files import read_cells, read_step
from argosy.engines.namd.config import read_config
from argosy.engines.namd.log import read_log
from argosy.engines.namd.progress import progress_of

TITLE = "ETITLE:      TS           BOND          TOTAL           TEMP      POTENTIAL       PRESSURE         VOLUME\n\n"
HEAD = (
    "Charm++> Running in Multicore mode: 4 threads\n"
    "Info: NAMD 3.0.1 for Linux-x86_64-multicore\n"
    "Info: TIMESTEP               2\n"
    "Info: STRUCTURE SUMMARY:\n"
    "Info: 92224 ATOMS\n"
)


def whole(text: str) -> Excerpt:
    return Excerpt(text=text, size=len(text))


def part(text: str) -> Excerpt:
    return Excerpt(text=text, size=10 * len(text) + 1, complete=False)


def row(step: int, total: str = "-250000.1250") -> str:
    return f"ENERGY: {step:7d}  1000.0000 {total} 300.2500 -300000.0000 12.5000 920000.0000\n\n"


def timing(step: int, wall: str = "0.01") -> str:
    return (
        f"TIMING: {step}  CPU: 10.1, 0.009/step  Wall: 10.2, {wall}/step, 0.5 hours remaining, "
        "232.5 MB of memory in use.\n"
    )


def test_columns_are_known_by_their_names() -> None:
    other = "ETITLE:      TS          TOTAL           BOND\n"
    log = read_log(whole(TITLE + row(0) + other + "ENERGY:       1   5.0   6.0\n"))
    first, second = log.energies(0), log.energies(1)
    assert first is not None
    assert second is not None
    assert (first.found["TOTAL"], second.found["TOTAL"]) == (-250000.125, 5.0)


def test_a_blow_up_is_no_number() -> None:
    for value in ("9999999999.9999", "-9999999999.9999", "nan", "-nan", "inf"):
        energies = read_log(whole(TITLE + row(100, value))).energies(-1)
        assert energies is not None
        assert not energies.sound
        assert "TOTAL" not in energies.found
    assert read_log(whole(TITLE + row(100))).energies(-1).sound  # type: ignore[union-attr]


def test_speeds_of_both_versions_are_one_unit() -> None:
    run = "TCL: Running for 1000 steps\n"
    config = read_config("timestep 2\nrun 1000")
    speeds = []
    for line in (
        timing(500, "0.01728"),
        "PERFORMANCE: 500  averaging 10 ns/day, 0.01728 sec/step with standard deviation 0.001\n",
        "Info: Benchmark time: 16 CPUs 0.01728 s/step 0.1 days/ns 232.489 MB memory\n",
        "Info: Benchmark time: 16 CPUs 0.01728 s/step 10 ns/day 232.489 MB memory\n",
    ):
        progress = progress_of(config, read_log(whole(HEAD + run + TITLE + row(500) + line)))
        assert progress is not None
        assert progress.rate_unit == "ns/day"
        speeds.append(progress.rate)
    assert [round(speed or 0, 9) for speed in speeds] == [10.0, 10.0, 10.0, 10.0]


def test_progress_counts_over_all_commands_and_from_where_it_began() -> None:
    config = read_config("timestep 2\nfirsttimestep 1000\nminimize 500\nrun 1500\n")
    lines = part("cut\nTCL: Running for 1500 steps\n" + TITLE + row(2000) + timing(2000, "0.01728"))
    progress = progress_of(config, read_log(lines))
    assert progress is not None
    assert (progress.step, progress.total, progress.fraction) == (1000, 2000, 0.5)
    assert progress.remaining_s is not None
    assert round(progress.remaining_s, 6) == 17.28
    assert progress.metrics["Temperature (K)"] == 300.25
    assert progress.metrics["Volume (Å³)"] == 920000


def test_a_minimisation_has_no_speed() -> None:
    config = read_config("minimize 500\nrun 1500\n")
    progress = progress_of(config, read_log(part("cut\n" + TITLE + timing(300) + row(400))))
    assert progress is not None
    assert (progress.step, progress.rate, progress.remaining_s) == (400, None, None)


def test_a_part_without_the_names_of_its_columns_still_tells_the_step() -> None:
    log = read_log(part("0.0 1.0\n" + row(700)))
    assert log.step == 700
    energies = log.energies(-1)
    assert energies is not None
    assert energies.found == {}


def test_a_line_that_is_cut_is_left_out() -> None:
    log = read_log(whole(TITLE + row(100) + "ENERGY:     20"))
    assert log.step == 100
    assert read_log(part("ENERGY:     999 1 2\n" + row(100))).step == 100


def test_the_last_restart_that_was_finished_is_known() -> None:
    lines = [
        f"WRITING VELOCITIES TO RESTART FILE AT STEP {step}\nFINISHED WRITING RESTART VELOCITIES\n"
        for step in (100, 200)
    ]
    assert read_log(whole("".join(lines) + "WRITING VELOCITIES TO RESTART FILE AT STEP 300\n")).restarts == [100, 200]


def test_faults_are_kept_and_warnings_are_none() -> None:
    log = read_log(
        whole(
            "Warning: Low global exclusion count!  (1 vs 2)\n"
            "ERROR: Margin is too small for 1 atoms during timestep 5.\n"
            "ERROR: Constraint failure; simulation has become unstable.\nFATAL ERROR: Exiting prematurely\n"
        )
    )
    assert [line.split(";")[0] for line in log.faults] == [
        "ERROR: Constraint failure",
        "FATAL ERROR: Exiting prematurely",
    ]


LABELS = "# NAMD extended system trajectory file\n#$LABELS step a_x a_y a_z b_x b_y b_z c_x c_y c_z o_x o_y o_z\n"


def test_the_cell_is_read_by_its_labels() -> None:
    rows = read_cells(whole(LABELS + "0 80 0 0 0 3 4 0 0 90 0 0 0\n100 81 0 0 0 3 4 0 0 90 0 0 0\n20"))
    assert [(one.step, one.lengths) for one in rows] == [
        (0, {"a": 80.0, "b": 5.0, "c": 90.0}),
        (100, {"a": 81.0, "b": 5.0, "c": 90.0}),
    ]


def test_directions_that_are_not_periodic_have_no_length() -> None:
    labels = "#$LABELS step c_x c_y c_z o_x o_y o_z s_x s_y s_z s_u s_v s_w\n"
    (found,) = read_cells(whole(labels + "5 0 0 90 0 0 0 0 0 0 0 0 0\n"))
    assert found.lengths == {"c": 90.0}


def test_a_cell_that_is_cut_has_no_step() -> None:
    assert read_step(LABELS + "500 80 0 0 0 80 0 0 0 80 0 0 0\n") == 500
    for text in ("", LABELS, LABELS + "500 80 0 0 0 80", LABELS + "500 80 0 0 0 80 0 0 0 80 0 0 0", "500 80\n"):
        assert read_step(text) is None
