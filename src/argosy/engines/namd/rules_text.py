"""What NAMD says of the single lines: unknown words, wrong kinds of values, things said twice or too late."""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from argosy.engines.namd.complaint import Complaint, doubt, fatal
from argosy.engines.namd.config import Config, Setting, number_in, whole_in, yes_or_no
from argosy.engines.namd.keywords import KNOWN, MULTIPLE, NUMBERS, SWITCHES, WHOLE_NUMBERS, words

_MOST = 20
_SPELLING = "Check the spelling."
_LATE = words(
    """
    outputname restartname restartfreq dcdfile dcdfreq xstfile xstfreq veldcdfile veldcdfreq forcedcdfile
    forcedcdfreq outputenergies outputtiming outputpressure langevin langevintemp langevinpiston
    langevinpistontarget langevinpistonperiod langevinpistondecay langevinpistontemp langevindamping
    berendsenpressure berendsenpressuretarget usegrouppressure useflexiblecell useconstantarea useconstantratio
    fixcelldims constraintscaling consforcescaling fixedatoms reassigntemp rescaletemp rescalefreq reassignfreq
    firsttimestep numsteps timestep efield efieldon alchlambda alchlambda2 alchlambdaidws alchequilsteps
    alchoutfile alchoutfreq minlinegoal mintinystep minbabystep maximummove surfacetensiontarget strainrate
    stochrescaletemp nonbondedscaling solutescalingfactor velocityquenching commotion
    accelmdgrestart tclforces
    """
)
_EARLY = words(
    """
    structure coordinates parameters paratypecharmm paratypexplor exclude 1-4scaling onefourscaling cutoff switching
    switchdist pairlistdist pme pmegridspacing pmegridsizex pmegridsizey pmegridsizez cellbasisvector1 cellbasisvector2
    cellbasisvector3 cellorigin extendedsystem bincoordinates binvelocities velocities temperature rigidbonds
    stepspercycle constraints consref conskfile conskcol extrabonds extrabondsfile colvars colvarsconfig seed
    """
)
_NEVER_RESIDENT = "Can't modify CUDASOAintegrate when that mode was never enabled"
_POSITIVE = frozenset({"cutoff", "timestep", "stepspercycle", "nonbondedfreq", "fullelectfrequency", "pmegridspacing"})
_WORDS = {
    "exclude": ("none", "1-2", "1-3", "1-4", "scaled1-4"),
    "rigidbonds": ("none", "water", "all", "off", "on"),
    "watermodel": ("tip3", "tip4", "swm4"),
}


def complaints_of_text(config: Config) -> Iterator[Complaint]:
    """About each declaration for itself."""
    for setting in config.declared[:10_000]:
        yield from _unknown(setting)
        yield from _kind(setting)
    yield from _twice(config)
    yield from _late(config)


def _unknown(setting: Setting) -> Iterator[Complaint]:
    if setting.key in KNOWN:
        return
    near = get_close_matches(setting.key, KNOWN, n=1, cutoff=0.84) if len(setting.key) < 50 else []
    said = (
        f"ERROR: The following variables were set in the configuration file but are NOT VALID: {setting.keyword[:60]}"
    )
    what = f"the keyword {setting.keyword[:60]!r} is not among those that Argosy knows"
    why = f"If NAMD does not know it either, it would print: {said}"
    yield doubt(setting.keyword, what, f"Did you mean {near[0]}?" if near else _SPELLING, why=why, line=setting.line)


def _kind(setting: Setting) -> Iterator[Complaint]:
    key, value = setting.key, setting.value
    if value is None:
        return
    if key in SWITCHES and yes_or_no(value) is None:
        said = f"ERROR: ParseOptions can't understand '{value[:60]}' for the Boolean variable '{setting.keyword}'"
        yield _wrong(setting, "is neither on nor off", said, "Write on or off.")
    elif key in WHOLE_NUMBERS and whole_in(value, None) is None:
        said = f"ERROR: Expecting only a number for '{setting.keyword}' input, got: {value[:60]}"
        yield _wrong(setting, "is not a whole number", said, "Write digits and nothing else, such as 1000000.")
    elif key in NUMBERS and number_in(value, None) is None:
        said = f"ERROR: Expecting only a number for '{setting.keyword}' input, got: {value[:60]}"
        yield _wrong(setting, "is not a number", said, "Write a number.")
    elif key in _WORDS and value.strip().lower() not in _WORDS[key]:
        said = f"FATAL ERROR: Illegal value '{value[:60]}' for '{setting.keyword}' in configuration file"
        yield _wrong(setting, "is no choice that NAMD has", said, f"Write one of: {', '.join(_WORDS[key])}.")
    else:
        yield from _range(setting)


def _range(setting: Setting) -> Iterator[Complaint]:
    key = setting.key
    if key not in NUMBERS | WHOLE_NUMBERS or key in {"seed", "firsttimestep"} or "temp" in key:
        return
    number = number_in(setting.value, None) or 0.0
    if key in _POSITIVE and number <= 0:
        said = f"ERROR: '{setting.keyword}' was set to {number:g} but it should be positive"
        yield _wrong(setting, "is not positive", said, "Write a number above 0.")
    elif number < 0 and key in WHOLE_NUMBERS:
        said = f"ERROR: '{setting.keyword}' was set to {number:g} but it should be not negative"
        yield _wrong(setting, "is negative", said, "Write 0 or more.")


def _wrong(setting: Setting, how: str, said: str, remedy: str) -> Complaint:
    what = f"{setting.keyword} {setting.value[:60]} {how}" if setting.value else f"{setting.keyword} has no value"
    return Complaint(setting.keyword, what, remedy, said=said, line=setting.line)


def _twice(config: Config) -> Iterator[Complaint]:
    times = Counter(setting.key for setting in config.declared if setting.key not in MULTIPLE)
    for setting in [setting for setting in config.declared if times[setting.key] > 1][:_MOST]:
        if setting != config.setting(setting.keyword):
            said = f"ERROR: Multiple definitions of '{setting.keyword}' in the configuration file are not allowed"
            what = f"{setting.keyword} is given more than once"
            yield Complaint(setting.keyword, what, "Leave one of them.", said=said, line=setting.line)


def _late(config: Config) -> Iterator[Complaint]:
    """After the first command a keyword changes a parameter of the running simulation, which few of them can."""
    for setting in config.changed[:_MOST]:
        key = setting.key
        if key in _LATE:
            continue
        resident = key in {"gpuresident", "cudasoaintegrate"}
        said = _NEVER_RESIDENT if resident else f"Setting parameter {setting.keyword} from script failed!"
        what = f"{setting.keyword} stands behind the first command, where it can no longer be set"
        remedy = "Put it before the first run or minimize."
        if resident or key in _EARLY:
            yield fatal(setting.keyword, what, said, remedy, line=setting.line)
        else:
            what = f"{setting.keyword} stands behind the first command, where most keywords can no longer be set"
            yield doubt(setting.keyword, what, remedy, why=f"NAMD might print: {said}", line=setting.line)
