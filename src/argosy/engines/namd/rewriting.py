"""A configuration of the user's own, changed so that it goes on from a checkpoint.

Lines that no longer hold become remarks, so that anybody can see what was changed; the rest stays as it was written.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from argosy.engines.namd.config import Action, Config, Script, Setting, whole_in
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
_LARGEST_SEED = 2**31 - 1
_MARK = "# before the restart: "
_HEADING = "# This run goes on from step "


def continued(script: Script, *, step: int, starts: Sequence[tuple[str, str]], until: int) -> str | None:
    """The text that goes on from ``step`` to the step ``until``; None when that cannot be written safely.

    ``until`` is the end that was planned, or a later one: then its last command is made longer.

    ``starts`` are the keywords and values that it starts from. Whatever it wrote before, it writes to another name, and
    a name that came from a variable is written out. A second call on what a first one made goes on from there.
    """
    edits = _edits(script.config, step, until)
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


def _edits(config: Config, step: int, until: int) -> dict[int, str] | None:
    """The lines that no longer hold and what stands for them; None when one of them says more than that."""
    if not config.whole:
        return None
    gone: list[tuple[Setting | Action, str]] = [(one, "") for one in config.declared if one.key in _GONE]
    gone += [(one, _seeded(one)) for one in config.declared if one.key == "seed"]
    gone += _commands_left(config, step, until)
    gone += [
        (one, "") for one in config.others if one.keyword in _GONE_COMMANDS and one.line < _resumed_at(config, step)
    ]
    everything = (*config.declared, *config.changed, *config.actions, *config.others, *config.variables)
    crowd = Counter(one.line for one in everything)
    if any(crowd[one.line] > 1 for one, _ in gone):
        return None
    edits = {line: "" for one, _ in gone for line in range(one.line, one.last_line + 1)}
    return edits | {one.last_line: instead for one, instead in gone}


def another_seed(seed: int) -> int:
    """The seed of the segment after the one with this seed: the same random forces would not be independent."""
    return seed % _LARGEST_SEED + 1


def _seeded(setting: Setting) -> str:
    seed = whole_in(setting.value, None)
    return f"seed {setting.value}" if seed is None else f"seed {another_seed(seed)}"


def _commands_left(config: Config, step: int, until: int) -> Iterator[tuple[Setting | Action, str]]:
    """The commands that are done or under way at the step, and the last one if it ends later now."""
    planned = config.last_step or until
    numsteps = config.setting("numsteps")
    if not config.actions and numsteps is not None and until > planned:
        yield numsteps, f"numsteps {until}"
    resumed = config.first_step
    for number, action in enumerate(config.actions, start=1):
        begin, end = resumed, resumed + (action.steps or 0)
        last = max(end, until) if number == len(config.actions) else end
        if begin < step or last > end:
            left = max(last - max(begin, step), 0)
            yield action, f"{action.kind} {left}" if left else ""
        resumed = end


def _resumed_at(config: Config, step: int) -> int:
    """The line of the command in the middle of which it goes on."""
    end = config.first_step
    for action in config.actions:
        end += action.steps or 0
        if step < end:
            return action.line
    return config.actions[-1].line if config.actions else 0
