"""Targets in TOML files: what a person reads, changes, keeps and hands on. No secret is ever part of a target."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.target import Target
from argosy.core.toml import toml

_ALL = "target"
_ALWAYS = ("name", "transport", "scheduler", "root")
_HEAD = """\
# Targets of Argosy. Take them in with: argosy target import FILE
# What is not said here has its default. There are no passwords or keys in this file.

"""
_BEGIN = "Begin each target with a line [[target]], and give it a name."


def fields(target: Target) -> dict[str, Any]:
    """What the target says, without what it would have by itself. ``read`` makes the same target of it."""
    usual = Target(name=target.name, transport=target.transport, scheduler=target.scheduler, root=target.root)
    said = {key: _plain(getattr(target, key)) for key in Target.model_fields if _is_said(key, target, usual)}
    if target.rates is None and usual.rates is not None:
        said["rates"] = False  # TOML has nothing for None
    return said


def one(target: Target) -> str:
    """A file about one target, for an editor."""
    said = fields(target)
    more = ", ".join(key for key in Target.model_fields if key not in said)
    return f"# What is not said has its default. There are also:\n# {more}\n\n{toml(said)}"


def several(targets: Sequence[Target]) -> str:
    """A file of any number of targets."""
    return _HEAD + toml({_ALL: [fields(target) for target in targets]})


def table(text: str, where: str) -> dict[str, Any]:
    """What a file says; raises BadInput with the line for what is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        hint = 'Texts stand in quotation marks: root = "/scratch/ada/argosy".'
        raise BadInput(f"{where} is not TOML: {fault}", hint=hint) from None


def read_all(text: str, where: str) -> tuple[Target, ...]:
    """The targets of a file, one or several; raises BadInput that names the target and the field."""
    shape = table(text, where)
    if _ALL in shape and len(shape) > 1:
        raise BadInput(f"{where} mixes one target with several", hint=_BEGIN)
    listed: Any = shape.get(_ALL, [shape])
    if not isinstance(listed, list) or not listed:
        raise BadInput(f"{where} has no target in it", hint=_BEGIN)
    several_said = enumerate(cast("list[Any]", listed), start=1)
    targets = tuple(read(said, f"target {number} of {where}") for number, said in several_said)
    names = [target.name for target in targets]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInput(f"{where} has the target {twice} twice", hint="Give each target a name of its own.")
    return targets


def read(said: object, where: str) -> Target:
    """The target that a table describes; raises BadInput with a finding for each field that will not do."""
    if not isinstance(said, Mapping):
        raise BadInput(f"{where} is no table", hint=_BEGIN)
    given = dict(cast("Mapping[str, Any]", said))
    if given.get("rates") is False:
        given["rates"] = None
    try:
        return checked(Target, given)
    except BadInput as refusal:
        raise BadInput(f"{where}: {refusal.message}", hint=refusal.hint, findings=refusal.findings) from None


def _is_said(key: str, target: Target, usual: Target) -> bool:
    value = getattr(target, key)
    return key in _ALWAYS or (value is not None and value != getattr(usual, key))


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[Any, ...]", value)]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in cast("dict[str, Any]", value).items()}
    return value
