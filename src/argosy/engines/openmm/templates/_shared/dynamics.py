"""Molecular dynamics that can be watched, stopped and continued: what equilibration and production share."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import openmm
from argosy_openmm import (
    InputWrong,
    NoPlatform,
    Settings,
    StoppedEarly,
    Summary,
    Unstable,
    read_text,
    say,
    write_atomically,
)
from openmm import app, unit
from records import COLUMNS, Gauge, StateTable, TrajectoryWriter, cut_records

CHECKPOINT = Path("checkpoint.chk")  # random numbers too; serves this OpenMM on this kind of machine
PORTABLE_CHECKPOINT = Path("checkpoint-state.xml")  # positions, velocities, box, step and time; serves any machine
FINAL_STATE = Path("final-state.xml")
STOP_SIGNALS = ("SIGTERM", "SIGINT", "SIGUSR1", "SIGUSR2", "SIGXCPU")
LARGEST_SEED = 2**31 - 1


class StopRequest:
    """Listens, from when it is made, for the signals that ask the run to end."""

    def __init__(self) -> None:
        self.signal: str | None = None
        for name in STOP_SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._hear)

    def _hear(self, number: int, _frame: object) -> None:
        self.signal = signal.Signals(number).name


@dataclass
class Model:
    """The three things that a simulation starts from. They have the same number of atoms."""

    system: openmm.System
    topology: app.Topology
    state: openmm.State


@dataclass
class Dynamics:
    """A simulation together with what steers it and what is recorded about it."""

    simulation: app.Simulation
    settings: Settings
    summary: Summary
    stop: StopRequest
    seed: int
    gauge: Gauge = field(init=False)
    resumed: bool = False

    def __post_init__(self) -> None:
        self.gauge = Gauge(self.simulation)


# ---- Before the first step ------------------------------------------------------------------------------------------


def load_model(settings: Settings) -> Model:
    """Read the files named by `system`, `topology` and `state` and make sure that they fit each other."""
    system = _load_xml(settings["system"], "system", openmm.System)
    state = _load_xml(settings["state"], "state", openmm.State)
    topology = _load_topology(settings["topology"])
    counts = (system.getNumParticles(), topology.getNumAtoms(), len(state.getPositions()))
    if len(set(counts)) > 1:
        raise InputWrong(
            f"the files do not belong together: '{settings['system']}' has {counts[0]} particles, "
            f"'{settings['topology']}' has {counts[1]} atoms, '{settings['state']}' has {counts[2]} positions"
        )
    _remove_couplings(system)
    return Model(system, topology, state)


def _load_xml(name: str, role: str, kind: type) -> Any:
    text = read_text(name, role)
    try:
        expat.ParserCreate().Parse(text, 1)  # OpenMM reads half a file without complaint, as a smaller system
        found = openmm.XmlSerializer.deserialize(text)
    except (expat.ExpatError, ValueError, openmm.OpenMMException) as error:
        raise InputWrong(f"{role}: '{name}' is not an OpenMM XML file, or is damaged: {error}") from None
    if not isinstance(found, kind):
        raise InputWrong(f"{role}: '{name}' holds an OpenMM {type(found).__name__}, not a {kind.__name__}")
    if isinstance(found, openmm.State) and not found.getDataTypes() & openmm.State.Positions:
        raise InputWrong(f"{role}: '{name}' holds no positions")
    return found


def _load_topology(name: str) -> app.Topology:
    read_text(name, "topology")
    try:
        return (app.PDBxFile if name.lower().endswith(".cif") else app.PDBFile)(name).topology
    except Exception as error:  # noqa: BLE001  a bad line surfaces as whatever it broke in OpenMM's parser
        raise InputWrong(f"topology: '{name}' is not a PDB or mmCIF file that OpenMM can read: {error!r}") from None


def _remove_couplings(system: openmm.System) -> None:
    # A second thermostat or barostat beside that of the run would be wrong physics without any message.
    for index in reversed(range(system.getNumForces())):
        name = type(system.getForce(index)).__name__
        if "Barostat" in name or "Thermostat" in name:
            system.removeForce(index)
            say(f"the system brought its own {name}; this run uses its own settings instead")


def make_dynamics(model: Model, settings: Settings, summary: Summary) -> Dynamics:
    """Return the simulation on the first platform that works: where its checkpoint left it, else at the given state.

    `resumed` of the answer tells which of the two. Velocities that the state does not have are zero.
    The random numbers are new in each run that goes on.
    """
    stop = StopRequest()
    has_checkpoint = PORTABLE_CHECKPOINT.exists()
    seed = 0 if has_checkpoint else settings["seed"]
    seed = seed or random.randint(1, LARGEST_SEED)
    dynamics = Dynamics(_make_simulation(model, settings, seed), settings, summary, stop, seed)
    platform = dynamics.simulation.context.getPlatform().getName()
    atoms = model.topology.getNumAtoms()
    summary.note(platform=platform, seed=seed, atoms=atoms)
    say(f"OpenMM {openmm.version.short_version}, platform {platform}, {atoms} atoms, random seed {seed}")
    if has_checkpoint:
        _resume(dynamics)
    else:
        _place(dynamics, model.state)
    return dynamics


def _make_simulation(model: Model, settings: Settings, seed: int) -> app.Simulation:
    for force in model.system.getForces():
        if isinstance(force, openmm.MonteCarloBarostat):
            force.setRandomNumberSeed(seed)
    refusals = []
    for platform in _candidate_platforms(settings["platform"]):
        integrator = openmm.LangevinMiddleIntegrator(
            settings["temperature_K"] * unit.kelvin,
            settings["friction_per_ps"] / unit.picosecond,
            settings["timestep_fs"] * unit.femtosecond,
        )
        integrator.setRandomNumberSeed(seed)
        try:
            return app.Simulation(model.topology, model.system, integrator, platform, _properties(platform, settings))
        except openmm.OpenMMException as error:
            _raise_if_box_too_small(error, "before the first step")
            refusals.append(f"{platform.getName()}: {error}")
    _raise_if_never_possible(model.system)
    raise NoPlatform("no compute platform works on this machine: " + "; ".join(refusals))


def _raise_if_never_possible(system: openmm.System) -> None:
    """Raise `InputWrong` if the platform Reference refuses the system too: it works on every machine."""
    try:
        openmm.Context(system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatform("Reference"))
    except openmm.OpenMMException as error:
        raise InputWrong(f"OpenMM cannot compute with this system: {error}") from None


def _candidate_platforms(wanted: str) -> list[openmm.Platform]:
    """Return the platform of that name, or for "auto" all that are installed, fastest first."""
    known = [openmm.Platform.getPlatform(i) for i in range(openmm.Platform.getNumPlatforms())]
    if wanted == "auto":
        return sorted(known, key=lambda platform: -platform.getSpeed())
    chosen = [platform for platform in known if platform.getName() == wanted]
    if not chosen:
        names = ", ".join(platform.getName() for platform in known)
        raise NoPlatform(f"the compute platform '{wanted}' is not available on this machine; available: {names}")
    return chosen


def _properties(platform: openmm.Platform, settings: Settings) -> dict[str, str]:
    known = platform.getPropertyNames()
    properties = {}
    if "Precision" in known:
        properties["Precision"] = settings["precision"]
    threads = settings["threads"] or os.environ.get("SLURM_CPUS_PER_TASK") or os.environ.get("OMP_NUM_THREADS")
    if "Threads" in known and threads:
        properties["Threads"] = str(threads)
    return properties


def _place(dynamics: Dynamics, state: openmm.State) -> None:
    # Not Context.setState: a state may name the pressure of a barostat that this system does not have.
    simulation = dynamics.simulation
    try:
        if simulation.system.usesPeriodicBoundaryConditions():
            simulation.context.setPeriodicBoxVectors(*state.getPeriodicBoxVectors())
        simulation.context.setPositions(state.getPositions())
        if state.getDataTypes() & openmm.State.Velocities:
            simulation.context.setVelocities(state.getVelocities())
    except openmm.OpenMMException as error:
        _raise_if_box_too_small(error, "before the first step")
        raise


def draw_velocities(dynamics: Dynamics) -> None:
    """Give the atoms new velocities at the thermostat's temperature."""
    temperature = dynamics.settings["temperature_K"]
    dynamics.simulation.context.setVelocitiesToTemperature(temperature * unit.kelvin, dynamics.seed)
    say(f"velocities drawn at {temperature:g} K")


