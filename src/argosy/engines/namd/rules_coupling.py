"""Thermostats, barostats, restraints, Gaussian accelerated MD, and what the GPU-resident mode cannot do."""

from collections.abc import Iterator

from argosy.core.spec import JobSpec
from argosy.engines.namd.complaint import Complaint, doubt, fatal
from argosy.engines.namd.config import Config, number_in

_PISTON = ("langevinPistonTarget", "langevinPistonPeriod", "langevinPistonDecay", "langevinPistonTemp")
_RESTRAINED = ("consref", "conskfile", "conskcol")
_STEERED = ("SMDFile", "SMDk", "SMDVel", "SMDDir")
_PHASES = ("accelMDGcMDPrepSteps", "accelMDGcMDSteps", "accelMDGEquiPrepSteps", "accelMDGEquiSteps")
_BLOCKED = (
    "minimization", "accelMD", "adaptTempMD", "molly", "gridforce", "mgridforce", "GBIS", "FMA", "fullDirect",
    "MSM", "berendsenPressure", "printBadContacts", "IMDon", "TMD", "symmetryRestraints", "qmForces", "sphericalBC",
    "cylindricalBC", "extForces", "tclBC", "LES", "pairInteraction", "movDragOn", "rotDragOn", "stir",
    "constantForce", "fixedAtoms", "zeroMomentum", "drude", "loweAndersen", "pressureProfile",
)  # fmt: skip
_BLOCKED_NUMBERS = ("reassignFreq", "rescaleFreq", "maximumMove")
_SINGLE_GPU = {"constraints": "Restraints (constraints on)", "eFieldOn": "EField", "SMD": "SMD"}
_RENAMED = {
    "CUDASOAintegrate": "GPUresident",
    "DeviceMigration": "GPUAtomMigration",
    "CUDAForceTable": "GPUForceTable",
    "bondedCUDA": "bondedGPU",
    "usePMECUDA": "usePMEGPU",
    "1-4scaling": "oneFourScaling",
}


def complaints_of_coupling(config: Config, spec: JobSpec) -> Iterator[Complaint]:
    """About heat baths, pressure, restraints and the GPU."""
    yield from _thermostat(config)
    yield from _barostat(config)
    yield from _tempering(config)
    yield from _restraints(config)
    yield from _steered(config)
    yield from _accelerated(config)
    yield from _renamed(config)
    yield from _resident(config, spec)


def is_resident(config: Config) -> bool:
    """Whether it runs on the graphics card alone."""
    return config.flag("GPUresident") or config.flag("CUDASOAintegrate")


def _needs(config: Config, switch: str, keywords: tuple[str, ...]) -> Iterator[Complaint]:
    for keyword in keywords:
        if config.flag(switch) and config.whole and not config.has(keyword):
            said = f"ERROR: '{keyword}' is a required configuration option when '{switch}' is set"
            yield Complaint(switch, f"{keyword} is missing, and {switch} is on", f"Add {keyword}.", said=said)


def _thermostat(config: Config) -> Iterator[Complaint]:
    yield from _needs(config, "langevin", ("langevinTemp",))
    coupled = config.has("langevinDamping", "langevinFile") or not config.whole
    if config.flag("langevin") and config.has("langevinHydrogen") and not coupled:
        said = "langevinHydrogen requires langevinDamping to be set."
        yield fatal("langevinHydrogen", "langevinDamping is missing", said, "Add: langevinDamping 1")
    if config.has("langevinDamping") and config.has("langevinFile"):
        said = (
            "To specify Langevin dynamics parameters, use either langevinDamping and langevinHydrogen "
            "or langevinFile and langevinCol.  Do not combine them."
        )
        yield fatal("langevinFile", "langevinDamping and langevinFile are both given", said, "Leave one of them.")
    late = [setting for setting in config.changed if setting.key == "langevin"]
    if late and not config.flag("langevin"):
        said = "Langevin must be enabled at startup to disable and re-enable in script."
        yield fatal("langevin", "langevin is switched on after the start", said, "Switch it on before the first run.")


def _barostat(config: Config) -> Iterator[Complaint]:
    yield from _needs(config, "langevinPiston", _PISTON)
    if config.flag("langevinPiston") and config.flag("berendsenPressure"):
        said = "Multiple pressure control algorithms selected!"
        yield fatal("berendsenPressure", "two barostats are on at once", said, "Leave one of them.")
    area, ratio = config.flag("useConstantArea"), config.flag("useConstantRatio")
    if area and ratio:
        said = "useConstantArea and useConstantRatio are mutually exclusive."
        yield fatal("useConstantArea", "useConstantArea and useConstantRatio are both on", said, "Leave one of them.")
    for keyword, on in (("useConstantRatio", ratio), ("useConstantArea", area)):
        if on and not config.flag("useFlexibleCell") and config.whole:
            said = f"{keyword} requires useFlexibleCell."
            yield fatal(keyword, f"{keyword} is on without useFlexibleCell", said, "Add: useFlexibleCell on")
    if area and config.has("surfaceTensionTarget"):
        said = "surfaceTensionTarget and useConstantArea are mutually exclusive."
        yield fatal("useConstantArea", "a surface tension and a constant area exclude each other", said, "Leave one.")
    if config.flag("langevinPiston") and config.number("margin") == 0:
        what = "margin is 0 under constant pressure"
        said = "Warning: ALWAYS USE NON-ZERO MARGIN WITH CONSTANT PRESSURE!"
        yield doubt("margin", what, "Leave margin out; NAMD then chooses one.", why=f"NAMD would print: {said}")
    rigid = (config.text("rigidBonds") or "none").lower() in {"all", "water", "on"}
    if config.flag("langevinPiston") and rigid and not config.flag("useGroupPressure") and config.whole:
        what = "useGroupPressure is off, but bonds are rigid and the pressure is controlled"
        yield doubt("useGroupPressure", what, "Add: useGroupPressure yes", why="The pressure would be wrong.")


