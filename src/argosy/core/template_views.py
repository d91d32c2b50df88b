"""What the door shows of templates, and takes of them: the shapes that every window reads."""

from typing import Annotated, Any

from pydantic import Field

from argosy.core.findings import Finding
from argosy.core.spec import Word
from argosy.core.template import Template
from argosy.core.values import Value, Whole, YesOrNo

VERSIONED = r"^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?(@[0-9]+(\.[0-9]+){0,2})?$"
VersionedName = Annotated[str, Field(min_length=1, max_length=100, pattern=VERSIONED)]
"""The name of a template, if wanted with one of its versions: ``namd/nvt`` or ``namd/nvt@1.2.0``."""


class TrialsAsked(Value):
    """A template to be tried out: its name, or all of it; how often with random values, and from which seed."""

    template: VersionedName | Template
    count: Whole = Field(default=20, ge=0, le=1000)
    seed: Whole = Field(default=1, ge=0, le=2**53)


class TriedValues(Value):
    """One set of values that something is wrong with. ``case`` tells what is special about it."""

    case: str
    given: dict[str, Any]
    findings: tuple[Finding, ...]


class Remark(Value):
    """What the checks say at one place: the first that they said, for which values, and how many sets had any."""

    finding: Finding
    case: str
    times: int


class Trials(Value):
    """What trying out has shown: how many sets of values were ``tried``, and those of them that did badly.

    ``remarks`` are what the checks have to say of the others.
    """

    template: str
    version: str
    tried: int
    failed: tuple[TriedValues, ...] = ()
    remarks: tuple[Remark, ...] = ()


class SentTemplate(Value):
    """A template in one file: its name, and its bytes in Base64. With ``keep`` it is put among the user's own."""

    file: str = Field(max_length=500)
    content: str = Field(max_length=24 * 1024 * 1024)
    name: Word | None = None
    keep: YesOrNo = True
    replace: YesOrNo = False


class TakenIn(Value):
    """A template that was read from a file, and what to know of it."""

    template: Template
    findings: tuple[Finding, ...] = ()
    kept: bool = False


class JobAsTemplate(Value):
    """A job to make a template of, and the name that the template shall have."""

    job: str
    name: Word
