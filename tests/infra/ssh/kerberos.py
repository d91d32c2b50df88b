"""A Kerberos realm of its own on loopback: MIT's real key distribution centre, and those who hold its tickets."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.infra.postgres import refuse
from tests.infra.ssh.people import Person, need_root
from tests.infra.ssh.sshd import Place, Sshd, free_port, running_sshd
from tests.infra.wrapped import PATIENCE_S, demanded, until

REALM = "ARGOSY.TEST"
CENTRE, ADMIN = Path("/usr/sbin/krb5kdc"), Path("/usr/sbin/kadmin.local")
KRB5 = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
  clockskew = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""
KDC = """\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 1d
  }}
"""


@dataclass(frozen=True)
class Realm:
    """The centre, and one cache of tickets: that of the laptop whose user logs in."""

    folder: Path
    port: int
    password: str = field(default_factory=secrets.token_hex, repr=False)

    @property
    def here(self) -> dict[str, str]:
        """The environment by which a program belongs to the realm, and finds the tickets; nothing else is asked."""
        return {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5CCNAME": f"FILE:{self.folder}/tickets"}

    @property
    def there(self) -> dict[str, str]:
        """The environment of a service that takes tickets."""
        return {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5_KTNAME": f"FILE:{self.folder}/keytab"}

    def get_ticket(self, person: Person, *, lasts: str = "1h") -> None:
        """What a person does with kinit."""
        words = ["-l", lasts, f"{person.name}@{REALM}"]
        self._run("kinit", *words, said=f"{self.password}\n")

    def drop_tickets(self) -> None:
        """Have no ticket any more."""
        self._run("kdestroy", "-q")

    def has_ticket(self) -> bool:
        """Whether there is a ticket that has not run out."""
        command = [demanded("klist"), "-s"]
        return subprocess.run(command, env=os.environ | self.here, check=False).returncode == 0

    def set_up(self, person: Person) -> None:
        """Make the realm with this person in it, and with the service of this machine's SSH."""
        (self.folder / "krb5.conf").write_text(KRB5.format(realm=REALM, port=self.port))
        (self.folder / "kdc.conf").write_text(KDC.format(realm=REALM, port=self.port, folder=self.folder))
        self._run("/usr/sbin/kdb5_util", "create", "-r", REALM, "-s", "-P", secrets.token_hex())
        for words in (
            f"addprinc -pw {self.password} {person.name}",
            "addprinc -randkey host/127.0.0.1",
            f"ktadd -k {self.folder}/keytab host/127.0.0.1",
        ):
            self._run(str(ADMIN), "-r", REALM, "-q", words)

    def answers(self) -> bool:
        """Whether the centre takes questions."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    @property
    def centre(self) -> dict[str, str]:
        """The environment of the centre itself."""
        return self.here | {"KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}

    def _run(self, program: str, *words: str, said: str = "") -> None:
        command = [program if program.startswith("/") else demanded(program), *words]
        done = subprocess.run(
            command,
            env=os.environ | self.centre,
            input=said,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout} {done.stderr}"


@contextmanager
def running_realm(person: Person) -> Iterator[Realm]:
    """A realm that knows this person and the SSH of this machine; gone with its tickets afterwards."""
    need_root()
    if not (CENTRE.exists() and ADMIN.exists()):
        refuse("Kerberos is not installed: install krb5-kdc, krb5-admin-server and krb5-user, or run `make servers`")
    with TemporaryDirectory(prefix="argosy-realm-") as directory:
        realm = Realm(Path(directory), free_port())
        realm.set_up(person)
        with (realm.folder / "log").open("wb") as log:
            command = ["setpriv", "--pdeathsig=KILL", "--", str(CENTRE), "-n", "-r", REALM]
            centre = subprocess.Popen(command, env=os.environ | realm.centre, stdout=log, stderr=log)
        try:
            until(realm.answers, f"the centre answers: {(realm.folder / 'log').read_text()}")
            yield realm
        finally:
            centre.kill()
            centre.wait()


@contextmanager
def running_ticket_door(person: Person) -> Iterator[tuple[Sshd, Realm]]:
    """A server that takes nothing but a ticket, and the realm that gives them."""
    lines = ["GSSAPIAuthentication yes", "GSSAPIStrictAcceptorCheck no", "AuthenticationMethods gssapi-with-mic"]
    with (
        running_realm(person) as realm,
        running_sshd(person, lines=lines, place=Place(surroundings=realm.there)) as sshd,
    ):
        yield sshd, realm
