"""A target: a named place where jobs run."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, Strict, model_validator

from argosy.core.job import OutcomeName
from argosy.core.proposals import ModuleName, Program, ResourceSet, SizeHint
from argosy.core.quoting import quote
from argosy.core.resources import Resources
from argosy.core.retry_wishes import Retries, RetryWishes
from argosy.core.slurm import Slurm
from argosy.core.spec import AbsolutePath, Argument, Environment, Word
from argosy.core.values import Count, Line, Real, Value, Whole, YesOrNo, as_whole

_BLANK = r"\s\x00-\x1f\x7f-\x9f"
_Port = Annotated[int, Strict(), Field(ge=1, le=65_535), BeforeValidator(as_whole)]
_Days = Annotated[Real, Field(ge=0, le=36_500)]
_Mebibytes = Annotated[int, Strict(), Field(ge=0), BeforeValidator(as_whole)]


class Limits(Value):
    """What Argosy may have running there at once; None means no limit of ours.

    ``cpus`` and ``memory_mib`` cap the sum over running jobs on targets whose scheduler does not (``process``).
    """

    running: Count | None = None
    cpus: Count | None = None
    memory_mib: Count | None = None


class Polling(Value):
    """How often a target may be asked, in seconds: quickly after something moved, slowly while nothing does."""

    floor_s: Real = Field(default=0.02, gt=0, le=3600)
    ceiling_s: Real = Field(default=2.0, gt=0, le=3600)


class Ssh(Value):
    """How the transport ``ssh`` finds its machine.

    ``host`` is a name of ~/.ssh/config or of the network. What is None or empty is what ~/.ssh/config says. ``backend``
    ``asyncssh`` is our own connection; ``openssh`` drives the system's ``ssh`` with a shared control connection, for
    machines that only it can reach (GSSAPI, hardware keys). ``config`` and ``identities`` are paths on this machine.
    """

    host: Annotated[str, Field(min_length=1, max_length=255, pattern=rf"^[^-{_BLANK}][^{_BLANK}]*$")]
    user: Annotated[str, Field(pattern=rf"^[^-@:/{_BLANK}][^@:/{_BLANK}]*$")] | None = None
    port: _Port | None = None
    backend: Literal["asyncssh", "openssh"] = "asyncssh"
    config: str | None = None
    identities: tuple[str, ...] = ()
    keyring: YesOrNo = False
    """Whether secrets that worked are kept in the keyring of this machine's desktop; else in memory only."""
    second_login: YesOrNo = True
    """Whether ``asyncssh`` may log in once more for large files, by the system's ``ssh`` and a key that asks nobody."""


class Rates(Value):
    """How often a target may be asked: commands per second with a burst, and how many may wait for their turn.

    ``logins_per_hour`` is how often Argosy logs in by itself; a person may always.
    """

    commands_per_s: Real = Field(default=5.0, gt=0, le=10_000)
    burst: Whole = Field(default=20, ge=1, le=10_000)
    waiting: Whole = Field(default=20, ge=1, le=10_000)
    logins_per_hour: Whole = Field(default=12, ge=1, le=10_000)


class Retention(Value):
    """How long things stay on a target before the server clears them away at quiet times; None keeps them for ever.

    ``scratch_days`` is for what attempts left below the scratch root, once it is safe below the project root;
    ``cache_days`` for cached inputs that no open job needs; ``files_days`` for the files of jobs that are over, which
    stay on the list, and ``files_days_by_fate`` instead for those of jobs with such an outcome; ``checkpoints_days``
    for the restart files of jobs that are over, where nobody has to go back to them. Of cached inputs at most
    ``cache_mib`` are kept, and of the files of jobs that are over at most ``files_mib``:
    the oldest go first.
    """

    scratch_days: _Days | None = None
    cache_days: _Days | None = None
    cache_mib: _Mebibytes | None = None
    checkpoints_days: _Days | None = None
    files_days: _Days | None = None
    files_days_by_fate: dict[OutcomeName, _Days] = Field(default_factory=dict[OutcomeName, float])
    files_mib: _Mebibytes | None = None


