"""Rows and questions whose columns are known by name only: pyright is told that they may hold anything."""

from typing import Any, TypeAlias

import sqlalchemy as sa

AnyRow: TypeAlias = sa.Row[*tuple[Any, ...]]
AnySelect: TypeAlias = sa.Select[*tuple[Any, ...]]
