"""What a simulation starts from: required keywords, velocities or a temperature, a force field's format."""

from collections.abc import Iterator

from argosy.core.spec import JobSpec
from argosy.engines.namd.complaint import Complaint, doubt, fatal
from argosy.engines.namd.config import Config, Setting
from argosy.engines.namd.keywords import words

_LONGEST_PREFIX = 120
FILES = words(
    """
    structure coordinates parameters bincoordinates binvelocities velocities extendedsystem consref conskfile
    fixedatomsfile extrabondsfile colvarsconfig colvarsinput parmfile ambercoor grotopfile grocoorfile
    langevinfile accelmdgrestartfile smdfile
    """
)
"""Keywords whose value is the name of a file that is read."""


def complaints_of_start(config: Config, spec: JobSpec) -> Iterator[Complaint]:
    """About what it starts from and what it writes to."""
    if config.whole:
        yield from _required(config)
        yield from _nothing_to_do(config)
    yield from _velocities(config)
    yield from _format(config)
    yield from _absent(config, spec)
    yield from _overwritten(config)


def _required(config: Config) -> Iterator[Complaint]:
    for keyword in ("exclude", "cutoff", "outputname"):
        if not config.has(keyword):
            said = f"ERROR: '{keyword}' is a required configuration option"
            yield Complaint(keyword, f"{keyword} is missing", f"Add a line with {keyword}.", said=said)
    if config.flag("switching", default=True) and not config.has("switchdist"):
        said = "switchDist must be defined when switching is enabled"
        yield fatal(
            "switchdist", "switchdist is missing, and switching is on", said, "Give switchdist, or switching off."
        )
    if config.flag("amber") or config.flag("gromacs"):
        return
    for keyword in ("coordinates", "structure", "parameters"):
        if not config.has(keyword):
            said = f"{keyword} not found in the configuration file!"
            yield fatal(keyword, f"{keyword} is missing", said, f"Add a line with {keyword} and the name of the file.")


def _nothing_to_do(config: Config) -> Iterator[Complaint]:
    if not config.plan and not config.others:
        what = "nothing is run: there is no run, no minimize and no numsteps"
        yield doubt("run", what, "Add a line such as: run 50000", why="NAMD would start, do nothing and end.")


def _velocities(config: Config) -> Iterator[Complaint]:
    given = [name for name in ("temperature", "velocities", "binVelocities") if config.has(name)]
    if len(given) > 1:
        said = "Cannot specify both an initial temperature and a velocity file"
        what = f"{' and '.join(given)} are all given, but a simulation has one start"
        yield fatal(given[0], what, said, "Leave out temperature when it goes on from velocities.")
    elif not given and config.whole and not config.flag("minimization"):
        said = "Must have either an initial temperature or a velocity file"
        what = "there is neither a temperature nor a file of velocities to start from"
        yield fatal("temperature", what, said, "Add a line with temperature, or one with binVelocities.")


def _format(config: Config) -> Iterator[Complaint]:
    if config.flag("paraTypeCharmm") and config.flag("paraTypeXplor"):
        said = "Please specify either XPLOR or CHARMM format for parameters!"
        what = "paraTypeCharmm and paraTypeXplor are both on"
        yield fatal("paraTypeXplor", what, said, "Leave one of them, mostly paraTypeCharmm.")
    elif config.has("parameters") and config.whole and not config.has("paraTypeCharmm", "paraTypeXplor"):
        what = "the format of the parameter files is not given, so NAMD takes them for X-PLOR's"
        yield doubt("parameters", what, "Add: paraTypeCharmm on", why="Nearly all of today's are CHARMM's.")


def _absent(config: Config, spec: JobSpec) -> Iterator[Complaint]:
    """Files that the configuration names and that the job does not bring."""
    brought = {file.name for file in (*spec.inputs, *spec.rendered)}
    for setting in config.declared:
        if setting.key not in FILES or not setting.value or setting.value.startswith(("/", "~")):
            continue
        name = setting.value.strip().strip('"').removeprefix("./")
        if name not in brought and not _made_by_hand(config):
            what = f"{setting.keyword} names the file {name[:80]!r}, which the job does not bring along"
            yield doubt(setting.keyword, what, f"Send it along: --file {name[:80]}=PATH", line=setting.line)


def _made_by_hand(config: Config) -> bool:
    """Whether ``cwd`` makes names mean files in another place."""
    return config.has("cwd")


def _overwritten(config: Config) -> Iterator[Complaint]:
    prefixes = [("outputname", config.output_name), ("restartname", config.restart_name)]
    starts = [one for one in config.declared if one.key in {"bincoordinates", "binvelocities", "extendedsystem"}]
    for keyword, prefix in prefixes:
        if len(prefix) > _LONGEST_PREFIX:
            what = f"{keyword} is {len(prefix)} characters long"
            yield doubt(keyword, what, f"Stay below {_LONGEST_PREFIX}.", why="NAMD 2 cuts long names.")
        for start in starts:
            if prefix and _is_output(start, prefix):
                what = f"{start.keyword} reads {start.value}, which {keyword} {prefix} will overwrite"
                why = "A run that fails then destroys what it started from."
                yield Complaint(keyword, what, "Give every segment an outputname of its own.", why=why, line=start.line)


def _is_output(start: Setting, prefix: str) -> bool:
    return (start.value or "").strip() in {f"{prefix}{suffix}" for suffix in (".coor", ".vel", ".xsc")}
