"""The hosts that a person has written down for ssh."""

from pathlib import Path

_ANY = frozenset("*?!")


def hosts(config: Path) -> tuple[str, ...]:
    """The names behind ``Host`` in a configuration of ssh, in order, without patterns and what it includes."""
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    found: list[str] = []
    for line in lines:
        word, *names = line.replace("=", " ").split() or [""]
        if word.lower() == "host":
            found += [name for name in names if not _ANY & set(name)]
    return tuple(dict.fromkeys(found))
