"""Step arithmetic: cycles, frequencies, and where runs may end."""

from collections.abc import Iterator

from argosy.engines.namd.complaint import Complaint, doubt, fatal
from argosy.engines.namd.config import Action, Config

_CYCLE = 20
_LONGEST_TIMESTEP_FS = 4.0
_LONGEST_FREE_TIMESTEP_FS = 1.0


def complaints_of_steps(config: Config) -> Iterator[Complaint]:
    """About frequencies, the steps of each command, and the timestep."""
    cycle = config.whole_number("stepspercycle", _CYCLE) or _CYCLE
    yield from _frequencies(config, cycle)
    yield from _first(config, cycle)
    for action in config.plan[:50]:
        yield from _action(action, cycle)
    yield from _modes(config)
    yield from _outputs(config, cycle)
    yield from _timestep(config)


def rounded(steps: int, cycle: int) -> int:
    """The next multiple of the cycle that is not below."""
    return -(-steps // cycle) * cycle


def _frequencies(config: Config, cycle: int) -> Iterator[Complaint]:
    short = config.whole_number("nonbondedFreq", 1) or 1
    full = config.whole_number("fullElectFrequency", short) or short
    for number, name, divisor, other, said in (
        (cycle, "stepspercycle", short, "nonbondedFreq", "stepsPerCycle must be a multiple of nonbondedFreq"),
        (cycle, "stepspercycle", full, "fullElectFrequency", "stepsPerCycle must be a multiple of fullElectFrequency"),
        (full, "fullElectFrequency", short, "nonbondedFreq", "fullElectFrequency must be a multiple of nonbondedFreq"),
    ):
        if number % divisor:
            what = f"{name} {number} is no multiple of {other} {divisor}"
            yield fatal(name, what, said, f"Take {rounded(number, divisor)}, for example.")
    energies = config.whole_number("outputEnergies", 1) or 1
    if energies % full and full % energies:
        said = "Either outputEnergies must be a multiple of fullElectFrequency or vice versa."
        what = f"outputEnergies {energies} does not fit fullElectFrequency {full}"
        yield fatal("outputEnergies", what, said, f"Take {rounded(energies, full)}, for example.")


def _first(config: Config, cycle: int) -> Iterator[Complaint]:
    if config.first_step % cycle:
        what = f"firsttimestep {config.first_step} is no multiple of stepspercycle {cycle}"
        remedy = f"Take {rounded(config.first_step, cycle)}, for example."
        yield fatal("firsttimestep", what, "First timestep must be a multiple of stepsPerCycle!!", remedy)
    last = config.whole_number("numsteps")
    if last is not None and not config.actions and config.first_step > 0 and last <= config.first_step:
        what = f"numsteps {last} is not above firsttimestep {config.first_step}, so nothing is run"
        remedy = "Set numsteps to the last step of the whole, or use run, which counts from here."
        yield Complaint("numsteps", what, remedy, why="numsteps is the number of the last step, not of steps to do.")


def _action(action: Action, cycle: int) -> Iterator[Complaint]:
    steps = action.steps
    if steps is None:
        if action.written:
            what = f"{action.kind} {action.written[:40]} is no whole number of steps"
            said = f'FATAL ERROR: expected integer but got "{action.written[:40]}"'
            yield Complaint(action.kind, what, "Write digits and nothing else.", said=said, line=action.line)
    elif steps < 0:
        said = "number of steps must be non-negative"
        yield fatal(action.kind, f"{action.kind} {steps} goes backwards", said, "Write 0 or more.", line=action.line)
    elif steps % cycle:
        what = f"{action.kind} {steps} is no multiple of stepspercycle {cycle}"
        said = "number of steps must be a multiple of stepsPerCycle"
        yield fatal(action.kind, what, said, f"Take {rounded(steps, cycle)} steps.", line=action.line)


def _modes(config: Config) -> Iterator[Complaint]:
    runs = [action for action in config.actions if action.kind == "run"]
    if config.flag("minimization") and runs:
        said = "run called with minimization enabled; use minimize command instead"
        what = "minimization is on, and there is a run"
        yield fatal("run", what, said, "Write minimize instead of run.", line=runs[0].line)
    heated = [one.line for one in config.others if one.keyword in {"reinitvels", "rescalevels"}]
    for before, action in zip(config.actions, config.actions[1:], strict=False):
        warmed = any(before.line <= line <= action.line for line in heated)
        if before.kind == "minimize" and action.kind == "run" and not warmed:
            what = "a run follows minimize, which leaves all velocities at zero"
            yield doubt("run", what, "Put a line such as 'reinitvels 300' in between.", line=action.line)


def _outputs(config: Config, cycle: int) -> Iterator[Complaint]:
    restarts = config.whole_number("restartfreq", 0) or 0
    if restarts and restarts % cycle:
        what = f"restartfreq {restarts} is no multiple of stepspercycle {cycle}"
        why = "A run can only go on from a step that is one."
        remedy = f"Take {rounded(restarts, cycle)}."
        yield Complaint("restartfreq", what, remedy, why=why)
    last = config.last_step
    steps = None if last is None else last - config.first_step
    if steps is None:
        return
    if not restarts and any(action.kind == "run" for action in config.plan):
        yield doubt("restartfreq", "no restart files are written", "Add a line with restartfreq.", why=_LOST)
    for name, consequence in (("restartfreq", _LOST), ("DCDfreq", "The trajectory will be empty.")):
        every = config.whole_number(name, 0) or 0
        if every > steps:
            what = f"the run ends after {steps} steps, before the first of every {every} steps"
            yield doubt(name, what, f"Take {rounded(max(steps // 10, 1), cycle)}, for example.", why=consequence)
    energies = config.whole_number("outputEnergies", 1) or 1
    if energies < 10 < steps // 10_000:
        what = f"energies are written every {energies} steps, {steps // energies:,} times"
        yield doubt("outputEnergies", what, "Take 100 or more.", why="That slows the run down.")


_LOST = "A run that is stopped will have lost everything."


def _timestep(config: Config) -> Iterator[Complaint]:
    timestep = config.number("timestep")
    rigid = (config.text("rigidBonds") or "none").lower() if config.whole else "all"
    if timestep is None or not any(action.kind == "run" for action in config.plan):
        return
    if timestep > _LONGEST_TIMESTEP_FS:
        what = f"a timestep of {timestep:g} fs is longer than atoms usually allow"
        yield doubt("timestep", what, "Take 2 fs, or 4 fs with heavier hydrogens.")
    elif timestep > _LONGEST_FREE_TIMESTEP_FS and rigid in {"none", "off"}:
        what = f"a timestep of {timestep:g} fs needs rigid bonds to hydrogen"
        yield doubt("timestep", what, "Add: rigidBonds all", why="Free ones vibrate too fast for it.")
