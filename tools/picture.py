"""Makes the picture of the README: a real session in a terminal, as it is shown, drawn as SVG.

Usage: python -m tools.picture [FILE]. Runs three simulations in a home of their own and takes about a minute.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "session.svg"
COLUMNS, LINES = 96, 40

_START = "--file system=job:water-box:system.xml --file topology=job:water-box:topology.pdb"
_STATE = "\\\n    --file state=job:warm-up:final-state.xml"
BEFORE = (
    "argosy submit openmm/water-box --name water-box --set seed=1",
    f"argosy submit openmm/nvt --name warm-up --set steps=2000 {_START} --file state=job:water-box:state.xml",
)
SHOWN = (
    f"argosy submit openmm/production --name production --set steps=6000 \\\n    {_START} {_STATE}",
    "argosy ls",
    "argosy wait production",
    "argosy results production --plot density",
    "argosy run -- python fit.py",
)

_SIZE, _WIDE, _HIGH, _MARGIN = 14, 8.4, 19, 16
_PAPER, _INK = "#16181d", "#d8dce3"
_COLOURS = {1: "#ef7d7d", 2: "#7ec77b", 3: "#e2c06b", 4: "#7aa7f0", 6: "#6cc5d9"}
_DIM = "#868d99"
_PIECE = re.compile(r"\S+(?: \S+)*")


def main(arguments: list[str]) -> int:
    """Draw the session, and return the exit code."""
    picture = Path(arguments[0]) if arguments else PICTURE
    with tempfile.TemporaryDirectory(prefix="argosy-") as top:
        place = Path(top)
        (place / "fit.py").write_text("import lmfit\n")
        try:
            for command in BEFORE:
                shown(command, place)
            session = "\n".join(f"\x1b[32m$\x1b[0m {command}\n{shown(command, place)}" for command in SHOWN)
        finally:
            shown("argosy server stop", place)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(drawn(session.replace(str(place), "/home/me")), encoding="utf-8")
    return 0


def shown(command: str, place: Path) -> str:
    """What a command shows on a terminal; of a line that is drawn over and over, how it stands in the middle."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["sh", "-c", command], cwd=place, env=_environment(place), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    pieces: list[bytes] = []
    while piece := _read(ours):
        pieces.append(piece)
    os.close(ours)
    process.wait()
    text = b"".join(pieces).decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(f"{line}\n" for drawn_over in text.split("\n") for line in _settled(drawn_over))


def drawn(session: str) -> str:
    """The session as an SVG picture. It loads nothing from elsewhere."""
    console = Console(width=COLUMNS, color_system="standard", force_terminal=True, legacy_windows=False)
    lines = console.render_lines(Text.from_ansi(session.rstrip("\n")), pad=False)
    width, height = COLUMNS * _WIDE + 2 * _MARGIN, len(lines) * _HIGH + 2 * _MARGIN
    texts = [text for number, line in enumerate(lines) for text in _texts(line, _MARGIN + (number + 0.8) * _HIGH)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img"',
            ' aria-label="A session with Argosy in a terminal">',
            f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>',
            f'<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{_SIZE}" fill="{_INK}">',
            *texts,
            "</g>",
            "</svg>",
            "",
        )
    )


def _texts(line: list[Segment], y: float) -> Iterator[str]:
    """The words of a line, each at its place: viewers do not agree on what to do with blanks."""
    column = 0
    for segment in line:
        for piece in _PIECE.finditer(segment.text):
            x = _MARGIN + (column + piece.start()) * _WIDE
            length = len(piece[0]) * _WIDE
            yield f'<text x="{x:.1f}" y="{y:.1f}" textLength="{length:.1f}"{_looks(segment)}>{escape(piece[0])}</text>'
        column += len(segment.text)


def _looks(segment: Segment) -> str:
    style = segment.style
    if style is None:
        return ""
    number = style.color.number if style.color else None
    ink = _DIM if style.dim else _COLOURS.get(number or 0, "")
    return (f' fill="{ink}"' if ink else "") + (' font-weight="bold"' if style.bold else "")


def _settled(line: str) -> list[str]:
    """How a line stands at the end; and before that once, from the middle, if it told how far a job is."""
    states = [state.replace("\x1b[K", "").rstrip() for state in line.split("\r")]
    told = [state for state in states if "%" in state]
    return [*told[len(told) // 2 :][:1], *(state for state in states[-1:] if state)]


def _environment(place: Path) -> dict[str, str]:
    ours = {"NO_COLOR", "ARGOSY_DATABASE", "COLUMNS"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {
        "ARGOSY_HOME": str(place / "argosy"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TERM": "xterm-256color",
    }


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # nobody writes any more
        return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
