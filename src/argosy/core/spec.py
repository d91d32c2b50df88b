"""One job, fully written out: nothing is left to be looked up when it runs."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from argosy.core import ids, names
from argosy.core.errors import BadInput
from argosy.core.quantities import spell_size
from argosy.core.resources import DurationS, Resources
from argosy.core.retry_wishes import Retries, RetryWishes
from argosy.core.slurm import SlurmWishes
from argosy.core.values import Line, Moment, Value, Whole, YesOrNo, as_whole


def _path(read: Callable[[str], str]) -> AfterValidator:
    def validate(text: str) -> str:
        try:
            return read(text)
        except BadInput as refusal:
            raise ValueError(f"{refusal.message}. {refusal.hint}".strip()) from None

    return AfterValidator(validate)


def _promised(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


RelativePath = Annotated[str, _path(names.relative), _promised(names.RELATIVE_PATTERN, "data/input.pdb")]
"""A spelled path (see ``core.names``) that stays inside its directory, in its usual spelling."""

AbsolutePath = Annotated[str, _path(names.absolute), _promised(names.ABSOLUTE_PATTERN, "/scratch/ada")]
"""A spelled absolute path, in its usual spelling."""

JobId = Annotated[str, Field(pattern=f"^{ids.ID_PATTERN.pattern}$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
LONGEST_WORD = 63
WORD_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$"
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD, pattern=WORD_PATTERN)]
"""A name for targets, engines, templates and labels."""
Argument = Annotated[str, Field(max_length=131_000, pattern=r"^[^\x00]*$")]
"""One word of a command line; the kernel's own limit is 128 KiB a word."""


def _needs_kind(schema: dict[str, Any]) -> None:
    """A source tells by its kind which one it is; the default is for those who write Python."""
    schema["required"] = ["kind", *schema.get("required", ())]


_KIND_NEEDED = ConfigDict(json_schema_extra=_needs_kind)


class Content(Value):
    """A file known by what is in it; the server holds it."""

    model_config = _KIND_NEEDED

    kind: Literal["content"] = "content"
    sha256: Sha256
    size: Whole = Field(ge=0)


class FromJob(Value):
    """A file that another job leaves in its work directory; this job waits until that one has succeeded.

    With ``unfinished`` it is enough that the other one is over: its last checkpoint may be all that is wanted of it.
    """

    model_config = _KIND_NEEDED

    kind: Literal["job"] = "job"
    job: JobId
    path: RelativePath
    unfinished: YesOrNo = False


class OnTarget(Value):
    """A file that lies on the target already; an absolute, spelled path there."""

    model_config = _KIND_NEEDED

    kind: Literal["target"] = "target"
    path: AbsolutePath


Source = Annotated[Content | FromJob | OnTarget, Field(discriminator="kind")]


def source_words(source: Source) -> str:
    """Where a file comes from, in one line for people."""
    if isinstance(source, Content):
        return f"{spell_size(source.size)}, sha256 {source.sha256[:12]}"
    if isinstance(source, FromJob):
        return f"job {ids.short(source.job)}: {source.path}"
    return f"on the target: {source.path}"


class InputFile(Value):
    """A file that is placed in the work directory before the program starts.

    ``mutable`` files are copied, so that the program may change them; the others may be linked to a shared copy.
    """

    name: RelativePath
    source: Source
    role: str = ""
    executable: YesOrNo = False
    mutable: YesOrNo = False


class RenderedFile(Value):
    """A text file that was generated for this job, in full."""

    name: RelativePath
    text: str
    executable: YesOrNo = False


class TemplateRef(Value):
    """The template that a job was made from, and the values that filled it."""

    name: str
    version: str
    digest: str
    values: dict[str, Any] = Field(default_factory=dict)


_CLOSED = Field(json_schema_extra={"additionalProperties": False})
MOST_PRIORITY = 1000
Priority = Annotated[int, Strict(), Field(ge=-MOST_PRIORITY, le=MOST_PRIORITY), BeforeValidator(as_whole)]
"""How urgent a job is among those that wait in Argosy: the larger, the sooner; then the older goes first."""
VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
Environment = Annotated[dict[Annotated[str, Field(pattern=VARIABLE_PATTERN)], Argument], _CLOSED]
Labels = Annotated[dict[Word, Line], _CLOSED]


class JobSpec(Value):
    """One job fully written out: engine, files, command, resources, wanted outputs, target.

    ``retries`` further attempts follow by themselves where that may help; ``retry`` says it for causes and classes of
    failures by name. With ``stop_if_broken`` it is stopped as soon as its numbers show that what it still computes is
    worth nothing. It does not start before ``begin``.
    """

    name: Annotated[Line, Field(min_length=1)]
    engine: Word = "command"
    target: Word = "local"
    argv: Annotated[tuple[Argument, ...], Field(min_length=1)]
    resources: Resources = Resources()
    environment: Environment = Field(default_factory=dict)
    rendered: tuple[RenderedFile, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    outputs: tuple[str, ...] = ()
    labels: Labels = Field(default_factory=dict)
    template: TemplateRef | None = None
    after: tuple[JobId, ...] = ()
    retries: Retries = 0
    retry: RetryWishes = Field(default_factory=dict)
    stop_if_broken: YesOrNo = False
    priority: Priority = 0
    begin: Moment | None = None
    slurm: SlurmWishes = SlurmWishes()
    grace_s: DurationS = 30
    warning_signal: Literal["TERM", "USR1", "USR2", "INT"] | None = None

    @property
    def named_words(self) -> tuple[str, ...]:
        """The words in which it may name a program: those of its command, and texts that filled its template."""
        values = self.template.values.values() if self.template else ()
        return (*self.argv, *(value for value in values if isinstance(value, str)))

    @property
    def parents(self) -> tuple[str, ...]:
        """The jobs that must have succeeded before this one can start, each once, in order."""
        named = [file.source.job for file in self.inputs if isinstance(file.source, FromJob)]
        return tuple(dict.fromkeys((*self.after, *named)))

    @property
    def must_succeed(self) -> frozenset[str]:
        """Those of the parents for which it is not enough to be over."""
        sources = [file.source for file in self.inputs]
        named = [source.job for source in sources if isinstance(source, FromJob) and not source.unfinished]
        return frozenset((*self.after, *named))
