"""A text in the user's own editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from argosy.cli.asking import somebody_is_there
from argosy.cli.letters import harmless
from argosy.cli.page import say
from argosy.core.errors import BadInput


def edited(text: str, *, suffix: str) -> str:
    """What the user made of the text. Raises BadInput without an editor, and when it fails."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"argosy{suffix}"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except (OSError, ValueError) as trouble:
            hint = "Set EDITOR to your editor, or use --set KEY=VALUE."
            raise BadInput(f"the editor {editor!r} cannot be started: {trouble}", hint=hint) from None
        if done.returncode:
            raise BadInput(f"the editor {editor!r} ended with code {done.returncode}", hint="Nothing was changed.")
        return path.read_text(encoding="utf-8", errors="replace")


def edits_again(refusal: BadInput) -> bool:
    """Whether the person at this terminal wants to put right what they wrote; False where nobody can be asked."""
    if not somebody_is_there():
        return False
    say(f"{harmless(refusal.message)}. {harmless(refusal.hint)}".strip())
    say("Edit it again? [Y/n] ", end="")
    return sys.stdin.readline().strip().lower() in {"", "y", "yes"}