def _resume(dynamics: Dynamics) -> None:
    source = _load_checkpoint(dynamics.simulation)
    step = dynamics.simulation.currentStep
    cut_records(step)
    dynamics.resumed = True
    dynamics.summary.note(resumed_from_step=step)
    say(f"going on from {source} at step {step}")


def _load_checkpoint(simulation: app.Simulation) -> Path:
    state = _load_xml(str(PORTABLE_CHECKPOINT), "checkpoint", openmm.State)
    if len(state.getPositions()) != simulation.system.getNumParticles():
        raise InputWrong(f"checkpoint: '{PORTABLE_CHECKPOINT}' belongs to another system")
    if CHECKPOINT.exists() and _restores(simulation.context, state):
        return CHECKPOINT
    simulation.context.reinitialize()
    simulation.context.setState(state)
    return PORTABLE_CHECKPOINT


def _restores(context: openmm.Context, expected: openmm.State) -> bool:
    """Load the exact checkpoint and tell whether that gave `expected`: OpenMM takes a damaged one without complaint."""
    try:
        context.loadCheckpoint(CHECKPOINT.read_bytes())
        found = context.getState(positions=True, velocities=True)
    except openmm.OpenMMException:
        return False
    return found.getStepCount() == expected.getStepCount() and all(
        np.allclose(get(found, asNumpy=True) / scale, get(expected, asNumpy=True) / scale, rtol=0, atol=1e-4)
        for get, scale in (
            (openmm.State.getPositions, unit.nanometer),
            (openmm.State.getVelocities, unit.nanometer / unit.picosecond),
        )
    )


