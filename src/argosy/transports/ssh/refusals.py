"""What went wrong on the way to a machine, in words, with what to do: errors of a login are translated here alone."""

import errno
import socket
from typing import Protocol

import asyncssh

from argosy.core.errors import NeedsLogin, TargetError, Unreachable
from argosy.transports.ssh.known_hosts import Standing
from argosy.transports.ssh.login import Login
from argosy.transports.ssh.route import Hop


class Place(Protocol):
    """A machine on the way, and the account there."""

    @property
    def host(self) -> str:
        """Its name on the network."""
        ...

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    @property
    def account(self) -> str:
        """Whose login it is."""
        ...

    @property
    def connect_s(self) -> float:
        """How long it may take to answer."""
        ...


_NO_WAY = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}


def translated(trouble: Exception, hop: Hop, login: Login, target: str, *, person: bool) -> TargetError:
    """The error that tells what went wrong: Unreachable when waiting may help, NeedsLogin when a person must act."""
    if isinstance(trouble, TargetError):
        return trouble
    if isinstance(trouble, asyncssh.HostKeyNotVerifiable):
        return _host_key(trouble, hop, login, target)
    if isinstance(trouble, asyncssh.PermissionDenied):
        return refused(hop, login, target, person=person)
    if isinstance(trouble, asyncssh.KeyExchangeFailed):
        return Unreachable(
            f"{hop.host} and Argosy have no way of encryption in common: {trouble.reason}",
            hint='Try the system\'s own ssh: set backend = "openssh" for this target.',
        )
    if isinstance(trouble, asyncssh.DisconnectError | ConnectionResetError | BrokenPipeError):
        return _cut(trouble, hop, login, target)
    if isinstance(trouble, OSError):
        return network(trouble, hop)
    return Unreachable(f"{hop.host} cannot be reached: {type(trouble).__name__}: {trouble}")


def network(trouble: OSError, hop: Place) -> Unreachable:
    """The network did not carry it."""
    place = f"{hop.host} port {hop.port}"
    if isinstance(trouble, socket.gaierror):
        return Unreachable(
            f"the name {hop.host} is not known",
            hint="Look at its spelling, in the target and in ~/.ssh/config, and at your network or VPN.",
        )
    if isinstance(trouble, ConnectionRefusedError):
        return Unreachable(
            f"{hop.host} answers, but nothing listens at port {hop.port}",
            hint="Look at the port, or wait until the machine has started its SSH server.",
        )
    if isinstance(trouble, TimeoutError):
        return no_answer(hop)
    if trouble.errno in _NO_WAY:
        return Unreachable(f"there is no way to {place}: {trouble.strerror}", hint="Look at your network or VPN.")
    return Unreachable(f"{place} cannot be reached: {trouble.strerror or trouble}", hint="Look at your network or VPN.")


def no_answer(hop: Place) -> Unreachable:
    """Nothing came back in time."""
    return Unreachable(
        f"{hop.host} port {hop.port} did not answer within {hop.connect_s:.0f} s",
        hint="Look at your network or VPN, and whether the machine is up.",
    )


def _host_key(trouble: asyncssh.HostKeyNotVerifiable, hop: Hop, login: Login, target: str) -> NeedsLogin:
    judged, key = login.judgement, login.key
    if judged is None or key is None:
        return NeedsLogin(
            f"{hop.host} cannot prove who it is: {trouble.reason}", hint="Ask its administrator whether this is right."
        )
    shown = f"{key.kind} key {key.fingerprint}"
    if judged.standing is Standing.CHANGED and judged.entry is not None:
        before = judged.entry
        known = f"{before.key.kind} {before.key.fingerprint} ({before.where})"
        return changed_key(hop.host, shown, target, known=known, line=f"line {before.number} of {before.file}")
    if judged.standing is Standing.REVOKED and judged.entry is not None:
        return revoked_key(hop.host, shown, judged.entry.where)
    return new_key(hop.host, shown, target)


def changed_key(host: str, shown: str, target: str, *, known: str, line: str) -> NeedsLogin:
    """Another host key than the known one; ``line`` says where that stands."""
    return NeedsLogin(
        f"{host} shows another host key than the one that is known: now {shown}, before {known}. "
        "Somebody may be listening between you and the machine, or it was set up anew",
        hint=f"Ask its administrator. If it was set up anew, remove {line}, then: argosy connect {target}",
    )


