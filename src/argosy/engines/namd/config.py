"""A NAMD configuration as it can be read without running it: what is declared, what is changed later, what is run."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from argosy.core.spec import JobSpec
from argosy.engines.namd.keywords import TCL_COMMANDS
from argosy.engines.namd.tcl import Command, Word, commands, resolved

LONGEST = 4 * 1024 * 1024
"""How many characters of a configuration are read."""

_SUFFIXES = (".namd", ".conf", ".inp")
_YES = frozenset({"on", "yes", "true", "1"})
_NO = frozenset({"off", "no", "false", "0"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?:\s+\S+)?")
_BRANCHES = frozenset({"if", "for", "foreach", "while", "switch", "catch", "eval", "proc"})
_STARTS = frozenset({"run", "minimize", "startup", "output", "reinitvels", "rescalevels", "checkpoint", "revert"})
_DEEPEST = 8
_CYCLE = 20


class Setting(NamedTuple):
    """A keyword with its value (None: only running the script would tell), and the lines where it stands."""

    keyword: str
    value: str | None
    line: int
    last_line: int

    @property
    def key(self) -> str:
        """The keyword as NAMD compares it."""
        return self.keyword.lower()


class Action(NamedTuple):
    """A ``run`` or ``minimize`` of so many steps (None: unknown) on these lines."""

    kind: str
    steps: int | None
    line: int
    last_line: int
    written: str = ""


class Variable(NamedTuple):
    """A ``set``, by name, and where it stands."""

    name: str
    value: str | None
    line: int


@dataclass(frozen=True)
class Config:
    """What a configuration says. ``whole`` is False when parts of it could not be followed: branches, loops, files."""

    declared: tuple[Setting, ...] = ()
    changed: tuple[Setting, ...] = ()
    actions: tuple[Action, ...] = ()
    variables: tuple[Variable, ...] = ()
    others: tuple[Setting, ...] = ()
    whole: bool = True

    @cached_property
    def _by_key(self) -> Mapping[str, Setting]:
        found: dict[str, Setting] = {}
        for setting in self.declared:
            found.setdefault(setting.key, setting)
        return found

    def setting(self, keyword: str) -> Setting | None:
        """The declaration of a keyword, if there is one."""
        return self._by_key.get(keyword.lower())

    def has(self, *keywords: str) -> bool:
        """Whether any of these is declared."""
        return any(keyword.lower() in self._by_key for keyword in keywords)

    def text(self, keyword: str) -> str | None:
        """The value of a keyword; None when it has none that is known."""
        found = self.setting(keyword)
        return found.value if found else None

    def number(self, keyword: str, default: float | None = None) -> float | None:
        """The value as a number, with or without a unit behind it."""
        return number_in(self.text(keyword), default)

    def whole_number(self, keyword: str, default: int | None = None) -> int | None:
        """The value as a whole number; the default when it is none."""
        return whole_in(self.text(keyword), default)

    def flag(self, keyword: str, *, default: bool = False) -> bool:
        """Whether a switch is on."""
        word = (self.text(keyword) or "").strip().lower()
        return True if word in _YES else False if word in _NO else default

    @property
    def first_step(self) -> int:
        """The step that the count begins with."""
        return self.whole_number("firsttimestep", 0) or 0

    @property
    def cycle(self) -> int:
        """Steps are made in cycles of so many."""
        return self.whole_number("stepspercycle", _CYCLE) or _CYCLE

    @property
    def plan(self) -> tuple[Action, ...]:
        """What will be run, in order: the commands, else all steps up to ``numsteps``."""
        if self.actions or not self.whole:
            return self.actions
        last = self.setting("numsteps")
        if last is None:
            return ()
        steps = whole_in(last.value, None)
        left = None if steps is None else max(steps - self.first_step, 0)
        kind = "minimize" if self.flag("minimization") else "run"
        return (Action(kind, left, last.line, last.last_line),)

    @property
    def last_step(self) -> int | None:
        """The step at which the last command ends; None when that is not known."""
        steps = [action.steps for action in self.plan]
        if not self.whole or not steps:
            return None
        known = [one for one in steps if one is not None]
        return self.first_step + sum(known) if len(known) == len(steps) else None

    def kind_at(self, step: int) -> str:
        """``run`` or ``minimize``, whichever makes this step; empty when that is not known."""
        end = self.first_step
        for action in self.plan:
            if action.steps is None:
                break
            end += action.steps
            if step <= end:
                return action.kind
        return ""

    @property
    def output_name(self) -> str:
        """The prefix of what it writes at its end; empty when unknown."""
        return self.text("outputname") or ""

    @property
    def restart_name(self) -> str:
        """The prefix of its restart files; empty when it writes none, or it is unknown."""
        if not self.whole_number("restartfreq", 0):
            return ""
        default = self.output_name if self.flag("restartsave") else f"{self.output_name}.restart"
        return self.text("restartname") or (default if self.output_name else "")


class Script(NamedTuple):
    """The text of a configuration, and its name in the work directory."""

    name: str
    text: str
    config: Config


def script_of(spec: JobSpec) -> Script | None:
    """The configuration of a job, if it is a text that was written out for it.

    It is the one that the job's command names, or else the first that looks like one.
    """
    looks = [file for file in spec.rendered if file.name.lower().endswith(_SUFFIXES)]
    named = [file for file in looks if any(file.name in word for word in spec.argv)]
    for file in (named or looks)[:1]:
        return Script(file.name, file.text, read_config(file.text))
    return None


def yes_or_no(word: str) -> bool | None:
    """What a word means to NAMD as a switch; None when it understands it as neither."""
    lower = word.strip().lower()
    return True if lower in _YES else False if lower in _NO else None


def whole_in(text: str | None, default: int | None) -> int | None:
    """A whole number, as NAMD takes it: digits and nothing else."""
    return int(text) if text is not None and _WHOLE.fullmatch(text.strip()) else default


def number_in(text: str | None, default: float | None) -> float | None:
    """A finite number, with or without a unit behind it."""
    match = _NUMBER.fullmatch((text or "").strip()[:100])
    number = float(match[1]) if match else math.inf
    return number if math.isfinite(number) else default


@lru_cache(maxsize=16)
def read_config(text: str) -> Config:
    """Whatever can be read of it; read once, as everything that is asked of a job asks this."""
    reader = _Reader()
    reader.read(text[:LONGEST], depth=0)
    return reader.config(cut=len(text) > LONGEST)


class _Reader:
    def __init__(self) -> None:
        self._known: dict[str, str | None] = {}
        self._procedures: set[str] = set()
        self._declared: list[Setting] = []
        self._changed: list[Setting] = []
        self._actions: list[Action] = []
        self.variables: list[Variable] = []
        self._others: list[Setting] = []
        self._whole = True
        self.begun = False

    def config(self, *, cut: bool) -> Config:
        return Config(
            declared=tuple(self._declared),
            changed=tuple(self._changed),
            actions=tuple(self._actions),
            variables=tuple(self.variables),
            others=tuple(self._others),
            whole=self._whole and not cut,
        )

    def read(self, text: str, depth: int) -> None:
        for command in commands(text):
            self._take(command, depth)

    def _take(self, command: Command, depth: int) -> None:
        name = resolved(command.words[0], self._known)
        if name is None:
            self._whole = False
        elif name in {"run", "minimize"}:
            self._act(name, command)
        elif name == "set":
            self._set(command)
        elif name in _BRANCHES:
            self._branch(name, command, depth)
        elif name == "source":
            self._whole = False
        elif name in TCL_COMMANDS or name in self._procedures:
            self.begun = self.begun or name in _STARTS
            values = " ".join(word.text for word in command.words[1:])
            self._others.append(Setting(name, values, command.line, command.last_line))
        else:
            self._keyword(name, command)

    def _act(self, name: str, command: Command) -> None:
        self.begun = True
        words = [resolved(word, self._known) for word in _before_remark(command.words[1:], keyword=False)]
        counted = words[1:] if words and words[0] == "norepeat" else words
        written = counted[0] if len(counted) == 1 else None
        self._actions.append(Action(name, whole_in(written, None), command.line, command.last_line, written or ""))

    def _set(self, command: Command) -> None:
        if len(command.words) == 3:
            name, value = command.words[1].text, resolved(command.words[2], self._known)
            self._known[name] = value
            self.variables.append(Variable(name, value, command.line))

    def _branch(self, name: str, command: Command, depth: int) -> None:
        """What stands in a branch or a loop may happen or not, so nothing that it sets is known any more."""
        if name == "proc":
            if len(command.words) > 1:
                self._procedures.add(command.words[1].text)
            return
        self._whole = False
        if depth < _DEEPEST:
            inner = _Reader()
            for word in command.words[1:]:
                if word.braced:
                    inner.read(word.text, depth + 1)
            self._known |= dict.fromkeys(one.name for one in inner.variables)
            self.begun = self.begun or inner.begun

    def _keyword(self, name: str, command: Command) -> None:
        words = tuple(_before_remark(command.words[1:], keyword=True))
        name, words = _without_equals(name, words)
        values = [resolved(word, self._known) for word in words]
        known = [value for value in values if value is not None]
        value = " ".join(known).strip() if len(known) == len(values) else None
        setting = Setting(name, value, command.line, command.last_line)
        (self._changed if self.begun else self._declared).append(setting)


def _before_remark(words: tuple[Word, ...], *, keyword: bool) -> Iterator[Word]:
    """The words of a line up to a remark: NAMD ends the line of a keyword where a word begins with ``#``."""
    for word in words:
        if keyword and not word.braced and word.text.startswith("#"):
            return
        yield word


def _without_equals(name: str, words: tuple[Word, ...]) -> tuple[str, tuple[Word, ...]]:
    """``name=value``, ``name= value`` and ``name = value`` are all one to NAMD."""
    if "=" in name:
        name, value = name.split("=", 1)
        return name, (Word(value), *words) if value else words
    if words and not words[0].braced and words[0].text.startswith("="):
        rest = words[0].text[1:]
        return name, (Word(rest), *words[1:]) if rest else words[1:]
    return name, words
