"""Give readers bytes that lead to lines of code which none before has led to: ``python -m tests.fuzz --help``.

What is new is kept in a folder for the next time. What breaks a reader is written beside it and shown; once the fault
is mended it goes to ``kept``, where the fast tests read it.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["argosy"]):
    from tests.fuzz.reader import Reader
    from tests.fuzz.readers import READERS

HANG_S = 60
ROOM_MIB = 2048
LONGEST_BYTES = 16_384


def main(arguments: Sequence[str]) -> int:
    """Fuzz the readers one after another; 1 when something broke one of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz readers with coverage.")
    parser.add_argument("names", nargs="*", metavar="READER", help=f"Some of: {', '.join(READERS)}. None means all.")
    parser.add_argument("--seconds", type=int, default=0, help="How long for each of them; 0 is without end.")
    parser.add_argument("--runs", type=int, default=-1, help="How many inputs for each of them; -1 is without end.")
    parser.add_argument("--seed", type=int, default=0, help="Where chance begins; 0 is by the clock.")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="Where inputs are kept.")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in READERS]:
        parser.error(f"there is no reader {unknown[0]!r}")
    broken = [name for name in asked.names or READERS if not _stands(READERS[name], asked)]
    for name in broken:
        sys.stdout.write(f"{name} broke; see {asked.folder / name / 'broken'}\n")
    return 1 if broken else 0


def _stands(reader: Reader, asked: argparse.Namespace) -> bool:
    """Fuzz in a process of its own, since the fuzzer ends the one that it runs in."""
    sys.stdout.write(f"--- {reader.name}\n")
    sys.stdout.flush()  # before the child has a copy of it
    child = os.fork()
    if not child:
        _fuzz(reader, asked)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _fuzz(reader: Reader, asked: argparse.Namespace) -> None:
    folder = asked.folder.absolute() / reader.name
    found, broken = folder / "found", folder / "broken"
    for place in (found, broken):
        place.mkdir(parents=True, exist_ok=True)
    options = {
        "max_total_time": asked.seconds, "runs": asked.runs, "seed": asked.seed, "timeout": HANG_S, "verbosity": 0,
        "rss_limit_mb": ROOM_MIB, "max_len": LONGEST_BYTES, "artifact_prefix": f"{broken}/",
        "print_final_stats": 1,
    }  # fmt: skip
    if reader.words:
        words = folder / "words"
        words.write_bytes(b"".join(b'"%s"\n' % _escaped(word.encode()) for word in reader.words))
        options["dict"] = words
    places = [str(place) for place in (found, reader.examples, reader.kept) if place.is_dir()]
    atheris.Setup([reader.name, *(f"-{key}={value}" for key, value in options.items()), *places], reader.read)
    atheris.Fuzz()


def _escaped(word: bytes) -> bytes:
    """As a dictionary of the fuzzer holds it."""
    return b"".join(bytes([one]) if 32 <= one < 127 and one not in b'"\\' else b"\\x%02X" % one for one in word)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