# ---- While it runs --------------------------------------------------------------------------------------------------


class Checkpoints:
    """An OpenMM reporter: both checkpoint files and the summary, each replaced at once or not at all."""

    def __init__(self, dynamics: Dynamics, first_step: int) -> None:
        self._dynamics = dynamics
        self._interval = dynamics.settings["checkpoint_interval"]
        self._first_step = first_step

    def describeNextReport(self, simulation: app.Simulation) -> dict[str, Any]:
        """Say when the next checkpoint is due and what it needs (OpenMM calls this)."""
        return {"steps": self._interval - simulation.currentStep % self._interval, "include": ["energy"]}

    def report(self, simulation: app.Simulation, state: openmm.State) -> None:
        """Write a checkpoint, unless the simulation is unstable (OpenMM calls this)."""
        found = self._dynamics.gauge.read(state)
        write_atomically(CHECKPOINT, simulation.context.createCheckpoint())
        write_atomically(PORTABLE_CHECKPOINT, serialise_state(simulation))
        self._dynamics.summary.note(
            steps_done=simulation.currentStep - self._first_step,
            step=simulation.currentStep,
            simulated_time={"value": round(state.getTime().value_in_unit(unit.picosecond), 6), "unit": "ps"},
            final={name: {"value": value, "unit": COLUMNS[name][1]} for name, value in found.items()},
        )
        self._dynamics.summary.write("running")

    def write_now(self) -> None:
        """Write a checkpoint of this moment."""
        simulation = self._dynamics.simulation
        self.report(simulation, simulation.context.getState(energy=True))


def serialise_state(simulation: app.Simulation) -> str:
    """Return what any later run can go on from, as XML."""
    return openmm.XmlSerializer.serialize(simulation.context.getState(positions=True, velocities=True))


def advance(dynamics: Dynamics, first_step: int, last_step: int) -> None:
    """Integrate until `last_step`; then all files are complete and `final-state.xml` exists.

    `first_step` is where this run began, before any interruption. A signal ends it early with a checkpoint.
    """
    simulation, settings = dynamics.simulation, dynamics.settings
    table = StateTable(dynamics.gauge, settings["report_interval"], last_step, append=dynamics.resumed)
    trajectory = TrajectoryWriter(settings["trajectory_interval"], append=dynamics.resumed)
    checkpoints = Checkpoints(dynamics, first_step)
    simulation.reporters = [table, trajectory, checkpoints]
    dynamics.summary.note(steps_planned=last_step - first_step)
    try:
        if not dynamics.resumed:
            table.report(simulation, simulation.context.getState(energy=True))
        table.start_clock(simulation)
        _integrate(dynamics, last_step)
        checkpoints.write_now()
    except (Unstable, ValueError, openmm.OpenMMException) as error:
        step = simulation.currentStep
        dynamics.summary.note(step=step, steps_done=step - first_step)
        raise explained(error, dynamics, f"at step {step}") from None
    if simulation.currentStep < last_step:
        raise StoppedEarly(
            f"{dynamics.stop.signal} received at step {simulation.currentStep} of {last_step}; "
            f"checkpoint written, start the run again to go on"
        )
    write_atomically(FINAL_STATE, serialise_state(simulation))


def _integrate(dynamics: Dynamics, last_step: int) -> None:
    simulation = dynamics.simulation
    began, first = time.monotonic(), simulation.currentStep
    stride = 10  # steps between two looks at the stop request; grows to about half a second of work
    while simulation.currentStep < last_step and not dynamics.stop.signal:
        before = time.monotonic()
        simulation.step(min(stride, last_step - simulation.currentStep))
        stride = stride * 2 if time.monotonic() - before < 0.25 else max(10, stride // 2)
    days = (time.monotonic() - began) / 86400
    done_ns = (simulation.currentStep - first) * dynamics.settings["timestep_fs"] * 1e-6
    if done_ns:
        dynamics.summary.note(speed={"value": round(done_ns / days, 3), "unit": "ns/day"})


def explained(error: Exception, dynamics: Dynamics, when: str) -> Exception:
    """Return what to tell the user: instability in plain words, any other error as it is. `when`: "at step 5"."""
    _raise_if_box_too_small(error, when)
    words = str(error).split("  For more", maxsplit=1)[0].rstrip(".")
    if not isinstance(error, Unstable) and not any(sign in words for sign in ("NaN", "infinite")):
        return error
    return Unstable(
        f"the simulation became unstable {when} ({words}). Use a shorter timestep "
        f"(now {dynamics.settings['timestep_fs']:g} fs), minimise more, or look for atoms that overlap at the start"
    )


def _raise_if_box_too_small(error: Exception, when: str) -> None:
    if "twice the nonbonded cutoff" in str(error) or "half the periodic box" in str(error):
        raise InputWrong(
            f"the box is too small for the nonbonded cutoff {when}: each edge must stay longer than twice the cutoff. "
            f"Build a larger box or use a shorter cutoff"
        ) from None
