"""What Argosy remembers, in SQLite or PostgreSQL."""

from argosy.store.copies import put_back
from argosy.store.opening import open_store

__all__ = ["open_store", "put_back"]
