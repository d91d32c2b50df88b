"""Everything that a far machine refuses: it is told with a remedy, jobs wait, and they go on once it is put right."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.infra.ssh.calling import rewrite
from tests.infra.ssh.desk import Desk, running_desk
from tests.infra.ssh.door import TwoFactorDoor
from tests.infra.ssh.keys import fingerprint, make_key, running_agent
from tests.infra.ssh.sshd import Sshd, running_sshd

pytestmark = pytest.mark.infra

PASSWORD_ONLY = ("KbdInteractiveAuthentication no", "PubkeyAuthentication no")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


# --- Logins ----------------------------------------------------------------------------------------------------------


def test_after_a_wrong_password_the_job_waits_for_the_right_one(desk: Desk) -> None:
    with running_sshd(lines=PASSWORD_ONLY) as sshd:
        target = desk.target(sshd)
        job = desk.submit(target)
        assert desk.trouble(job, "waits for your login")["hint"] == f"argosy connect {target}"
        refusal = desk.refused(target, "wrong")
        assert "refused the login of" in refusal.message
        assert "it did not take the password" in refusal.message
        assert f"argosy connect {target}" in refusal.hint
        assert desk.server.fate(job) == "queued"
        assert sshd.refusals() == 1
        desk.log_in(target, sshd.person.password)
        desk.succeeds(job)


def test_after_a_refused_second_factor_the_job_waits_for_another_one(
    desk: Desk, two_factor_door: TwoFactorDoor
) -> None:
    sshd = two_factor_door.sshd
    target = desk.target(sshd)
    job = desk.submit(target)
    two_factor_door.person_at_phone(push="deny")
    refusal = desk.refused(target, sshd.person.password, "1", "1", "1")
    assert "refused the login of" in refusal.message
    assert f"argosy connect {target}" in refusal.hint
    assert desk.server.fate(job) == "queued"
    two_factor_door.person_at_phone(push="allow")
    desk.log_in(target, sshd.person.password, "1")
    desk.succeeds(job)


def test_an_unknown_host_is_shown_with_its_fingerprint_and_approved_once(desk: Desk) -> None:
    with running_sshd() as sshd:
        target = desk.target(sshd)
        desk.laptop.forget_hosts()
        job = desk.submit(target)
        trouble = desk.trouble(job, "is not known yet")
        assert fingerprint(sshd.host_key()) in trouble["message"]
        assert trouble["hint"].endswith(f"approve it: argosy connect {target}")
        assert "was not approved" in desk.refused(target, "no").message
        desk.log_in(target, "yes")
        desk.succeeds(job)


def test_a_changed_host_key_keeps_everything_back_until_the_old_one_is_removed(desk: Desk) -> None:
    with running_sshd() as sshd:
        target = desk.target(sshd)
        sshd.change_host_keys()
        job = desk.submit(target)
        desk.trouble(job, "shows another host key")
        refusal = desk.refused(target, "yes")
        assert "Somebody may be listening" in refusal.message
        assert re.search(rf"remove line \d+ of {re.escape(str(desk.laptop.known_hosts))}", refusal.hint)
        assert desk.server.fate(job) == "queued"
        assert sshd.logins() == 0
        desk.laptop.forget_hosts()
        desk.log_in(target, "yes")
        desk.succeeds(job)


def test_a_wrong_passphrase_is_asked_for_again_and_the_job_waits(desk: Desk) -> None:
    key = make_key(desk.laptop.key.with_name("locked"), passphrase="open sesame")
    with running_sshd(lines=["AuthenticationMethods publickey"]) as server:
        target = desk.target(server, key=key)
        job = desk.submit(target)
        assert "is locked" in desk.trouble(job, "waits for your login")["message"]
        refusal = desk.refused(target, "wrong", "wronger", "wrongest")
        assert "does not open it" in desk.asked[-1].words
        assert "refused the login" in refusal.message
        assert f"argosy connect {target}" in refusal.hint
        desk.log_in(target, "open sesame")
        desk.succeeds(job)


def test_an_agent_that_is_gone_is_named_and_the_job_waits_until_it_is_back(desk: Desk, tmp_path: Path) -> None:
    key = make_key(tmp_path / "held")
    with running_sshd(lines=["AuthenticationMethods publickey"]) as sshd:
        target = desk.target(sshd, lines=(f"IdentityAgent {tmp_path / 'agent'}",), key=key)
        held = key.rename(tmp_path / "away")
        job = desk.submit(target)
        gone = f"the agent at {tmp_path / 'agent'} does not answer"
        assert gone in desk.trouble(job, "waits for")["message"]
        refusal = desk.refused(target)
        assert "had nothing to let" in refusal.message
        assert gone in refusal.message
        assert f"argosy connect {target}" in refusal.hint
        with running_agent(tmp_path, held):
            desk.log_in(target)
            desk.succeeds(job)


# --- Servers that are busy or narrow ---------------------------------------------------------------------------------


def test_a_server_that_opens_one_session_at_a_time_runs_jobs_with_files(desk: Desk) -> None:
    with running_sshd(lines=["MaxSessions 1"]) as sshd:
        target = desk.target(sshd)
        files = [{"name": f"{number}", "text": "x" * number} for number in range(3)]
        jobs = [desk.submit(target, "sh", "-c", "cat 0 1 2 > out", rendered=files, outputs=["out"]) for _ in range(4)]
        for job in jobs:
            desk.succeeds(job)


def test_a_server_with_too_many_logins_under_way_is_left_alone_and_tried_again(desk: Desk) -> None:
    with running_sshd() as sshd:
        rewrite(sshd, lambda text: text.replace("MaxStartups 100:30:200", "MaxStartups 1:100:1"))
        target = desk.target(sshd)
        with socket.create_connection(("127.0.0.1", sshd.port)) as other:
            assert other.recv(4) == b"SSH-"  # somebody else has begun to log in, and takes his time
            job = desk.submit(target)
            trouble = desk.trouble(job, "hung up before the login began")
            assert "MaxStartups" in trouble["hint"]
            assert "tried again later" in trouble["hint"]
        desk.succeeds(job)


# --- Places that will not do -----------------------------------------------------------------------------------------


@contextmanager
def mounted(place: Path, sshd: Sshd, options: str) -> Iterator[Path]:
    """A file system of its own at this place, owned by the one who logs in."""
    place.mkdir(parents=True)
    owner = f"uid={sshd.person.uid},gid={sshd.person.gid},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"{options},{owner}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def remount(place: Path, options: str) -> None:
    """Change the options of a file system in place."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)


