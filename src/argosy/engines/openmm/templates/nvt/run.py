"""Minimise the energy of a system, then equilibrate it at constant volume and temperature.

Reads `settings.json`; writes state.csv, traj.dcd, final-state.xml, summary.json and the checkpoints checkpoint.chk and
checkpoint-state.xml.
Started again in the same folder, it goes on from its last checkpoint.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import openmm
from argosy_openmm import InputWrong, Settings, StoppedEarly, Summary, run, say
from dynamics import Dynamics, advance, draw_velocities, explained, load_model, make_dynamics
from openmm import unit


def main(settings: Settings, summary: Summary) -> None:
    """Minimise, draw velocities and integrate; or go on where the checkpoint says."""
    dynamics = make_dynamics(load_model(settings), settings, summary)
    if not dynamics.resumed:
        minimise(dynamics)
        draw_velocities(dynamics)
    advance(dynamics, first_step=0, last_step=settings["steps"])


def minimise(dynamics: Dynamics) -> None:
    """Move the atoms to a nearby minimum of the energy; `max_iterations` 0 means until it converges."""
    before = potential_energy(dynamics)
    tolerance = dynamics.settings["minimise_tolerance"] * unit.kilojoule_per_mole / unit.nanometer
    iterations = dynamics.settings["minimise_iterations"]
    try:
        dynamics.simulation.minimizeEnergy(tolerance, iterations, MinimisationProgress(dynamics))
    except openmm.OpenMMException as error:
        raise explained(error, dynamics, "during minimisation") from None
    if dynamics.stop.signal:
        raise StoppedEarly(f"{dynamics.stop.signal} received during minimisation; the next start begins again")
    after = potential_energy(dynamics)
    dynamics.summary.note(minimisation={"before": before, "after": after, "unit": "kJ/mol"})
    say(f"minimised: {before:.1f} -> {after:.1f} kJ/mol")


class MinimisationProgress(openmm.MinimizationReporter):
    """Tells how far the minimiser is and ends it when a signal asks for that."""

    def __init__(self, dynamics: Dynamics) -> None:
        super().__init__()
        self._stop = dynamics.stop

    def report(self, iteration: int, _x: Any, _grad: Any, values: Any) -> bool:
        """Return True to end the minimisation (OpenMM calls this after each iteration)."""
        if iteration % 100 == 0:
            say(f"minimising: iteration {iteration}   {values['system energy']:.1f} kJ/mol")
        return self._stop.signal is not None


def potential_energy(dynamics: Dynamics) -> float:
    """Return the potential energy in kJ/mol. Raises `InputWrong` if the atoms overlap so that it is not a number."""
    state = dynamics.simulation.context.getState(energy=True)
    energy = state.getPotentialEnergy().value_in_unit(unit.kilojoule_per_mole)
    if not math.isfinite(energy):
        raise InputWrong("the energy of the starting structure is not a number: some atoms lie on top of each other")
    return energy


if __name__ == "__main__":
    sys.exit(run(main))
