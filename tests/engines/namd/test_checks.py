"""Every cross-rule is found before a job is made, quoted as NAMD would print it; sound configurations hear nothing."""

import pytest

from argosy.core.findings import Finding, Severity
from argosy.core.resources import Resources
from argosy.core.spec import InputFile, JobSpec, OnTarget, RenderedFile
from argosy.engines.namd.engine import ENGINE

SOUND = """\
structure a.psf
coordinates a.pdb
paraTypeCharmm on
parameters a.prm
exclude scaled1-4
switching on
switchdist 10
cutoff 12
pairlistdist 14
PME yes
PMEGridSpacing 1.0
cellBasisVector1 80 0 0
cellBasisVector2 0 80 0
cellBasisVector3 0 0 80
timestep 2
rigidBonds all
nonbondedFreq 1
fullElectFrequency 2
stepspercycle 20
temperature 300
langevin on
langevinTemp 300
langevinDamping 1
langevinPiston on
langevinPistonTarget 1.01325
langevinPistonPeriod 200
langevinPistonDecay 100
langevinPistonTemp 300
useGroupPressure yes
outputname out
restartfreq 1000
DCDfreq 1000
outputEnergies 100
"""


def job(text: str, **fields: object) -> JobSpec:
    inputs = tuple(InputFile(name=f"a.{suffix}", source=OnTarget(path="/x")) for suffix in ("psf", "pdb", "prm"))
    files = (RenderedFile(name="config.namd", text=text),)
    return JobSpec(name="a", engine="namd", argv=("namd3", "config.namd"), rendered=files, inputs=inputs, **fields)


def findings(text: str, **fields: object) -> tuple[Finding, ...]:
    return ENGINE.check(job(text, **fields))


def changed(*lines: str, without: str = "") -> str:
    """The sound configuration with other lines for these keywords, and without some."""
    keywords = {line.split()[0].lower() for line in lines} | set(without.lower().split())
    kept = [line for line in SOUND.splitlines() if line.split()[0].lower() not in keywords]
    return "\n".join([*kept, *lines]) + "\n"


