"""A complaint about a configuration: which keyword, what is wrong, what NAMD would say, what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from argosy.core.findings import Finding, Severity
from argosy.core.spec import JobSpec
from argosy.engines.namd.config import Script

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "run": ("steps", "steps_per_stage"),
    "minimize": ("steps",),
    "numsteps": ("steps",),
    "timestep": ("timestep",),
    "cutoff": ("cutoff",),
    "switchdist": ("switch_distance",),
    "pairlistdist": ("pair_list_distance",),
    "temperature": ("temperature",),
    "langevintemp": ("temperature",),
    "langevindamping": ("langevin_damping",),
    "langevinpistontarget": ("langevin_piston_target", "pressure"),
    "cellbasisvector1": ("cell_x",),
    "cellbasisvector2": ("cell_y",),
    "cellbasisvector3": ("cell_z",),
    "pmegridspacing": ("pme_grid_spacing",),
    "stepspercycle": ("steps_per_cycle",),
    "restartfreq": ("restart_freq",),
    "dcdfreq": ("dcd_freq",),
    "xstfreq": ("xst_freq",),
    "outputenergies": ("output_energies_freq",),
    "firsttimestep": ("first_step",),
    "margin": ("margin",),
    "outputname": ("output_name",),
    "consref": ("restraints_file",),
    "conskfile": ("restraints_file",),
    "bincoordinates": ("start_coordinates",),
    "binvelocities": ("start_velocities",),
    "extendedsystem": ("start_cell",),
    "gpuresident": ("build",),
    "smddir": ("smd_direction",),
    "smdfile": ("smd_file",),
    "smdoutputfreq": ("smd_output_freq",),
    "accelmdgcmdsteps": ("conventional_steps",),
    "accelmdgequisteps": ("boosted_steps",),
}
"""Which parameter of a template stands behind a keyword, by the first of these names that the template has."""


class Complaint(NamedTuple):
    """Something wrong with the value of a keyword. ``said`` is what NAMD itself would print, or empty."""

    keyword: str
    what: str
    remedy: str
    said: str = ""
    why: str = ""
    severity: Severity = Severity.ERROR
    line: int | None = None


def doubt(keyword: str, what: str, remedy: str, *, why: str = "", line: int | None = None) -> Complaint:
    """A complaint that does not keep the job from being sent."""
    return Complaint(keyword, what, remedy, why=why, severity=Severity.WARNING, line=line)


def fatal(keyword: str, what: str, said: str, remedy: str, *, line: int | None = None) -> Complaint:
    """A complaint about what NAMD refuses to run with, in these words of its own."""
    return Complaint(keyword, what, remedy, said=f"FATAL ERROR: {said}", line=line)


def finding(complaint: Complaint, spec: JobSpec, script: Script) -> Finding:
    """The complaint at the parameter of the template that it is about, else at the line of the configuration."""
    quoted = f"NAMD would print: {complaint.said}" if complaint.said else ""
    return Finding(
        severity=complaint.severity,
        where=place_of(complaint.keyword, spec, script, complaint.line),
        what=complaint.what,
        why=" ".join(part for part in (complaint.why, quoted) if part),
        remedy=complaint.remedy,
    )


def place_of(keyword: str, spec: JobSpec, script: Script, line: int | None = None) -> str:
    """The parameter of the template behind a keyword, else the line of the configuration, this one if given."""
    values = spec.template.values if spec.template else {}
    for name in _FIELDS.get(keyword.lower(), ()):
        if values.get(name) is not None:
            return name
    setting = script.config.setting(keyword)
    line = line or (setting.line if setting else None)
    return f"{script.name}, line {line}" if line else script.name
