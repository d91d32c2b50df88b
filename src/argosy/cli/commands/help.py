from typing import Annotated, Any

import typer

from argosy.cli.enrol import commands
from argosy.cli.exits import table
from argosy.cli.page import tell

app = commands()

_TOPICS = {"exit-codes": table}


@app.command()
def help_(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[COMMAND...]", help="A command, or exit-codes.")] = None,
) -> None:
    """Help on a command, or on a topic: exit-codes."""
    if words and words[0] in _TOPICS:
        tell(_TOPICS[words[0]]())
        return
    context: Any = ctx.find_root()
    for word in words or ():
        command = context.command.get_command(context, word) if hasattr(context.command, "get_command") else None
        if command is None:
            ctx.fail(f"there is no command {word!r}")
        context = typer.Context(command, info_name=word, parent=context)
    tell(context.get_help())
