"""What plug-ins promise. Protocols only; the suites in ``tests/contracts`` hold every implementation to them."""

from argosy.contracts.engine import Checkpoints, Engine, Extender, Foreseer, Importer, Inspector, Stages
from argosy.contracts.scheduler import Order, Scheduler
from argosy.contracts.store import Store
from argosy.contracts.transport import Item, Surroundings, Transport
from argosy.core.memory import Entry, KeptFile, Lease, Move, Outdated, Restored, Work
from argosy.core.parcel import Doomed, Glance, Glanced, Parcel, Piece, Stored, Text, There

__all__ = [
    "Checkpoints",
    "Doomed",
    "Engine",
    "Entry",
    "Extender",
    "Foreseer",
    "Glance",
    "Glanced",
    "Importer",
    "Inspector",
    "Item",
    "KeptFile",
    "Lease",
    "Move",
    "Order",
    "Outdated",
    "Parcel",
    "Piece",
    "Restored",
    "Scheduler",
    "Stages",
    "Store",
    "Stored",
    "Surroundings",
    "Text",
    "There",
    "Transport",
    "Work",
]