RUN = "run 10000"
RULES: list[tuple[str, str]] = [
    (changed(RUN, without="cutoff"), "ERROR: 'cutoff' is a required configuration option"),
    (changed(RUN, without="exclude"), "ERROR: 'exclude' is a required configuration option"),
    (changed("timstep 2", RUN), "are NOT VALID: timstep"),
    (changed("timestep -1", RUN), "ERROR: 'timestep' was set to -1"),
    (changed("PME maybe", RUN), "ParseOptions can't understand 'maybe'"),
    (changed("outputEnergies 1e3", RUN), "ERROR: Expecting only a number for 'outputEnergies' input, got: 1e3"),
    (changed("exclude all", RUN), "Illegal value 'all' for 'exclude' in configuration file"),
    (changed(RUN) + "structure b.psf", "Setting parameter structure from script failed!"),
    (SOUND + "cutoff 10\n" + RUN, "ERROR: Multiple definitions of 'cutoff'"),
    (changed(RUN, without="structure"), "structure not found in the configuration file!"),
    (changed(RUN, without="coordinates"), "coordinates not found in the configuration file!"),
    (changed(RUN, without="parameters"), "parameters not found in the configuration file!"),
    (changed(RUN, without="temperature"), "Must have either an initial temperature or a velocity file"),
    (changed("binVelocities a.vel", RUN), "Cannot specify both an initial temperature and a velocity file"),
    (changed("paraTypeXplor on", RUN), "Please specify either XPLOR or CHARMM format for parameters!"),
    (changed(RUN, without="cellBasisVector3"), "PME requires periodic boundary conditions."),
    (changed("cellBasisVector3 0 0 0", RUN), "PME requires periodic boundary conditions."),
    (
        changed(RUN, without="PMEGridSpacing"),
        "Either PMEGridSpacing or PMEGridSizeX, PMEGridSizeY, and PMEGridSizeZ must",
    ),
    (changed("PMEGridSizeX 32", RUN), "PMEGridSizeX 32 is too small for cell length 80 and PMEGridSpacing 1"),
    (changed("PMEGridSizeX 4", RUN), "PMEGridSizeX (number of grid points) is very small."),
    (changed("PME no", RUN, without="cellBasisVector2"), "Used cellBasisVector3 without cellBasisVector2!"),
    (changed("PME no", RUN, without="cellBasisVector1"), "Used cellBasisVector2 without cellBasisVector1!"),
    (
        changed("PME no", "cellOrigin 0 0 0", RUN, without="cellBasisVector1 cellBasisVector2 cellBasisVector3"),
        "Used cellOrigin without cellBasisVector1!",
    ),
    (changed(RUN, without="switchdist"), "switchDist must be defined when switching is enabled"),
    (changed("switchdist 13", RUN), "switchDist muct be between 0 and cutoff, which is 12.000000"),
    (changed("pairlistdist 11", RUN), "pairlistDist must be >= cutoff distance"),
    (
        changed("LJcorrection on", "PME no", RUN, without="cellBasisVector1 cellBasisVector2 cellBasisVector3"),
        "Can't use LJ tail corrections without periodic boundary conditions!",
    ),
    (changed("MSM on", RUN), "More than one full electrostatics algorithm selected!!!"),
    (changed("GBIS on", RUN), "GBIS not compatible with PME"),
    (changed("nonbondedFreq 3", "fullElectFrequency 3", RUN), "stepsPerCycle must be a multiple of nonbondedFreq"),
    (changed("fullElectFrequency 3", RUN), "stepsPerCycle must be a multiple of fullElectFrequency"),
    (
        changed("nonbondedFreq 4", "fullElectFrequency 10", RUN),
        "fullElectFrequency must be a multiple of nonbondedFreq",
    ),
    (changed("firsttimestep 30", RUN), "First timestep must be a multiple of stepsPerCycle!!"),
    (changed("run 5010"), "number of steps must be a multiple of stepsPerCycle"),
    (changed("minimize -20"), "number of steps must be non-negative"),
    (changed("run 1e6"), 'expected integer but got "1e6"'),
    (changed("fullElectFrequency 4", "outputEnergies 10", RUN), "Either outputEnergies must be a multiple of"),
    (changed("langevinHydrogen off", RUN, without="langevinDamping"), "langevinHydrogen requires langevinDamping"),
    (changed("langevinFile a.pdb", RUN), "To specify Langevin dynamics parameters, use either"),
    (changed(RUN, without="langevinTemp"), "'langevinTemp' is a required configuration option when 'langevin' is set"),
    (changed(RUN, without="langevinPistonDecay"), "'langevinPistonDecay' is a required configuration option"),
    (changed("berendsenPressure on", RUN), "Multiple pressure control algorithms selected!"),
    (
        changed("useFlexibleCell on", "useConstantArea on", "useConstantRatio on", RUN),
        "useConstantArea and useConstantRatio are mutually exclusive.",
    ),
    (changed("useConstantRatio on", RUN), "useConstantRatio requires useFlexibleCell."),
    (changed("useConstantArea on", RUN), "useConstantArea requires useFlexibleCell."),
    (
        changed("useFlexibleCell on", "useConstantArea on", "surfaceTensionTarget 5", RUN),
        "surfaceTensionTarget and useConstantArea are mutually exclusive.",
    ),
    (changed("rescaleFreq 100", RUN), "Must give a rescale temperature if rescaleFreq is defined"),
    (changed("reassignFreq 100", RUN), "Must give a reassign temperature if reassignFreq is defined"),
    (changed("reassignHold 300", RUN), "Must give a reassignment increment if reassignHold is given"),
    (changed("langevin off", RUN) + "langevin on", "Langevin must be enabled at startup"),
    (changed("margin 0", RUN), "Warning: ALWAYS USE NON-ZERO MARGIN WITH CONSTANT PRESSURE!"),
    (changed("minimization on", RUN), "run called with minimization enabled; use minimize command instead"),
    (changed("exclude 1-2", RUN), "splitPatch hydrogen is required for rigidBonds"),
    (changed("constraints on", RUN), "'consref' is a required configuration option when 'constraints' is set"),
    (changed("extraBonds on", RUN), "NO EXTRA BONDS FILES SPECIFIED"),
    (
        changed("GPUresident on", "fixedAtoms on", RUN),
        "GPUresident is incompatible with the following options: fixedAtoms",
    ),
    (changed("CUDASOAintegrate on", "GBIS on", "PME no", RUN), "incompatible with the following options: GBIS"),
    (changed(RUN) + "GPUresident on", "Can't modify CUDASOAintegrate when that mode was never enabled"),
    (changed("accelMD on", "accelMDG on", "accelMDGiE 3", RUN), "accelMDGiE was set to 3 but it should be 1 or 2"),
    (
        changed("accelMD on", "accelMDG on", "accelMDGcMDSteps 1000", RUN),
        "'accelMDGcMDSteps' should be larger than 'accelMDGcMDPrepSteps'",
    ),
]


