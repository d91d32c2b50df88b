"""A stand-in for ``namd2`` and ``namd3``: their grammar, files, rules and failures, and none of their physics.

    python -m tests.engines.namd.standin.program namd3 +p4 config.namd

``NAMD_STANDIN_FAILS=SIGNATURE@STEP`` provokes a failure, ``NAMD_STANDIN_PAUSE_S`` is slept at each energy output, and
after ``NAMD_STANDIN_STEPS`` steps it comes no further, as on a machine that does no more in its walltime. Like the real
one it has no signal handler, writes its log in blocks, so that a kill loses the last of them, and keeps one generation
of each file.
"""

import os
import signal
import sys
import time
from pathlib import Path

from tests.engines.namd.standin.declared import Declared, Fatal, check, lines_of
from tests.engines.namd.standin.failures import LINES
from tests.engines.namd.standin.files import (
    Trajectory,
    atoms_of,
    cell_head,
    cell_row,
    set_aside,
    write_binary,
)

LATER = {"constraintscaling", "langevintemp", "firsttimestep"}
COLUMNS = [
    "BOND",
    "ANGLE",
    "DIHED",
    "IMPRP",
    "ELECT",
    "VDW",
    "BOUNDARY",
    "MISC",
    "KINETIC",
    "TOTAL",
    "TEMP",
    "POTENTIAL",
    "TOTAL3",
    "TEMPAVG",
]
PERIODIC = ["PRESSURE", "GPRESSURE", "VOLUME", "PRESSAVG", "GPRESSAVG"]
EDGE = 80.0
FOR_EVER_S = 3600


