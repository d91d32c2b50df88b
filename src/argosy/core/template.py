"""Templates: versioned, parameterised job definitions."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from argosy.core.conditions import asked_by, schema_of_condition
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, error
from argosy.core.parameters import FileParameter, Parameter, can_meet, is_visible, property_schema
from argosy.core.resources import Resources
from argosy.core.spec import Argument, DurationS, Environment, Line, RelativePath, Word
from argosy.core.values import Value, YesOrNo

_DELIMITER = re.compile(r"\{\{|\{%|\{#")


def literal(text: str) -> str:
    """A Jinja2 text that renders to exactly this text, whatever stands in it."""
    return _DELIMITER.sub(lambda found: f'{{{{ "{found[0]}" }}}}', text)


class TemplateFile(Value):
    """One text file of a template; rendered with Jinja2 when ``rendered``, else taken as it is."""

    name: RelativePath
    text: str
    rendered: YesOrNo = True
    executable: YesOrNo = False


class Template(Value):
    """A job definition with holes: parameters, text files, a command, resource defaults.

    Every word of ``argv``, every environment value and every rendered file is a Jinja2 text over the parameters.
    ``purpose`` is what lists are grouped by. With ``targets`` its jobs run on those and nowhere else.
    """

    name: Word
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+){0,2}$")] = "1.0.0"
    engine: Word = "command"
    title: str = ""
    summary: str = ""
    purpose: Line = ""
    targets: tuple[Word, ...] = ()
    argv: Annotated[tuple[Argument, ...], Field(min_length=1)]
    environment: Environment = Field(default_factory=dict)
    resources: Resources = Resources()
    parameters: tuple[Parameter, ...] = ()
    files: tuple[TemplateFile, ...] = ()
    outputs: tuple[str, ...] = ()
    grace_s: DurationS = 30
    warning_signal: Literal["TERM", "USR1", "USR2", "INT"] | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for kind, known in (("parameter", [p.name for p in self.parameters]), ("file", [f.name for f in self.files])):
            twice = [name for name, times in Counter(known).items() if times > 1]
            if twice:
                raise ValueError(f"{kind} {twice[0]} is declared twice")
        for parameter in self.parameters:
            _check_default(parameter)
            _check_condition(parameter, self.parameter)
        in_order_of_need(self.parameters)
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything in the template: equal digests render equal jobs."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, if there is one."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def schema_of_values(self) -> dict[str, Any]:
        """JSON Schema of the values that fill this template; all windows build their forms from it.

        Under which values a parameter counts that does not always is told under ``$defs``, by its name.
        """
        needed = [parameter for parameter in self.parameters if parameter.required and parameter.default is None]
        conditions = self._conditions()
        sometimes = [
            {"if": {"$ref": f"#/$defs/{one.name}"}, "then": {"required": [one.name]}}
            for one in needed
            if one.visible_when is not None
        ]
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title or self.name,
            "description": self.summary,
            "type": "object",
            "properties": {parameter.name: property_schema(parameter) for parameter in self.parameters},
            "required": [one.name for one in needed if one.visible_when is None],
            "additionalProperties": False,
            **({"allOf": sometimes} if sometimes else {}),
            **({"$defs": conditions} if conditions else {}),
        }

    def _conditions(self) -> dict[str, Any]:
        defaults = {parameter.name: parameter.default for parameter in self.parameters}
        hidden = {one.name: {"$ref": f"#/$defs/{one.name}"} for one in self.parameters if one.visible_when}
        return {
            one.name: schema_of_condition(one.visible_when, defaults, hidden)
            for one in self.parameters
            if one.visible_when is not None
        }

    def read_values(self, given: Mapping[str, object]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Complete, typed values for rendering, and one finding for each value that will not do.

        Parameters that are not visible, optional ones without a value, and those whose value will not do become None.
        """
        values: dict[str, Any] = {}
        findings = [self._unknown(name) for name in given if self.parameter(name) is None]
        for parameter in in_order_of_need(self.parameters):
            try:
                values[parameter.name] = _value(parameter, given, values)
            except BadInput as refusal:
                values[parameter.name] = None
                findings.append(error(parameter.name, refusal.message, remedy=refusal.hint))
        return {parameter.name: values[parameter.name] for parameter in self.parameters}, tuple(findings)

    def _unknown(self, name: str) -> Finding:
        names = [parameter.name for parameter in self.parameters]
        close = get_close_matches(name, names, n=1)
        meant = f"Did you mean {close[0]}? " if close else ""
        return error(
            name,
            "the template has no such parameter",
            remedy=f"{meant}Its parameters are: {', '.join(names) or 'none'}.",
        )


def _check_default(parameter: Parameter) -> None:
    if parameter.default is None:
        return
    try:
        parameter.read(parameter.default)
    except BadInput as refusal:
        raise ValueError(f"default of parameter {parameter.name}: {refusal.message}. {refusal.hint}") from None


def _check_condition(parameter: Parameter, named: Callable[[str], Parameter | None]) -> None:
    """A condition that never holds would hide a parameter for ever."""
    for test in parameter.visible_when.tests if parameter.visible_when else ():
        asked = named(test.parameter)
        if asked is None:
            raise ValueError(f"parameter {parameter.name} depends on {test.parameter}, which does not exist")
        if not can_meet(asked, test):
            raise ValueError(
                f"parameter {parameter.name} depends on {asked.name} being {test.words}, which it never is"
            )


def in_order_of_need(parameters: Iterable[Parameter]) -> list[Parameter]:
    """The parameters such that each comes after the one that its condition asks; raises ValueError for a circle."""
    ready: dict[str, Parameter] = {}
    waiting = list(parameters)
    while waiting:
        now = [p for p in waiting if p.visible_when is None or ready.keys() >= set(asked_by(p.visible_when))]
        if not now:
            raise ValueError(f"parameter {waiting[0].name} depends on itself, directly or in a circle")
        ready |= {parameter.name: parameter for parameter in now}
        waiting = [parameter for parameter in waiting if parameter.name not in ready]
    return list(ready.values())


def _value(parameter: Parameter, given: Mapping[str, object], values: dict[str, Any]) -> object:
    shown = is_visible(parameter, values)
    if parameter.name in given and given[parameter.name] is not None:
        read = parameter.read(given[parameter.name])
        return read if shown else None
    if parameter.default is not None:
        return parameter.read(parameter.default) if shown else None
    if parameter.required and shown:
        is_file = isinstance(parameter, FileParameter)
        option = f"--file {parameter.name}=PATH" if is_file else f"--set {parameter.name}=VALUE"
        raise BadInput(f"{parameter.title} is needed", hint=f"Give it with {option}.")
    return None
