from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.enrol import commands, shows
from argosy.cli.shown import Shown, Verbatim, Words
from argosy.client.sending import shown

app = commands("Complete words in the shell with the Tab key: jobs, templates, targets, options.")

_BASH = """_argosy_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _ARGOSY_COMPLETE=complete_bash "$1" 2>/dev/null))
}
complete -o default -F _argosy_completion argosy
"""
_ZSH = """#compdef argosy
_argosy_completion() {
    eval $(_TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _ARGOSY_COMPLETE=complete_zsh argosy 2>/dev/null)
}
if [[ $funcstack[1] == _argosy ]]; then
    _argosy_completion "$@"  # loaded from fpath at the first Tab, which is to complete already
else
    compdef _argosy_completion argosy
fi
"""
_FISH = """function __argosy_completion
    set -lx _ARGOSY_COMPLETE complete_fish
    set -lx _TYPER_COMPLETE_FISH_ACTION $argv[1]
    set -lx _TYPER_COMPLETE_ARGS (commandline -cp)
    argosy 2>/dev/null
end
complete --command argosy --no-files \\
    --arguments '(__argosy_completion get-args)' --condition '__argosy_completion is-args'
"""


class Shell(StrEnum):
    """The shells that can complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


_SCRIPTS = {Shell.BASH: _BASH, Shell.ZSH: _ZSH, Shell.FISH: _FISH}
_PLACES = {
    Shell.BASH: ".local/share/bash-completion/completions/argosy",
    Shell.ZSH: ".zfunc/_argosy",
    Shell.FISH: ".config/fish/completions/argosy.fish",
}
_THEN = {
    Shell.BASH: "It works in new shells that have the package bash-completion.",
    Shell.ZSH: "It works in new shells when ~/.zshrc has the line: fpath+=~/.zfunc; autoload -Uz compinit; compinit",
    Shell.FISH: "It works in new shells.",
}
ShellName = Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")]


@shows(app)
def show(shell: ShellName) -> Shown:
    """Print the lines that make a shell complete."""
    return Verbatim("", _SCRIPTS[shell])


@shows(app)
def install(shell: ShellName) -> Shown:
    """Write those lines where the shell looks for them; no other file is touched."""
    path = Path.home() / _PLACES[shell]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_SCRIPTS[shell], encoding="utf-8")
    return Words(f"Written to {shown(path)}.\n{_THEN[shell]}", {"path": str(path)}, bare=str(path))
