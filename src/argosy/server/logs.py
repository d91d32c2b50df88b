"""The server's log: one bounded file, readable by its owner only, without secrets."""

import logging
import os
import sys
import time
from collections.abc import Iterable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

_OWNER_ONLY = 0o600
_FILE_BYTES = 2 * 1024 * 1024
_OLDER_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _WithoutSecrets(logging.Formatter):
    """Writes records in UTC, and stars in place of a secret, wherever in the text or the trace it may be."""

    default_msec_format = "%s.%03dZ"

    def __init__(self, *secrets: str) -> None:
        super().__init__(_FORMAT)
        self._secrets = secrets

    @staticmethod
    def converter(timestamp: float | None) -> time.struct_time:
        return time.gmtime(timestamp)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


class _PrivateFile(RotatingFileHandler):
    """A rotating file whose every generation is made closed to others."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_closed_to_others)


def _closed_to_others(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNER_ONLY)


def open_log(path: Path, *, secrets: Iterable[str], foreground: bool) -> None:
    """From now on everything that is logged goes to the file, and to the terminal as well when asked for."""
    handlers: list[logging.Handler] = [
        _PrivateFile(path, maxBytes=_FILE_BYTES, backupCount=_OLDER_FILES, encoding="utf-8"),
    ]
    if foreground:
        handlers.append(logging.StreamHandler(sys.stderr))
    formatter = _WithoutSecrets(*secrets)
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    for talkative in ("uvicorn", "asyncssh"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