_POLLING = {"slurm": Polling(floor_s=2, ceiling_s=60)}
_POLLING_THERE = {"ssh": Polling(floor_s=0.5, ceiling_s=10)}
_RATES = {"ssh": Rates()}
_NOT_THE_WAY = {
    "scheduler",
    "slurm",
    "rates",
    "retention",
    "limits",
    "polling",
    "defaults",
    "environment",
    "path",
    "prologue",
    "modules",
    "launcher",
    "programs",
    "resource_sets",
    "sizes",
    "pitfalls",
    "retries",
    "retry",
}


_ProgramName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")]
_Launcher = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f'\"\\\\`$]*$")]


_MODULE_IS_KNOWN = "command -v module >/dev/null 2>&1 || . /etc/profile >/dev/null 2>&1 || :"


class Target(Value):
    """How a place is reached, which scheduler it has, where files live there, and what holds for its jobs.

    ``root`` is an absolute, spelled path on the target. Where there is a ``scratch``, another such path, attempts run
    below it, and what they leave is copied below the root when they are over. ``prologue`` are shell lines that run
    before every program; after them ``modules`` are loaded, in order. ``path`` is put in front of the program's PATH.
    ``ssh`` belongs to the transport of that name and ``slurm`` to the scheduler; ``rates`` None means no limit of ours.
    ``launcher`` is what parallel programs are started with, such as ``srun --mpi=pmix``: they find it in the variable
    ARGOSY_LAUNCHER. ``programs`` says where programs are, so that a job which names one finds it. ``resource_sets``,
    ``sizes`` and ``pitfalls`` are for people who describe jobs. ``retries`` and ``retry`` say how often jobs there are
    tried again by themselves, where these do not say it.

    Where others share a machine it has gentle ``polling`` and ``rates`` by itself.
    """

    name: Word
    transport: Word = "local"
    scheduler: Word = "process"
    root: AbsolutePath
    scratch: AbsolutePath | None = None
    retention: Retention = Retention()
    ssh: Ssh | None = None
    slurm: Slurm | None = None
    rates: Rates | None = None
    limits: Limits = Limits()
    polling: Polling = Polling()
    defaults: Resources = Resources()
    environment: Environment = Field(default_factory=dict)
    path: tuple[Argument, ...] = ()
    prologue: tuple[Annotated[str, Field(pattern=r"^[^\x00\n]*$")], ...] = ()
    modules: tuple[ModuleName, ...] = ()
    launcher: _Launcher = ""
    programs: dict[_ProgramName, Program] = Field(
        default_factory=dict[str, Program], json_schema_extra={"additionalProperties": False}
    )
    resource_sets: tuple[ResourceSet, ...] = ()
    sizes: tuple[SizeHint, ...] = ()
    pitfalls: tuple[Line, ...] = ()
    retries: Retries | None = None
    retry: RetryWishes = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _with_manners(cls, given: object) -> object:
        """What is shared by many people is asked less often than a machine of one's own."""
        if not isinstance(given, dict):
            return given
        fields = cast("Mapping[str, Any]", given)
        scheduler, transport = str(fields.get("scheduler")), str(fields.get("transport"))
        usual = {
            "polling": _POLLING.get(scheduler) or _POLLING_THERE.get(transport),
            "rates": _RATES.get(transport),
        }
        return {**{key: value for key, value in usual.items() if value}, **fields}

    def preparation(self, words: Iterable[str] = ()) -> tuple[str, ...]:
        """The shell lines that run before a program, and stop the job when one of them fails.

        ``words`` are those in which a job may name programs that the target knows the place of. ``module`` is a
        function that login shells have; where it is missing the files that define it are read first.
        """
        named = [self.programs[word] for word in dict.fromkeys(words) if word in self.programs]
        modules = tuple(dict.fromkeys((*self.modules, *(name for one in named for name in one.modules))))
        places = [one.directory for one in named if one.directory]
        return (
            *self.prologue,
            *([_MODULE_IS_KNOWN, f"module load {' '.join(modules)}"] if modules else ()),
            *(f"PATH={quote(place)}:$PATH; export PATH" for place in places),
            *([f"export ARGOSY_LAUNCHER={quote(self.launcher)}"] if self.launcher else ()),
        )

    def way(self) -> dict[str, Any]:
        """What its machine is reached by: a change of anything else leaves the connection as it is."""
        return self.model_dump(exclude=_NOT_THE_WAY)
