"""Why ssh did not log in, in our words: its own are recognised here alone."""

import errno
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace

from argosy.core.errors import NeedsLogin, TargetError, Unreachable
from argosy.transports.ssh import refusals
from argosy.transports.ssh.system.config import Facts
from argosy.transports.ssh.system.overheard import Overheard

OTHER_MEANS = "Ask its administrator which way of logging in is meant for you, and set it up in ~/.ssh/config."

_DENIED = re.compile(r"(?:(\S+?)@(\S+): )?Permission denied \(([^)]*)\)")
_UNRESOLVED = re.compile(r"Could not resolve hostname (\S+?):")
_SENT = re.compile(r"fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?(?:\n|$)")
_OFFENDING = re.compile(r"Offending (\S+) key in (.+):(\d+)")

_LAST = 3
"""How many of the last lines are told where none is understood."""


@dataclass(frozen=True)
class _Failure:
    """A login that failed, and the line that says why."""

    heard: Overheard
    line: str
    target: str
    person: bool

    @property
    def place(self) -> Facts:
        return self.heard.place


def explained(heard: Overheard, target: str, *, person: bool) -> TargetError:
    """The error that tells what went wrong; the first line that is understood counts, since others follow from it."""
    for line in heard.lines:
        for sign, trouble in _SIGNS:
            if sign in line:
                return trouble(_Failure(heard, line, target, person))
    return Unreachable(f"{heard.place.host} cannot be reached: {heard.last_words()}")


def unanswered(heard: Overheard, target: str, *, person: bool) -> NeedsLogin:
    """The machine wants what only a person can give, or did not take what they gave."""
    return refusals.refused(heard.place, heard.login, target, person=person, other=OTHER_MEANS)


def _changed(failure: _Failure) -> TargetError:
    text = "\n".join(failure.heard.lines)
    sent, offending = _SENT.search(text), _OFFENDING.search(text)
    shown = f"{sent[1]} key {sent[2]}" if sent else failure.heard.shown
    known, line = "another", "its line of known_hosts"
    if offending:
        known, line = f"{offending[1]} ({offending[2]}:{offending[3]})", f"line {offending[3]} of {offending[2]}"
    return refusals.changed_key(failure.place.host, shown, failure.target, known=known, line=line)


def _revoked(failure: _Failure) -> TargetError:
    return refusals.revoked_key(failure.place.host, failure.heard.shown, "in a file of known hosts")


def _unverified(failure: _Failure) -> TargetError:
    return refusals.new_key(failure.place.host, failure.heard.shown, failure.target)


def _unresolved(failure: _Failure) -> TargetError:
    found = _UNRESOLVED.search(failure.line)
    place = replace(failure.place, host=found[1]) if found else failure.place
    return refusals.network(socket.gaierror(), place)


def _network(code: int) -> Callable[[_Failure], TargetError]:
    def trouble(failure: _Failure) -> TargetError:
        return refusals.network(OSError(code, failure.line.rpartition(": ")[2]), failure.place)

    return trouble


def _denied(failure: _Failure) -> TargetError:
    heard = failure.heard
    if found := _DENIED.search(failure.line):
        heard.login.methods = tuple(dict.fromkeys([*heard.login.methods, *found[3].split(",")]))
    return unanswered(heard, failure.target, person=failure.person)


def _too_many(failure: _Failure) -> TargetError:
    return refusals.too_many_tries(failure.place, failure.heard.login, failure.target)


def _no_ssh(failure: _Failure) -> TargetError:
    return refusals.no_ssh_there(failure.place, failure.line)


def _nothing_in_common(failure: _Failure) -> TargetError:
    return Unreachable(
        f"{failure.place.host} and the system's ssh have no way of encryption in common: {failure.line}",
        hint="Allow what the machine offers in ~/.ssh/config, as far as that is safe.",
    )


def _config(failure: _Failure) -> TargetError:
    return NeedsLogin(
        f"the configuration of SSH for {failure.place.host} cannot be used: {failure.line}", hint="Repair it."
    )


def _no_program(failure: _Failure) -> TargetError:
    return NeedsLogin(
        f"ssh could not run the program that asks you: {failure.line}",
        hint="Set XDG_RUNTIME_DIR to a directory of yours where programs may be run, and restart: argosy server stop",
    )


def _hung_up(failure: _Failure) -> TargetError:
    """It may be the machine, or a program of ours on the way there, which has told why just before."""
    lines, host = failure.heard.lines, failure.place.host
    words = "; ".join(lines[-_LAST:])
    if failure.heard.login.methods:
        return Unreachable(f"{host} hung up during the login: {words}")
    if lines[0] != failure.line:
        hint = "Look at ProxyCommand and ProxyJump in ~/.ssh/config."
        return Unreachable(f"{host} cannot be reached: {words}", hint=hint)
    return refusals.hung_up_early(failure.place)


_SIGNS: tuple[tuple[str, Callable[[_Failure], TargetError]], ...] = (
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", _changed),
    ("REVOKED HOST KEY", _revoked),
    ("Host key verification failed", _unverified),
    ("Could not resolve hostname", _unresolved),
    ("Connection refused", _network(errno.ECONNREFUSED)),
    ("timed out", _network(errno.ETIMEDOUT)),
    ("No route to host", _network(errno.EHOSTUNREACH)),
    ("Network is unreachable", _network(errno.ENETUNREACH)),
    ("Host is down", _network(errno.EHOSTDOWN)),
    ("banner line", _no_ssh),
    ("invalid format", _no_ssh),
    ("Bad remote protocol version", _no_ssh),
    ("Unable to negotiate", _nothing_in_common),
    ("Too many authentication failures", _too_many),
    ("Permission denied (", _denied),
    ("Bad configuration option", _config),
    ("Bad owner or permissions", _config),
    ("bad configuration", _config),
    ("ssh_askpass: exec(", _no_program),
    ("exchange_identification", _hung_up),
    ("closed by", _hung_up),
    ("Connection reset", _hung_up),
)
