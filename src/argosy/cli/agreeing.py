"""Nothing that cannot be taken back is done before somebody who has seen it has agreed."""

import sys

import typer

from argosy.cli.page import is_terminal, page_of, say
from argosy.cli.shown import Shown
from argosy.core.errors import BadInput


def agreed(preview: Shown, question: str, *, yes: bool) -> None:
    """The user has seen the preview and agreed; leaves when not. Raises BadInput when there is nobody to ask."""
    if yes:
        return
    for line in preview.table(page_of(sys.stderr)):
        say(line)
    if not is_terminal(sys.stdin):
        raise BadInput("nobody is there to be asked, so nothing was done", hint="Add --yes to do it.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(0)