def _tempering(config: Config) -> Iterator[Complaint]:
    for every, temperature, said in (
        ("rescaleFreq", "rescaleTemp", "Must give a rescale temperature if rescaleFreq is defined"),
        ("reassignFreq", "reassignTemp", "Must give a reassign temperature if reassignFreq is defined"),
        ("reassignHold", "reassignIncr", "Must give a reassignment increment if reassignHold is given"),
    ):
        if config.has(every) and not config.has(temperature) and config.whole:
            yield fatal(every, f"{every} is given without {temperature}", said, f"Add {temperature}.")


def _restraints(config: Config) -> Iterator[Complaint]:
    yield from _needs(config, "constraints", _RESTRAINED)
    if config.flag("extraBonds") and config.whole and not config.has("extraBondsFile"):
        said = "NO EXTRA BONDS FILES SPECIFIED"
        yield fatal("extraBonds", "extraBonds is on without a file", said, "Add a line with extraBondsFile.")
    rigid = (config.text("rigidBonds") or "none").lower() in {"all", "water", "on"}
    if rigid and (config.text("exclude") or "").lower() in {"none", "1-2"}:
        said = "splitPatch hydrogen is required for rigidBonds"
        yield fatal("rigidBonds", "rigid bonds need exclude 1-3 or more", said, "Take: exclude scaled1-4")


def _steered(config: Config) -> Iterator[Complaint]:
    yield from _needs(config, "SMD", _STEERED)
    if not config.flag("SMD"):
        return
    direction = [number_in(part, None) for part in (config.text("SMDDir") or "").split()]
    if direction and not any(direction):
        said = "SMD direction vector must be non-zero"
        yield fatal("SMDDir", "the direction of pulling has no length", said, "Give one such as 0 0 1.")
    every, cycle = config.whole_number("SMDOutputFreq", 1) or 1, config.whole_number("stepspercycle", 20) or 20
    if every % cycle:
        said = "SMDOutputFreq must be a multiple of stepsPerCycle"
        what = f"SMDOutputFreq {every} is no multiple of stepspercycle {cycle}"
        yield fatal("SMDOutputFreq", what, said, f"Take {-(-every // cycle) * cycle}, for example.")


def _accelerated(config: Config) -> Iterator[Complaint]:
    if not config.flag("accelMDG"):
        return
    kind = config.whole_number("accelMDGiE")
    if kind is not None and kind not in {1, 2}:
        said = f"accelMDGiE was set to {kind} but it should be 1 or 2"
        yield fatal("accelMDGiE", said, said, "Write 1 or 2.")
    yield from _phases(config)
    window = config.whole_number("accelMDGStatWindow")
    uneven = [name for name in _PHASES if window and (config.whole_number(name, 0) or 0) % window]
    for name in uneven:
        what = f"{name} is no multiple of accelMDGStatWindow {window}"
        yield Complaint(name, what, f"Take a multiple of {window}.", why="NAMD 3 stops then.")


def _phases(config: Config) -> Iterator[Complaint]:
    phases = 0
    for name, of_it in (("accelMDGcMDSteps", "accelMDGcMDPrepSteps"), ("accelMDGEquiSteps", "accelMDGEquiPrepSteps")):
        steps, settling = config.whole_number(name, 1_000_000) or 0, config.whole_number(of_it, 200_000) or 0
        phases += steps
        if steps < settling:
            said = f"'{name}' should be larger than '{of_it}'"
            yield fatal(name, f"{name} {steps} is below {settling}", said, "Take more steps.")
    last = config.last_step
    if last is not None and last < phases:
        what = f"the run ends at step {last}, while the boost is still being tuned up to step {phases}"
        yield doubt("run", what, f"Let it run well beyond step {phases}.", why="No sampling comes out of it yet.")


def _renamed(config: Config) -> Iterator[Complaint]:
    for old, new in _RENAMED.items():
        if config.has(old) and config.has(new):
            what = f"{old} and {new} are two names of one thing"
            yield Complaint(old, what, f"Leave {new}.", why="NAMD 3 stops when both are given.")


def _resident(config: Config, spec: JobSpec) -> Iterator[Complaint]:
    if not is_resident(config):
        return
    blocked = [name for name in _BLOCKED if config.flag(name)]
    blocked += [name for name in _BLOCKED_NUMBERS if config.has(name)]
    for name in blocked:
        said = f"GPUresident is incompatible with the following options: {name}"
        yield fatal(name, f"{name} does not work with GPUresident", said, f"Leave out {name}, or GPUresident.")
    for name, words in _SINGLE_GPU.items():
        if spec.resources.gpus > 1 and config.flag(name):
            said = f"{words} are not compatible with multi-GPU GPUresident"
            yield fatal(name, f"{name} works on a single GPU only", said, "Ask for --gpus 1.")
    for name in ("margin", "stepspercycle"):
        if config.has(name):
            yield doubt(name, f"{name} slows the GPU-resident mode down", f"Leave {name} out.")