@pytest.mark.parametrize(
    ("text", "words"), RULES, ids=[f"{number} {words[:40]}" for number, (_, words) in enumerate(RULES)]
)
def test_it_says_before_what_namd_would_say(text: str, words: str) -> None:
    found = findings(text)
    assert [one for one in found if words in one.why], found
    assert all(one.remedy for one in found)


@pytest.mark.parametrize("commands", ["run 10000", "numsteps 10000", "minimize 1000\nreinitvels 300\nrun 10000"])
def test_a_sound_configuration_hears_nothing(commands: str) -> None:
    assert findings(SOUND + commands) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed("restartfreq 990", RUN), "restartfreq 990 is no multiple of stepspercycle 20"),
        (changed("restartfreq 20000", RUN), "before the first of every 20000 steps"),
        (changed(RUN, without="restartfreq"), "no restart files are written"),
        (changed("minimize 1000", RUN), "a run follows minimize"),
        (changed("timestep 5", RUN), "a timestep of 5 fs is longer"),
        (changed(RUN, without="rigidBonds"), "needs rigid bonds to hydrogen"),
        (changed("cellBasisVector1 20 0 0", RUN), "less than twice the pair list's 14 Å"),
        (changed("firsttimestep 10000", "numsteps 10000"), "is not above firsttimestep"),
        (changed("parameters gone.prm", RUN), "which the job does not bring along"),
        (changed(RUN, without="paraTypeCharmm"), "takes them for X-PLOR's"),
        (changed("extendedSystem out.restart.xsc", RUN), "which restartname out.restart will overwrite"),
        (changed("notAKeywordOfNamd 5", RUN), "is not among those that Argosy knows"),
        (SOUND, "nothing is run"),
    ],
)
def test_it_says_what_namd_would_not_say(text: str, words: str) -> None:
    found = [one for one in findings(text) if words in one.what]
    assert found, findings(text)
    assert found[0].remedy


def test_a_keyword_that_may_be_new_is_doubted_and_never_refused() -> None:
    (found,) = findings(changed("timstep 2", "timestep 2", RUN))
    assert (found.severity, found.remedy) == (Severity.WARNING, "Did you mean timestep?")


def test_a_finding_names_the_line_that_it_is_about() -> None:
    (found,) = findings(SOUND + "run 5010")
    assert found.where == f"config.namd, line {len(SOUND.splitlines()) + 1}"
    assert found.severity is Severity.ERROR
    assert "Take 5020 steps." in found.remedy


def test_what_cannot_be_read_without_running_is_not_held_against_a_script() -> None:
    text = "source more.namd\nif {$restart} {\n  binVelocities x.vel\n} else {\n  temperature 300\n}\nrun $n\n"
    assert [one for one in findings(text) if one.severity is Severity.ERROR] == []


def test_restraints_run_on_one_gpu_only() -> None:
    text = changed("GPUresident on", "constraints on", "consref a.pdb", "conskfile a.pdb", "conskcol B", RUN)
    one, two = (findings(text, resources=Resources(gpus=gpus)) for gpus in (1, 2))
    words = "Restraints (constraints on) are not compatible with multi-GPU GPUresident"
    assert not [found for found in one if words in found.why]
    assert [found for found in two if words in found.why]


def test_more_tasks_than_this_build_can_use_are_doubted() -> None:
    (found,) = findings(SOUND + RUN, resources=Resources(tasks=4))
    assert found.severity is Severity.WARNING
    assert "4 tasks" in found.what


def test_a_job_without_a_readable_configuration_has_nothing_to_check() -> None:
    assert ENGINE.check(JobSpec(name="a", engine="namd", argv=("namd3", "far.namd"))) == ()