class Simulation:
    """One process: declarations, then commands."""

    def __init__(self, version: str) -> None:
        self.declared = Declared()
        self.version = version
        self.step = 0
        self.rows = self.outputs = 0
        self.atoms = 0
        self.trajectory: Trajectory | None = None
        self.fails, _, at = os.environ.get("NAMD_STANDIN_FAILS", "").partition("@")
        self.fails_at = int(at or 0)
        self.pause_s = float(os.environ.get("NAMD_STANDIN_PAUSE_S", "0"))
        self.strength = int(os.environ.get("NAMD_STANDIN_STEPS", "0"))

    def main(self, path: Path) -> None:
        started = time.monotonic()
        say(
            f"Info: NAMD {self.version} for Linux-x86_64-multicore",
            "Info: Running on 4 processors, 1 nodes, 1 physical nodes.",
        )
        os.chdir(path.resolve().parent)
        say(f"Info: Working in the current directory {Path.cwd()}")
        for command, rest in lines_of(Path(path.name)):
            self.take(command, rest)
        if not self.atoms:
            self.start()
            self.go("run", self.declared.whole("numsteps") - self.step)
        self.end()
        say("=" * 52, "", f"WallClock: {time.monotonic() - started:f}  CPUTime: 0.1  Memory: 100.0 MB")
        say("[Partition 0][Node 0] End of program")

    def take(self, command: str, rest: str) -> None:
        if command in {"run", "minimize"}:
            if not self.atoms:
                self.start()
            if not rest.isdecimal():
                raise Fatal(f'expected integer but got "{rest}"')
            self.go(command, int(rest))
        elif command == "exit":
            raise SystemExit(0)
        elif command == "reinitvels":
            say(f"REINITIALIZING VELOCITIES AT STEP {self.step} TO {rest} KELVIN.")
        elif not self.atoms:
            self.declared.take(command, rest)
        elif command.lower() in LATER:
            say(f"TCL: Setting parameter {command} to {rest}")
        else:
            raise Fatal(f"Setting parameter {command} from script failed!")

    def start(self) -> None:
        check(self.declared)
        self.step = self.declared.whole("firsttimestep")
        say("Info: SIMULATION PARAMETERS:", f"Info: TIMESTEP               {self.declared.text('timestep', '1')}")
        self.atoms = atoms_of(self.declared)
        say("Info: STRUCTURE SUMMARY:", f"Info: {self.atoms} ATOMS", "Info: TOTAL CHARGE = 0 e")
        every = self.declared.whole("dcdfreq")
        if every:
            name = self.declared.text("dcdfile") or f"{self.declared.prefix}.dcd"
            self.trajectory = Trajectory(Path(name), self.atoms, every, self.declared.number("timestep", 1))
        rows = self.declared.whole("xstfreq")
        if rows:
            xst = self.xst()
            set_aside(xst, ".BAK")
            xst.write_text(cell_head("trajectory", piston=self.piston()) + self.row())
        self.stumble()

    def go(self, kind: str, steps: int) -> None:
        if steps % self.declared.cycle:
            raise Fatal("number of steps must be a multiple of stepsPerCycle")
        say(f"TCL: {'Minimizing' if kind == 'minimize' else 'Running'} for {steps} steps")
        self.energies()
        for _ in range(steps):
            self.step += 1
            self.stumble()
            if kind == "minimize" or self.due("outputenergies", 1):
                self.energies()
            if kind == "run" and self.due("outputtiming", 0):
                self.timing()
            self.write()
            self.tire()

    def due(self, key: str, default: int) -> bool:
        every = self.declared.whole(key, default)
        return bool(every) and self.step % every == 0

    def write(self) -> None:
        if self.due("dcdfreq", 0) and self.trajectory:
            say(f"WRITING COORDINATES TO DCD FILE AT STEP {self.step}")
            self.trajectory.frame(self.step)
        if self.due("xstfreq", 0):
            with self.xst().open("a") as file:
                file.write(self.row())
        if self.due("restartfreq", 0):
            self.save(self.declared.restarts, "RESTART", ".old")

    def save(self, prefix: str, kind: str, suffix: str) -> None:
        """Cell, coordinates, velocities, in this order; a kill may come between any two."""
        cell = Path(f"{prefix}.xsc")
        say(f"WRITING EXTENDED SYSTEM TO {kind} FILE AT STEP {self.step}")
        set_aside(cell, suffix)
        cell.write_text(cell_head("configuration", piston=self.piston()) + self.row())
        self.stumble("after_cell")
        for name, words in (("coor", "COORDINATES"), ("vel", "VELOCITIES")):
            say(f"WRITING {words} TO {kind} FILE AT STEP {self.step}")
            write_binary(Path(f"{prefix}.{name}"), self.atoms, self.step, suffix=suffix)
            if kind == "RESTART":
                say(f"FINISHED WRITING RESTART {words}")
            self.stumble(f"after_{words.lower()}")

    def end(self) -> None:
        self.save(self.declared.prefix, "OUTPUT", ".BAK")

    def xst(self) -> Path:
        return Path(self.declared.text("xstfile") or f"{self.declared.prefix}.xst")

    def row(self) -> str:
        return cell_row(self.step, EDGE, piston=self.piston()) + "\n"

    def piston(self) -> bool:
        return self.declared.on("langevinpiston")

    def energies(self) -> None:
        """A header before every tenth row."""
        if self.rows % 10 == 0:
            say(f"ETITLE:      TS {' '.join(f'{name:>14}' for name in (*COLUMNS, *PERIODIC))}", "")
        self.rows += 1
        numbers = dict.fromkeys((*COLUMNS, *PERIODIC), 1.25) | {"TEMP": 300.0, "VOLUME": EDGE**3}
        numbers |= {"TOTAL": -1000.0 - self.step % 7, "POTENTIAL": -1500.0}
        values = [f"{value:14.4f}" for value in numbers.values()]
        if self.fails == "nan" and self.step >= self.fails_at:
            values[9] = "9999999999.9999"
        say(f"ENERGY: {self.step:7d} {' '.join(values)}", "")
        time.sleep(self.pause_s)

    def timing(self) -> None:
        self.outputs += 1
        if self.outputs > 1:
            say(
                f"TIMING: {self.step}  CPU: 1.0, 0.0017/step  Wall: 1.0, 0.001728/step, "
                "0.01 hours remaining, 100.000000 MB of memory in use."
            )
            if self.version.startswith("3"):
                speed = 0.0864 * self.declared.number("timestep", 1) / 0.001728
                say(
                    f"PERFORMANCE: {self.step}  averaging {speed:g} ns/day, 0.001728 sec/step with standard deviation 0"
                )

    def tire(self) -> None:
        if self.strength and self.step - self.declared.whole("firsttimestep") >= self.strength:
            time.sleep(FOR_EVER_S)

    def stumble(self, where: str = "") -> None:
        """The failure that was asked for, once its step has come."""
        if not self.fails or self.step < self.fails_at:
            return
        if self.fails == "cell_too_small" and self.declared.whole("firsttimestep"):
            return  # the grid of a run that goes on is made for the cell as it is now
        if self.fails in {"killed", f"killed_{where}"}:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fails == "exit" and not where:
            self.end()
            say("=" * 52, "", "WallClock: 1.000000  CPUTime: 0.1  Memory: 100.0 MB")
            raise SystemExit(0)
        if self.fails in LINES and not where:
            *before, last = LINES[self.fails]
            raise Fatal(last, *before)


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def main(words: list[str]) -> int:
    version = "2.14" if words[0] == "namd2" else "3.0.1"
    paths = [word for word in words[1:] if not word.startswith(("+", "--"))]
    try:
        Simulation(version).main(Path(paths[-1]))
    except Fatal as fault:
        say(*fault.before, f"FATAL ERROR: {fault}")
        if version.startswith("2"):
            say("=" * 52, "", "WallClock: 1.000000  CPUTime: 0.1  Memory: 100.0 MB")
        return 0 if version.startswith("2") and "prematurely" in str(fault) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
