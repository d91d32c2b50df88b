"""Installs the made-up transport for a server: a directory that, put on the path, is a package with an entry point."""

import hashlib
import shutil
from pathlib import Path

from tests.service import knocking

SECRET = "Tr0ub4dor-and-3-horses"


def install(site: Path) -> Path:
    """Make ``site`` such a directory."""
    info = site / "knocking-1.0.dist-info"
    info.mkdir(parents=True)
    shutil.copy(knocking.__file__, site / "argosy_knocking.py")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: knocking\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[argosy.transports]\nknocking = argosy_knocking:open_knocking\n")
    return site


def profile(name: str, root: Path, *, asks: str = "password", **more: object) -> dict[str, object]:
    """A target behind the made-up login."""
    secret = hashlib.sha256(SECRET.encode()).hexdigest()
    options = {"secret": secret, "asks": asks, "away": str(root / "away")}
    return {"name": name, "transport": "knocking", "root": str(root), "options": options, **more}
