"""The transport ``ssh``: commands and files of a far machine over a line that its target describes."""

from argosy.contracts import Surroundings
from argosy.core.errors import Unreachable
from argosy.core.target import Target
from argosy.transports.far.far import Far
from argosy.transports.ssh.links import LINKS


def open_ssh(target: Target, around: Surroundings) -> Far:
    """The transport of a target elsewhere; nothing is connected yet. Raises Unreachable when it does not say where."""
    if target.ssh is None:
        message = f"the target {target.name} does not say which machine it is on"
        raise Unreachable(message, hint=f"Give it a host: argosy target edit {target.name}, section [ssh].")
    return Far(LINKS.line(target.name, target.ssh, around), target.scratch or target.root, around)
