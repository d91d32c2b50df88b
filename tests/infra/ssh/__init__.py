"""A real OpenSSH on loopback: its server, the road to it, its accounts, and the laptop of the one who logs in.

How to use it, from the smallest to the largest:

- ``sshd`` (fixture, one per test module): a private server on a port of its own. ``sshd.port``, ``sshd.person``
  (``name``, ``password``, ``home``), ``sshd.logins()`` counted from its log, ``sshd.cut()`` kills all sessions with
  kill -9, ``sshd.stop()`` and ``sshd.start()`` take the host away and bring it back on the same port.
- ``laptop`` (fixture, one per test): a home directory with ``.ssh/config``, ``.ssh/known_hosts`` and a key that the
  server accepts. ``laptop.add_host("far", sshd)`` writes the entry; ``laptop.ssh("far", "true")`` is the system's ssh.
- ``proxy`` (fixture, one per test): a TCP proxy before ``sshd``: ``stall()``, ``resume()``, ``cut()``, ``refuse()``,
  ``delay_s``, ``after(up=N, do="cut")``. ``laptop.add_host("far", sshd, port=proxy.port)`` goes through it.
- ``two_factor_door`` (fixture, one per test module): a server that asks for the password and then for a second factor,
  with the real ``pam_duo`` before a stand-in of Duo's service: ``door.person_at_phone(push="allow")``.
- ``running_sshd(folder, lines=["MaxSessions 1"], person=person("tcsh", noisy=True))``: a server as a test needs it.
  Its lines come first in sshd_config, where the first one wins. ``sftp=False`` leaves the sftp subsystem out.
- ``running_machine(folder)``: a host of its own (own processes, host name and boot id) that can be switched off;
  ``running_sshd(place=Place(machine))`` serves it.
- ``running_wired_sshd()``: a server at the other end of a real link, whose packets vanish when a test says so.
- ``running_ticket_door(person)``: a server that takes nothing but a ticket of Kerberos, and the realm that gives them.
- ``keys``: keys with and without a passphrase, a certificate authority, an ssh-agent.

Everything needs root and the Debian packages that ``make servers`` installs; where they are missing, tests are skipped
with a message, and fail in CI. Servers listen on loopback only and die with the test process. The accounts
(``sci-bash``, ``sci-tcsh``, ...) stay on the machine, with a password that only root can read.
"""
