"""The configuration as the stand-in understands it: one command on each line, variables, and NAMD's own complaints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

REQUIRED = ("exclude", "cutoff", "outputname")
MULTIPLE = {"parameters", "extrabondsfile"}
ON = {"on", "yes", "true", "1"}


class Fatal(Exception):
    """What NAMD prints behind ``FATAL ERROR:``; the lines before it are printed as they are."""

    def __init__(self, words: str, *before: str) -> None:
        super().__init__(words)
        self.before = before


@dataclass
class Declared:
    """Keywords in lower case with their values, all of them where one may stand several times."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def take(self, keyword: str, value: str) -> None:
        key = keyword.lower()
        if key in self.values and key not in MULTIPLE:
            raise Fatal(
                "ERROR(S) IN THE CONFIGURATION FILE",
                f"ERROR: Multiple definitions of '{keyword}'",
                "  in the configuration file are not allowed",
            )
        self.values.setdefault(key, []).append(value)

    def text(self, key: str, default: str = "") -> str:
        return self.values.get(key, [default])[0]

    def whole(self, key: str, default: int = 0) -> int:
        text = self.text(key, str(default))
        if not re.fullmatch("[0-9]+", text):
            raise Fatal(
                "ERROR(S) IN THE CONFIGURATION FILE", f"ERROR: Expecting only a number for '{key}' input, got: {text}"
            )
        return int(text)

    def number(self, key: str, default: float = 0.0) -> float:
        return float(self.text(key, str(default)).split()[0])

    def on(self, key: str, *, default: bool = False) -> bool:
        return self.text(key).lower() in ON if key in self.values else default

    @property
    def cycle(self) -> int:
        return self.whole("stepspercycle", 20)

    @property
    def prefix(self) -> str:
        return self.text("outputname")

    @property
    def restarts(self) -> str:
        return self.text("restartname") or f"{self.prefix}.restart"


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Each command and its arguments, with variables put in."""
    variables: dict[str, str] = {}
    for raw in path.read_text().split("\n"):
        line = re.sub(r"(^|\s)#.*", "", raw).strip().rstrip("; \t")
        line = re.sub(r"\$\{?(\w+)\}?", lambda match: variables[match[1]], line)
        if not line:
            continue
        command, _, rest = line.partition(" ")
        rest = rest.strip().strip("{}")
        if command == "set":
            name, _, value = rest.partition(" ")
            variables[name] = value.strip()
        else:
            yield command, rest


def check(declared: Declared) -> None:
    """NAMD's rules at start-up, in its order and its words."""
    missing = [key for key in REQUIRED if key not in declared.values]
    if missing:
        lines = [f"ERROR: '{key}' is a required configuration option" for key in missing]
        raise Fatal("ERROR(S) IN THE CONFIGURATION FILE", *lines)
    for key in ("coordinates", "structure", "parameters"):
        if key not in declared.values:
            raise Fatal(f"{key} not found in the configuration file!")
    starts = [key for key in ("temperature", "velocities", "binvelocities") if key in declared.values]
    if not starts:
        raise Fatal("Must have either an initial temperature or a velocity file")
    if len(starts) > 1:
        raise Fatal("Cannot specify both an initial temperature and a velocity file")
    _check_cell(declared)
    _check_steps(declared)


def _check_cell(declared: Declared) -> None:
    cutoff, switch = declared.number("cutoff"), declared.number("switchdist", -1)
    if declared.on("switching", default=True) and switch < 0:
        raise Fatal("switchDist must be defined when switching is enabled")
    if switch > cutoff:
        raise Fatal(f"switchDist muct be between 0 and cutoff, which is {cutoff:f}")
    if declared.number("pairlistdist", cutoff) < cutoff:
        raise Fatal("pairlistDist must be >= cutoff distance")
    vectors = all(f"cellbasisvector{number}" in declared.values for number in (1, 2, 3))
    if declared.on("pme") and not vectors and "extendedsystem" not in declared.values:
        raise Fatal("PME requires periodic boundary conditions.")
    if declared.on("pme") and "pmegridspacing" not in declared.values:
        raise Fatal("Either PMEGridSpacing or PMEGridSizeX, PMEGridSizeY, and PMEGridSizeZ must be specified.")


def _check_steps(declared: Declared) -> None:
    cycle, short = declared.cycle, declared.whole("nonbondedfreq", 1)
    full, energies = declared.whole("fullelectfrequency", short), declared.whole("outputenergies", 1)
    if cycle % short:
        raise Fatal("stepsPerCycle must be a multiple of nonbondedFreq")
    if cycle % full:
        raise Fatal("stepsPerCycle must be a multiple of fullElectFrequency")
    if energies % full and full % energies:
        raise Fatal("Either outputEnergies must be a multiple of fullElectFrequency or vice versa.")
    if declared.whole("firsttimestep") % cycle:
        raise Fatal("First timestep must be a multiple of stepsPerCycle!!")
