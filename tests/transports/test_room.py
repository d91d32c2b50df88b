"""Free space and quotas, as ``df``, ``quota``, ``lfs`` and ``beegfs-ctl`` tell of them."""

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from argosy.contracts import Parcel, Stored
from argosy.core.errors import NoRoom
from argosy.core.names import spell
from argosy.core.target import Target
from argosy.transports import room
from argosy.transports.far.far import Far
from argosy.transports.local import open_local
from tests.contracts.surroundings import Noted
from tests.contracts.transport_suite import names_in, stored
from tests.transports.far.sh_line import ShLine

MIB = 1 << 20
LINUX = """device /dev/sdb1
quota Disk quotas for user ada (uid 1000):
quota      Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
quota      /dev/sda1  900000* 800000 1000000 604800     100       0       0       0
quota      /dev/sdb1   {used} {soft} {hard}       0     {files} 0   {most}       0
quota Disk quotas for group ada (gid 1000): none"""
LUSTRE = "device 10.0.0.1@tcp:/work\nlustre      /lustre/work/ada  {used}*  {soft}  {hard}  -  {files}  0  {most}  -"
BEEGFS = "device beegfs_nodev\nbeegfs name,id,size,hard,files,hard\nbeegfs ada,1000,{bytes},{hard_bytes},{files},{most}"


def said(form: str, *, used: int = 0, soft: int = 0, hard: int = 0, files: int = 0, most: int = 0) -> list[str]:
    """What a program says of so many KiB and files."""
    facts = {"bytes": used * 1024, "hard_bytes": hard * 1024 or "unlimited"}
    return form.format(used=used, soft=soft, hard=hard, files=files, most=most, **facts).splitlines()


@pytest.mark.parametrize("form", [LINUX, LUSTRE, BEEGFS])
def test_what_a_quota_leaves_is_told_in_numbers(form: str) -> None:
    room.check("/work", said(form, used=1024, hard=9 * 1024), needed=6 * MIB, files=1)
    with pytest.raises(NoRoom, match="your quota at /work leaves 8 MiB, and 9 MiB are to be sent") as full:
        room.check("/work", said(form, used=1024, hard=9 * 1024), needed=8 * MIB, files=1)
    assert "waiting jobs go on by themselves" in full.value.hint
    with pytest.raises(NoRoom, match="leaves 0 MiB"):
        room.check("/work", said(form, used=4000, hard=2000), needed=1, files=1)
    with pytest.raises(NoRoom, match="leaves 2 files, and 3 are to be sent"):
        room.check("/work", said(form, files=98, most=100), needed=1, files=3)


@pytest.mark.parametrize("form", [LINUX, LUSTRE, BEEGFS])
def test_where_there_is_no_limit_everything_fits(form: str) -> None:
    room.check("/work", said(form, used=10**9, files=10**6), needed=10**12, files=10**6)


@pytest.mark.parametrize("form", [LINUX, LUSTRE])
def test_a_soft_limit_counts_where_there_is_no_hard_one(form: str) -> None:
    with pytest.raises(NoRoom, match="leaves 1 MiB"):
        room.check("/work", said(form, soft=1024), needed=MIB, files=1)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "quota",
        "quota /dev/sdb1 1 2",
        "lustre [12]* 3 4 - 5 6 7 -",
        "lustre Some errors happened",
        "beegfs a,b",
        "free x",
    ],
)
def test_what_cannot_be_understood_does_not_count(line: str) -> None:
    room.check("/work", ["device /dev/sdb1", line], needed=10**12, files=1)


def test_free_space_is_told_in_numbers() -> None:
    with pytest.raises(NoRoom, match="/work has 3 MiB free, and 5 MiB are to be sent"):
        room.check("/work", ["free 3072"], needed=4 * MIB, files=1)
    room.check("/work", ["free 0"], needed=0, files=0)


# --- Both kinds of machine, with a program that says what one with quotas says ---


@pytest.fixture
def bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which 20 MiB and any number of files are left to everybody, on whatever file system."""
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "quota"
    program.write_text("""#!/bin/sh
device=$(df -Pk "$PWD_OF_TEST" | { read -r _; read -r device _; printf %s "$device"; })
echo 'Disk quotas for user ada (uid 1000):'
echo "  $device 1024* 0 21504 0 7 0 0 0"
exit 1
""")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("PWD_OF_TEST", str(tmp_path))
    return tmp_path


@pytest.fixture
async def far(bound: Path) -> AsyncIterator[Far]:
    (bound / "root").mkdir()
    far = Far(ShLine(environment=dict(os.environ)), spell(os.fsencode(bound / "root")), Noted())
    yield far
    await far.close()


def parcel(top: Path, *items: Stored) -> list[Parcel]:
    return [Parcel(directory=f"{top}/root/job", items=items)]


async def test_a_far_machine_refuses_before_anything_is_sent(far: Far, bound: Path) -> None:
    assert list(await far.place(parcel(bound, stored("few", b"x" * 10 * MIB, bound)))) == [None]
    with pytest.raises(NoRoom, match=r"your quota at .* leaves 20 MiB, and 31 MiB"):
        await far.place(parcel(bound, stored("more", b"y" * 30 * MIB, bound)))
    assert await names_in(far, f"{bound}/root/job") == ["few"]
    assert not list((bound / "root/content").glob(".part-*"))


async def test_this_machine_refuses_before_anything_is_copied(bound: Path) -> None:
    local = open_local(Target(name="local", root="/"), Noted())
    few = stored("few", b"x" * 19 * MIB, bound, mutable=True)
    more = stored("more", b"y" * 2 * MIB, bound, mutable=True)
    with pytest.raises(NoRoom, match=r"your quota at .* leaves 20 MiB, and 22 MiB"):
        await local.place(parcel(bound, few, more))
    assert await names_in(local, f"{bound}/root/job") == []
    assert list(await local.place(parcel(bound, few))) == [None]
    assert list(await local.place(parcel(bound, few, more))) == [None]
