from hypothesis import given
from hypothesis import strategies as st

from argosy.core.room import Room, rooms

PLACES = {"root": "/scratch/ada", "scratch": "/local/ada"}
LINES = """\
root on fs1:/export
root free 2097152
root names 5000
root lustre /scratch/ada 1048576* 1048576 2097152 6d23h 200 0 20000000 -
root quota other:/x 10 20 30 0 1 2 3 0
scratch on nfs:/home
scratch free 1024
scratch names -
scratch quota Filesystem blocks quota limit grace files quota limit grace
scratch quota nfs:/home 512000 1024000 2048000 0 42 0 0 0
complete""".splitlines()


def test_quotas_are_those_of_the_very_file_system_and_the_softer_limit_counts() -> None:
    assert rooms(PLACES, LINES) == (
        Room(
            place="root", path="/scratch/ada", used_mib=1024, allowed_mib=1024, free_mib=2048,
            used_files=200, allowed_files=20_000_000, free_files=5000, basis="Lustre",
        ),
        Room(
            place="scratch", path="/local/ada", used_mib=500, allowed_mib=1000, free_mib=1, used_files=42, basis="quota"
        ),
    )  # fmt: skip


def test_a_quota_without_any_limit_is_none() -> None:
    assert rooms({"root": "/a"}, ["root lustre /a 100 0 0 - 5 0 0 -"]) == (Room(place="root", path="/a"),)


@given(st.lists(st.text(max_size=60) | st.sampled_from(["free", "names", "lustre", "quota", "on"]).flatmap(
    lambda word: st.text(alphabet="0123456789 -*/a", max_size=60).map(lambda rest: f"root {word} {rest}")
)))  # fmt: skip
def test_strange_lines_say_nothing(lines: list[str]) -> None:
    (room,) = rooms({"root": "/a"}, lines)
    assert room.path == "/a"
