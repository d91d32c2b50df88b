"""Configurations are read as NAMD would read them, and nothing in them is ever run."""

from hypothesis import given
from hypothesis import strategies as st

from argosy.engines.namd.config import read_config
from argosy.engines.namd.tcl import commands

PIECES = (
    "set a 5\n", "run $a\n", "run 10 ;# ten\n", "{", "}", '"', "[", "]", "\\", "\\\n", "$", "${a}", "#", ";", "\n",
    " ", "if {1} {", "foreach x {1 2} {", "minimize 100\n", "cutoff = 12\n", "[expr 2*(3", "expr", "a", "12",
)  # fmt: skip


def steps(text: str) -> list[tuple[str, int | None]]:
    return [(action.kind, action.steps) for action in read_config(text).plan]


def test_all_ways_to_give_a_value_are_one() -> None:
    for line in (
        "cutoff 12",
        "cutoff=12",
        "cutoff= 12",
        "cutoff = 12",
        "CutOff {12}",
        "  cutoff\t12   # in A",
        "cutoff 12 ;",
    ):
        assert read_config(line).number("cutoff") == 12, line


def test_a_remark_ends_the_line_of_a_keyword_only_where_a_word_begins_with_it() -> None:
    assert read_config("structure my#1.psf # the first").text("structure") == "my#1.psf"


def test_variables_and_sums_are_put_in() -> None:
    config = read_config(
        "set n 500\nset base seg${n}\noutputname out/$base\nrun [expr $n * 2 - 100]\nminimize [expr {7/2}]"
    )
    assert config.output_name == "out/seg500"
    assert [action.steps for action in config.actions] == [900, 3]


def test_what_only_running_would_tell_is_unknown() -> None:
    config = read_config("structure $file\noutputname [file tail /a/b]\nset n [exec date]\nrun $n")
    assert steps("set n [exec date]\nrun $n") == [("run", None)]
    assert config.last_step is None
    assert config.setting("structure") is not None
    assert config.text("structure") is None


def test_commands_in_braces_are_not_taken_for_settings_and_make_the_end_unknown() -> None:
    config = read_config("if {$x > 1} {\n  run 100\n}\nfor {set i 0} {$i < 5} {incr i} { run 10 }\nrun 50")
    assert config.last_step is None
    assert not config.whole
    assert config.declared == ()


def test_the_plan_is_every_command_or_else_numsteps() -> None:
    assert steps("minimize 100\nreinitvels 300\nrun 200\nrun norepeat 300") == [
        ("minimize", 100),
        ("run", 200),
        ("run", 300),
    ]
    assert steps("firsttimestep 100\nnumsteps 500") == [("run", 400)]
    assert steps("minimization on\nnumsteps 500") == [("minimize", 500)]
    assert read_config("firsttimestep 1000\nminimize 100\nrun 200").last_step == 1300


def test_what_stands_behind_the_first_command_is_a_change() -> None:
    config = read_config("constraintScaling 1\nrun 100\nconstraintScaling 0.5\nrun 100")
    assert config.text("constraintscaling") == "1"
    assert [(one.keyword, one.value, one.line) for one in config.changed] == [("constraintScaling", "0.5", 3)]


def test_lines_are_counted_over_continuations_and_braces() -> None:
    config = read_config("proc f {} {\n puts a\n}\ncutoff \\\n 12\nexclude scaled1-4\nf")
    assert [(one.keyword, one.line, one.last_line) for one in config.declared] == [("cutoff", 4, 5), ("exclude", 6, 6)]


def test_restart_files_are_named_as_namd_names_them() -> None:
    assert read_config("outputname a").restart_name == ""
    assert read_config("outputname a\nrestartfreq 100").restart_name == "a.restart"
    assert read_config("outputname a\nrestartfreq 100\nrestartname b").restart_name == "b"
    assert read_config("outputname a\nrestartfreq 100\nrestartsave on").restart_name == "a"


def test_text_that_never_closes_is_read_in_time_that_grows_with_its_length() -> None:
    for text in ("{\n" * 10_000, '"\n' * 10_000, "a [\n" * 10_000, "{" * 50_000, "[" * 50_000, "$" * 50_000):
        read_config(text)


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_any_text_can_be_read(text: str) -> None:
    config = read_config(text)
    lines = text.count("\n") + 1
    for one in (*config.declared, *config.changed, *config.actions, *config.others):
        assert 1 <= one.line <= one.last_line <= lines
    assert all(command.words for command in commands(text))
