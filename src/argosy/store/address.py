"""Which database is meant, and how people call it."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL

from argosy.core.errors import BadInput

_EXAMPLES = "Examples: sqlite:////home/me/argosy.db, postgresql://user@host/argosy."
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True)
class Address:
    """A database. ``file`` is set for SQLite and None for PostgreSQL."""

    url: URL
    file: Path | None

    @property
    def words(self) -> str:
        """The database as people call it; never with its password."""
        if self.file is not None:
            return f"the database {self.file}"
        port = f":{self.url.port}" if self.url.port else ""
        return f"the PostgreSQL database {self.url.database!r} at {self.url.host or 'the local socket'}{port}"

    def without_password(self, text: str) -> str:
        """The text with this database's password, should it occur, taken out."""
        return text.replace(str(self.url.password), "***") if self.url.password else text


def read_address(url: str) -> Address:
    """The database that a URL means; raises BadInput when it is none that Argosy can use."""
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise BadInput("the database's URL cannot be read", hint=_EXAMPLES) from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise BadInput(f"{parsed.drivername} is no database that Argosy can use", hint=_EXAMPLES)
    parsed = parsed.set(drivername=driver)
    if not driver.startswith("sqlite"):
        return Address(parsed, None)
    if parsed.database in {None, "", ":memory:"} or parsed.query:
        raise BadInput("the database's URL must name a file, and nothing but a file", hint=_EXAMPLES)
    return Address(parsed, Path(str(parsed.database)).absolute())
