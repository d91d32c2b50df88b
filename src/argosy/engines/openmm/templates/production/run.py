"""Continue a simulation from a state, at constant volume (NVT) or constant pressure (NPT).

Reads `settings.json`; writes state.csv, traj.dcd, final-state.xml, summary.json and the checkpoints checkpoint.chk and
checkpoint-state.xml.
Started again in the same folder, it goes on from its last checkpoint.
"""

from __future__ import annotations

import sys

import openmm
from argosy_openmm import InputWrong, Settings, Summary, run
from dynamics import Model, advance, draw_velocities, load_model, make_dynamics
from openmm import unit


def main(settings: Settings, summary: Summary) -> None:
    """Integrate from the given state, or from the checkpoint, until the step `steps`."""
    model = load_model(settings)
    first_step = model.state.getStepCount() if settings["count_from"] == "state" else 0
    if first_step >= settings["steps"]:
        raise InputWrong(f"the starting state is at step {first_step} already; steps is {settings['steps']}, give more")
    if settings["ensemble"] == "NPT":
        add_barostat(model, settings)
    dynamics = make_dynamics(model, settings, summary)
    if not dynamics.resumed:
        if not model.state.getDataTypes() & openmm.State.Velocities:
            draw_velocities(dynamics)
        dynamics.simulation.currentStep = first_step
        dynamics.simulation.context.setTime(model.state.getTime() if first_step else 0)
    advance(dynamics, first_step=first_step, last_step=settings["steps"])


def add_barostat(model: Model, settings: Settings) -> None:
    """Let the volume of the box answer to the pressure."""
    if not model.system.usesPeriodicBoundaryConditions():
        raise InputWrong("constant pressure needs a periodic box, and this system has none: choose the ensemble NVT")
    pressure, temperature = settings["pressure_bar"] * unit.bar, settings["temperature_K"] * unit.kelvin
    model.system.addForce(openmm.MonteCarloBarostat(pressure, temperature, settings["barostat_interval"]))


if __name__ == "__main__":
    sys.exit(run(main))
