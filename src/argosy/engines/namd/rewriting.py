"""A configuration of the user's own, changed so that it goes on from a checkpoint.

Lines that no longer hold become remarks, so that anybody can see what was changed; the rest stays as it was written.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from argosy.engines.namd.config import Action, Config, Script, Setting
from argosy.engines.namd.keywords import words

_GONE = words(
    """
    temperature velocities binvelocities bincoordinates extendedsystem cellbasisvector1 cellbasisvector2
    cellbasisvector3 cellorigin firsttimestep outputname restartname dcdfile xstfile veldcdfile forcedcdfile
    colvarsinput accelmdgrestart accelmdgrestartfile
    """
)
_GONE_COMMANDS = frozenset({"reinitvels", "rescalevels"})
_SEGMENT = re.compile(r"(.*)\.part(\d{1,6})")
_MARK = "# before the restart: "
_HEADING = "# This run goes on from step "


def continued(script: Script, *, step: int, starts: Sequence[tuple[str, str]]) -> str | None:
    """The text that goes on from ``step`` to the end that was planned; None when that cannot be written safely.

    ``starts`` are the keywords and values that it starts from. Whatever it wrote before, it writes to another name, and
    a name that came from a variable is written out. A second call on what a first one made goes on from there.
    """
    edits = _edits(script.config, step)
    if edits is None or not script.config.output_name:
        return None
    lines: list[str] = []
    for number, line in enumerate(script.text.split("\n"), start=1):
        if line.startswith((_MARK, _HEADING)):
            continue
        lines.append(f"{_MARK}{line}" if number in edits else line)
        if edits.get(number):
            lines.append(edits[number])
    return "\n".join([*_declarations(script.config, step, starts), *lines])


def next_segment(name: str) -> str:
    """The name of the segment after this one: ``run``, ``run.part2``, ``run.part3``."""
    match = _SEGMENT.fullmatch(name)
    return f"{match[1]}.part{int(match[2]) + 1}" if match else f"{name}.part2"


def _declarations(config: Config, step: int, starts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"{_HEADING}{step}, from files that it does not write to."
    yield f"firsttimestep {step}"
    yield f"outputname {next_segment(config.output_name)}"
    yield from (f"{keyword} {value}" for keyword, value in starts)


def _edits(config: Config, step: int) -> dict[int, str] | None:
    """The lines that no longer hold and what stands for them; None when one of them says more than that."""
    if not config.whole:
        return None
    gone: list[tuple[Setting | Action, str]] = [(one, "") for one in config.declared if one.key in _GONE]
    begin = resumed = config.first_step
    for action in config.actions:
        begin, end = resumed, resumed + (action.steps or 0)
        if begin < step:
            left = max(end - step, 0)
            gone.append((action, f"{action.kind} {left}" if left else ""))
        resumed = end
    gone += [
        (one, "") for one in config.others if one.keyword in _GONE_COMMANDS and one.line < _resumed_at(config, step)
    ]
    everything = (*config.declared, *config.changed, *config.actions, *config.others, *config.variables)
    crowd = Counter(one.line for one in everything)
    if any(crowd[one.line] > 1 for one, _ in gone):
        return None
    edits = {line: "" for one, _ in gone for line in range(one.line, one.last_line + 1)}
    return edits | {one.last_line: instead for one, instead in gone}


def _resumed_at(config: Config, step: int) -> int:
    """The line of the command in the middle of which it goes on."""
    end = config.first_step
    for action in config.actions:
        end += action.steps or 0
        if step < end:
            return action.line
    return 0