def revoked_key(host: str, shown: str, where: str) -> NeedsLogin:
    """A host key that somebody has marked as stolen."""
    return NeedsLogin(
        f"{host} shows the {shown}, which is marked as revoked ({where})",
        hint="Do not log in there. Ask its administrator.",
    )


def new_key(host: str, shown: str, target: str) -> NeedsLogin:
    """A host key that nobody has approved yet."""
    return NeedsLogin(
        f"the host key of {host} is not known yet: {shown}",
        hint=f"Compare it with what the site says, and approve it: argosy connect {target}",
    )


OTHER_MEANS = 'Have a key of yours put there, or set backend = "openssh" for this target.'


def refused(hop: Place, login: Login, target: str, *, person: bool, other: str = OTHER_MEANS) -> NeedsLogin:
    """The machine did not let us in. ``other`` is the remedy where we have none of the means that it takes."""
    if login.password_expired:
        return NeedsLogin(
            f"the password of {hop.account} has run out and must be changed", hint=f"Change it: ssh {hop.account}"
        )
    notes = [f"the key {path} is locked" for path in login.locked] if not person else []
    notes += login.troubles
    tail = f" ({'; '.join(notes)})" if notes else ""
    asks = [words for method, words in _WAYS.items() if method in login.methods]
    if login.troubles and not login.tried and not asks:
        remedy = "Get a ticket: kinit" if login.no_ticket else "Put that right"
        return NeedsLogin(
            f"{hop.host} had nothing to let {hop.account} in with{tail}",
            hint=f"{remedy}, then: argosy connect {target}",
        )
    if login.methods and not asks and not login.tried:
        return NeedsLogin(f"{hop.host} takes only {', '.join(login.methods)} for {hop.account}{tail}", hint=other)
    if not person and asks:
        return NeedsLogin(
            f"{hop.host} wants {' or '.join(asks)} for {hop.account}{tail}", hint=f"argosy connect {target}"
        )
    typed = any(words in login.tried for words in _TYPED)
    return NeedsLogin(
        f"{hop.host} refused the login of {hop.account}{_not_taken(login.tried)}{tail}",
        hint=f"Look at the user name and {'what you typed' if typed else 'the keys'}, then: argosy connect {target}",
    )


def _not_taken(tried: list[str]) -> str:
    several = list(dict.fromkeys(tried))
    if len(several) > 1:
        return f": it took none of {_list(several)}"
    return f": it did not take {several[0]}" if several else ""


_TYPED = ("the password", "your answer")
_WAYS = {"password": "the password", "keyboard-interactive": "your answers"}


def _cut(trouble: Exception, hop: Hop, login: Login, target: str) -> TargetError:
    """The server hung up: too busy, tired of keys, tired of waiting, or no SSH server at all."""
    if "authentication failures" in str(trouble).lower():
        return too_many_tries(hop, login, target)
    if isinstance(trouble, asyncssh.ProtocolError | asyncssh.ProtocolNotSupported):
        return no_ssh_there(hop, str(trouble))
    if login.methods:
        return Unreachable(f"{hop.host} hung up during the login: {trouble}")
    return hung_up_early(hop)


def too_slow(hop: Place, target: str) -> NeedsLogin:
    """The server did not wait for a person's answers."""
    return NeedsLogin(
        f"{hop.host} did not wait for your answers", hint=f"Be quicker this time: argosy connect {target}"
    )


def too_many_tries(hop: Place, login: Login, target: str) -> NeedsLogin:
    """The server counts keys, and hangs up."""
    return NeedsLogin(
        f"{hop.host} refused the login of {hop.account} after {_list(login.tried)}",
        hint=f"Name the right key for this target (IdentityFile and IdentitiesOnly), then: argosy connect {target}",
    )


def no_ssh_there(hop: Place, said: str) -> Unreachable:
    """Something else listens there."""
    return Unreachable(
        f"what answers at {hop.host} port {hop.port} does not speak SSH: {said}", hint="Look at the port."
    )


def hung_up_early(hop: Place) -> Unreachable:
    """Not a word was said."""
    return Unreachable(
        f"{hop.host} port {hop.port} hung up before the login began",
        hint="It is too busy (MaxStartups), blocks this address, or is no SSH server. It is tried again later.",
    )


def _list(words: list[str]) -> str:
    return ", ".join(dict.fromkeys(words)) or "several keys"
