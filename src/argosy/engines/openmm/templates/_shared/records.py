"""What a run writes down while it goes: a table of energies and a trajectory. Both can be cut back to a checkpoint."""

from __future__ import annotations

import math
import struct
import time
from pathlib import Path
from typing import Any

import openmm
from argosy_openmm import Unstable, say, write_atomically
from openmm import app, unit

TABLE = Path("state.csv")
TRAJECTORY = Path("traj.dcd")

COLUMNS = {  # headers as OpenMM's own StateDataReporter words them
    "potential_energy": ("Potential Energy (kJ/mole)", "kJ/mol"),
    "kinetic_energy": ("Kinetic Energy (kJ/mole)", "kJ/mol"),
    "total_energy": ("Total Energy (kJ/mole)", "kJ/mol"),
    "temperature": ("Temperature (K)", "K"),
    "volume": ("Box Volume (nm^3)", "nm^3"),
    "density": ("Density (g/mL)", "g/mL"),
}
ABSURD_HEAT = 10  # times the thermostat's temperature: no fluctuation, the structure is flying apart


class Gauge:
    """Measures the quantities of `COLUMNS`. A system without a periodic box has no volume and no density."""

    def __init__(self, simulation: app.Simulation) -> None:
        system = simulation.system
        self._simulation = simulation
        self._periodic = system.usesPeriodicBoundaryConditions()
        self._mass = sum((system.getParticleMass(i) for i in range(system.getNumParticles())), 0 * unit.dalton)
        self._energy_per_kelvin = degrees_of_freedom(system) * unit.MOLAR_GAS_CONSTANT_R / 2
        self.names = [name for name in COLUMNS if self._periodic or name not in ("volume", "density")]

    def read(self, state: openmm.State) -> dict[str, float]:
        """Return the quantities in their units. `state` holds energies. Raises `Unstable` if they are absurd."""
        potential, kinetic = state.getPotentialEnergy(), state.getKineticEnergy()
        found = {
            "potential_energy": potential.value_in_unit(unit.kilojoule_per_mole),
            "kinetic_energy": kinetic.value_in_unit(unit.kilojoule_per_mole),
            "total_energy": (potential + kinetic).value_in_unit(unit.kilojoule_per_mole),
            "temperature": (kinetic / self._energy_per_kelvin).value_in_unit(unit.kelvin),
        }
        if self._periodic:
            volume = state.getPeriodicBoxVolume()
            found["volume"] = volume.value_in_unit(unit.nanometer**3)
            found["density"] = (self._mass / volume).value_in_unit(unit.gram / unit.item / unit.milliliter)
        if not all(math.isfinite(value) for value in found.values()):
            raise Unstable("the energy is not a number")
        if found["temperature"] > ABSURD_HEAT * self._simulation.integrator.getTemperature().value_in_unit(unit.kelvin):
            raise Unstable(f"the temperature is {found['temperature']:.0f} K")
        return found


def degrees_of_freedom(system: openmm.System) -> int:
    """Count the independent motions: three for each atom with a mass, less constraints and the removed drift."""
    mobile = [system.getParticleMass(i) > 0 * unit.dalton for i in range(system.getNumParticles())]
    pairs = (system.getConstraintParameters(i)[:2] for i in range(system.getNumConstraints()))
    constraints = sum(mobile[first] or mobile[second] for first, second in pairs)
    drift = 3 * any(isinstance(force, openmm.CMMotionRemover) for force in system.getForces())
    return max(1, 3 * sum(mobile) - constraints - drift)


