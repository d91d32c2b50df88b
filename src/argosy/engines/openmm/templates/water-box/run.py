"""Fill a cubic box with water and, if asked for, sodium chloride.

Reads `settings.json`; writes system.xml (the forces), topology.pdb (which atom is what), state.xml (positions and box)
and summary.json.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import openmm
from argosy_openmm import InputWrong, Settings, Summary, run, say, write_atomically
from openmm import app, unit

FORCE_FIELDS = {"TIP3P": "amber14/tip3p.xml", "TIP3P-FB": "amber14/tip3pfb.xml"}


def main(settings: Settings, summary: Summary) -> None:
    """Build the box and write it down."""
    edge, cutoff = settings["box_edge_nm"], settings["cutoff_nm"]
    if edge <= 2 * cutoff:
        raise InputWrong(
            f"a box of {edge:g} nm is too small for a cutoff of {cutoff:g} nm: "
            f"the edge must be longer than twice the cutoff"
        )
    seed = settings["seed"] or random.randint(1, 2**31 - 1)
    summary.note(seed=seed)
    force_field = app.ForceField(FORCE_FIELDS[settings["water_model"]])
    model = fill_box(force_field, settings, seed)
    system = make_system(force_field, model.topology, settings)
    state = make_state(system, model.positions)
    write_atomically(Path("system.xml"), openmm.XmlSerializer.serialize(system))
    write_atomically(Path("state.xml"), openmm.XmlSerializer.serialize(state))
    write_atomically(Path("topology.pdb"), as_pdb(model))
    describe(model.topology, system, state, summary)


def fill_box(force_field: app.ForceField, settings: Settings, seed: int) -> app.Modeller:
    """Return water from OpenMM's equilibrated box; `seed` decides which molecules are replaced by ions."""
    random.seed(seed)
    edge = settings["box_edge_nm"]
    model = app.Modeller(app.Topology(), [] * unit.nanometer)
    model.addSolvent(
        force_field,
        model="tip3p",
        boxSize=openmm.Vec3(edge, edge, edge) * unit.nanometer,
        ionicStrength=settings["ionic_strength_mol_per_l"] * unit.molar,
    )
    return model


def make_system(force_field: app.ForceField, topology: app.Topology, settings: Settings) -> openmm.System:
    """Return the forces: particle-mesh Ewald beyond the cutoff, long-range dispersion corrected."""
    hydrogen_mass = settings["hydrogen_mass_da"]  # null for rigid water, where it changes nothing
    return force_field.createSystem(
        topology,
        nonbondedMethod=app.PME,
        nonbondedCutoff=settings["cutoff_nm"] * unit.nanometer,
        ewaldErrorTolerance=settings["ewald_tolerance"],
        rigidWater=settings["rigid_water"],
        hydrogenMass=hydrogen_mass and hydrogen_mass * unit.dalton,
    )


def make_state(system: openmm.System, positions: unit.Quantity) -> openmm.State:
    """Return positions, box and energy at step 0. There are no velocities: the first dynamics draws them."""
    context = openmm.Context(system, openmm.VerletIntegrator(1 * unit.femtosecond))
    context.setPositions(positions)
    return context.getState(positions=True, energy=True)


def as_pdb(model: app.Modeller) -> str:
    """Return the structure in PDB format."""
    text = StringIO()
    app.PDBFile.writeFile(model.topology, model.positions, text)
    return text.getvalue()


def describe(topology: app.Topology, system: openmm.System, state: openmm.State, summary: Summary) -> None:
    """Note what was built."""
    residues = Counter(residue.name for residue in topology.residues())
    mass = sum((system.getParticleMass(i) for i in range(system.getNumParticles())), 0 * unit.dalton)
    density = (mass / state.getPeriodicBoxVolume()).value_in_unit(unit.gram / unit.item / unit.milliliter)
    energy = state.getPotentialEnergy().value_in_unit(unit.kilojoule_per_mole)
    summary.note(
        atoms=topology.getNumAtoms(),
        waters=residues["HOH"],
        ions={name: count for name, count in residues.items() if name != "HOH"},
        final={
            "potential_energy": {"value": energy, "unit": "kJ/mol"},
            "density": {"value": density, "unit": "g/mL"},
        },
    )
    ions = sum(residues.values()) - residues["HOH"]
    say(f"{residues['HOH']} waters and {ions} ions, {density:.3f} g/mL, {energy:.1f} kJ/mol before minimisation")


if __name__ == "__main__":
    sys.exit(run(main))