@pytest.fixture
def place(sshd: Sshd) -> Path:
    """A directory that is not there yet, where the one who logs in may look."""
    return Path("/run") / f"argosy-place-{os.getpid()}-{sshd.port}"


def test_a_full_place_keeps_jobs_waiting_until_there_is_room(desk: Desk, sshd: Sshd, place: Path) -> None:
    with mounted(place, sshd, "size=64k") as small:
        target = desk.target(sshd, root=small / "argosy")
        (small / "ballast").write_bytes(bytes(48 << 10))
        job = desk.submit(target, "cat", "big", rendered=[{"name": "big", "text": "x" * 200_000}])
        assert "Make room" in desk.trouble(job, "No space left on device")["hint"]
        assert desk.server.fate(job) == "queued"
        findings = desk.server.ask("POST", f"/targets/{target}/check")["findings"]
        assert any(finding["where"] == "root" for finding in findings)
        remount(small, "size=64m")
        desk.succeeds(job)


def test_a_place_that_cannot_be_written_keeps_jobs_waiting_until_it_can(desk: Desk, sshd: Sshd, place: Path) -> None:
    with mounted(place, sshd, "size=8m,ro") as closed:
        target = desk.target(sshd, root=closed / "argosy")
        job = desk.submit(target)
        desk.trouble(job, "Read-only file system")
        (finding, *_) = desk.server.ask("POST", f"/targets/{target}/check")["findings"]
        assert (finding["where"], finding["severity"]) == ("root", "error")
        assert "on a read-only file system" in finding["what"]
        assert f"argosy target edit {target} --set root=PATH" in finding["remedy"]
        remount(closed, "rw")
        desk.succeeds(job)


def test_a_root_inside_a_file_fails_no_job_and_another_root_lets_them_go(desk: Desk, sshd: Sshd) -> None:
    file = sshd.person.own(sshd.person.folder(sshd.person.home / f"inside-{sshd.port}"))
    (file / "file").write_text("no directory")
    target = desk.target(sshd, root=file / "file" / "argosy")
    jobs = [desk.submit(target) for _ in range(2)]
    for job in jobs:
        assert "choose another place" in desk.trouble(job, "Not a directory")["hint"]
    (finding, *_) = desk.server.ask("POST", f"/targets/{target}/check")["findings"]
    assert finding["what"] == f"{file}/file/argosy cannot be made: {file}/file is a file"
    desk.put(target, file / "argosy")
    for job in jobs:
        desk.succeeds(job)


def test_a_machine_without_tar_fails_no_job_and_tells_what_to_install(desk: Desk) -> None:
    with running_sshd() as bare:
        programs = bare.directory / "bin"
        programs.mkdir()
        for program in (*Path("/usr/bin").iterdir(), *Path("/bin").iterdir()):
            if program.name != "tar" and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
        config = bare.directory / "sshd_config"
        config.write_text(f"SetEnv PATH={programs}\n{config.read_text()}")
        bare.stop()
        bare.start()
        target = desk.target(bare)
        job = desk.submit(target)
        trouble = desk.trouble(job, "tar")
        assert "Argosy needs tar on the target" in trouble["hint"]
        (finding,) = desk.server.ask("POST", f"/targets/{target}/check")["findings"]
        assert (finding["where"], finding["what"]) == ("programs", "tar is not there")
        (programs / "tar").symlink_to("/bin/tar")
        desk.succeeds(job)