class StateTable:
    """An OpenMM reporter: a row of `state.csv`, on disk at once, and a line for people on stdout.

    The columns are those of OpenMM's StateDataReporter. The speed is that since the row before, empty in the first.
    """

    def __init__(self, gauge: Gauge, interval: int, last_step: int, *, append: bool) -> None:
        self._gauge = gauge
        self._interval = interval
        self._last_step = last_step
        append = append and TABLE.exists()
        self._file = TABLE.open("a" if append else "w", encoding="utf-8")
        self._before: tuple[float, float] | None = None
        if not append:
            headers = ["Step", "Time (ps)", *(COLUMNS[name][0] for name in gauge.names), "Speed (ns/day)"]
            self._file.write("#" + ",".join(f'"{header}"' for header in headers) + "\n")

    def start_clock(self, simulation: app.Simulation) -> None:
        """Measure the speed of the next row from now on."""
        self._before = (time.perf_counter(), simulation.context.getTime().value_in_unit(unit.nanosecond))

    def describeNextReport(self, simulation: app.Simulation) -> dict[str, Any]:
        """Say when the next row is due and what it needs (OpenMM calls this)."""
        return {"steps": self._interval - simulation.currentStep % self._interval, "include": ["energy"]}

    def report(self, simulation: app.Simulation, state: openmm.State) -> None:
        """Write one row (OpenMM calls this)."""
        found = self._gauge.read(state)
        step, time_ps = simulation.currentStep, state.getTime().value_in_unit(unit.picosecond)
        speed = self._speed(time_ps / 1000)
        row = [str(step), f"{time_ps:.10g}", *(f"{found[name]:.8g}" for name in self._gauge.names), speed]
        self._file.write(",".join(row) + "\n")
        self._file.flush()
        say(
            f"step {step} of {self._last_step}   {time_ps:.6g} ps   {found['temperature']:.1f} K   "
            f"{found['potential_energy']:.1f} kJ/mol" + (f"   {speed} ns/day" if speed else "")
        )

    def _speed(self, time_ns: float) -> str:
        now, before = time.perf_counter(), self._before
        self._before = (now, time_ns)
        return f"{(time_ns - before[1]) / (now - before[0]) * 86400:.4g}" if before else ""


class TrajectoryWriter:
    """An OpenMM reporter: a frame of `traj.dcd`, whose header names the true step of its first frame."""

    def __init__(self, interval: int, *, append: bool) -> None:
        self._interval = interval
        self._append = append and TRAJECTORY.exists()
        self._file = TRAJECTORY.open("r+b" if self._append else "wb")
        self._dcd: app.DCDFile | None = None

    def describeNextReport(self, simulation: app.Simulation) -> dict[str, Any]:
        """Say when the next frame is due and what it needs (OpenMM calls this)."""
        return {"steps": self._interval - simulation.currentStep % self._interval, "include": ["positions"]}

    def report(self, simulation: app.Simulation, state: openmm.State) -> None:
        """Write one frame (OpenMM calls this)."""
        if self._dcd is None:
            header = read_dcd_header() if self._append else None
            first_step = header.first_step if header else simulation.currentStep
            step_size = simulation.integrator.getStepSize()
            self._dcd = app.DCDFile(
                self._file, simulation.topology, step_size, first_step, self._interval, append=self._append
            )
        self._dcd.writeModel(state.getPositions(asNumpy=True), periodicBoxVectors=state.getPeriodicBoxVectors())


class DcdHeader:
    """The first 276 bytes of a DCD file as OpenMM writes it; after them, per frame, the box and three axes."""

    size = 276

    def __init__(self, data: bytes) -> None:
        self.frames, self.first_step, self.interval = struct.unpack("<3i", data[8:20])
        self.has_box = bool(struct.unpack("<i", data[48:52])[0])
        self.atoms = struct.unpack("<i", data[268:272])[0]

    def end_of(self, frames: int) -> int:
        """Return the length in bytes of the file with that many frames."""
        return self.size + frames * (56 * self.has_box + 3 * (4 * self.atoms + 8))


def read_dcd_header() -> DcdHeader | None:
    """Return the header of `traj.dcd`, or None if the file ends before it does."""
    with TRAJECTORY.open("rb") as file:
        data = file.read(DcdHeader.size)
    return DcdHeader(data) if len(data) == DcdHeader.size else None


def cut_records(last_step: int) -> None:
    """Remove rows and frames after `last_step`: a run that goes on from a checkpoint there computes them again."""
    if TABLE.exists():
        header, *rows = TABLE.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
        kept = [row for row in rows if row.endswith("\n") and int(row.split(",")[0]) <= last_step]
        write_atomically(TABLE, "".join([header, *kept])) if header else TABLE.unlink()
    if TRAJECTORY.exists():
        _cut_trajectory(last_step)


def _cut_trajectory(last_step: int) -> None:
    header = read_dcd_header()
    kept = 0
    if header and last_step >= header.first_step:
        kept = min(header.frames, (last_step - header.first_step) // header.interval + 1)
    if not header or not kept:
        TRAJECTORY.unlink()
        return
    with TRAJECTORY.open("r+b") as file:
        file.truncate(header.end_of(kept))
        file.seek(8)
        file.write(struct.pack("<i", kept))
        file.seek(20)
        file.write(struct.pack("<i", header.first_step + (kept - 1) * header.interval))
