"""Readers of what science programs need and leave: configurations, structures, logs, tables, binary files."""

from pathlib import Path

from argosy.contracts import Engine
from argosy.core.dcd import HEAD_BYTES, read_dcd
from argosy.core.failures import clue, diagnose, telling
from argosy.core.namdbin import read_namdbin
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.pdb import read_pdb
from argosy.core.spec import JobSpec, RenderedFile
from argosy.core.understanding import Lying
from argosy.core.wrapper import ExitReport
from argosy.core.xst import joined_xst
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.namd.cell_files import read_cells, read_step
from argosy.engines.namd.config import read_config, script_of
from argosy.engines.namd.engine import ENGINE as NAMD
from argosy.engines.namd.rewriting import continued
from argosy.engines.namd.structure_files import read_parameters, read_psf
from argosy.engines.openmm.engine import ENGINE as OPENMM
from tests.engines.laboratory import JOB, NOW, Run, kept_run
from tests.fuzz.reader import Reader, parts_of, text_of

_RECORDED = Path(__file__).parents[1] / "engines"
_CONFIG_WORDS = (
    "set ", "run ", "minimize ", "numsteps ", "firsttimestep ", "outputname ", "structure ", "coordinates ", "source ",
    "if {", "} else {", "for {", "foreach ", "proc ", "[expr ", "$", "${", "\\\n", ";#", "bincoordinates ", "seed ",
    "extendedSystem ", "temperature ", "restartfreq ", "stepspercycle ", "colvars on", "accelMDG on", "reinitvels ",
)  # fmt: skip
_LOG_WORDS = (
    "ETITLE:", "ENERGY:", "TIMING:", "PERFORMANCE:", "FATAL ERROR:", "WallClock:", "Info: ", "TCL: Running for ",
    "TCL: Minimizing for ", "WRITING EXTENDED SYSTEM TO RESTART FILE AT STEP ", "Warning: ", "nan", "9999999999.9999",
)  # fmt: skip
_STRUCTURE_WORDS = (
    "PSF",
    " EXT",
    " XPLOR",
    "!NTITLE",
    "!NATOM",
    "!NBOND",
    "!NTHETA",
    "CRYST1",
    "ATOM  ",
    "HETATM",
    "END",
)
_SECTIONS = ("BONDS", "ANGLES", "DIHEDRALS", "IMPROPER", "NONBONDED", "NBFIX", "CMAP", "HBOND", "END", "read para", "!")


def _recorded(engine: str, name: str) -> Run:
    return kept_run(_RECORDED / engine / "recorded" / name)


_PRODUCTION, _WATER = _recorded("namd", "production"), _recorded("openmm", "production")
_GOOD = ExitReport(version=1, token="t", stage="program", code=0, status=0, started=NOW, ended=NOW)


def _excerpt(text: str) -> Excerpt:
    return Excerpt(text=text, size=len(text), complete=not text.startswith("\n"))


def _ask_everything(engine: Engine, spec: JobSpec, outputs: Outputs) -> None:
    """All that the server asks an engine."""
    engine.check(spec)
    engine.progress(spec, outputs.texts)
    engine.verdict(spec, _GOOD, outputs)
    engine.results(spec, outputs)
    engine.restart(spec, JOB, outputs)
    if (found := diagnose(engine.rules, outputs, 1)) is not None:
        rule = next(one for one in engine.rules if one.signature == found.signature)
        clue(rule, outputs)


def _left(run: Run, **texts: str) -> Outputs:
    """What a good run left, with other texts in some of its files."""
    changed = {
        name: _excerpt(texts[Path(name).suffix[1:]]) for name in run.outputs.texts if Path(name).suffix[1:] in texts
    }
    return run.outputs.model_copy(update={"texts": {**run.outputs.texts, **changed}})


def _config(data: bytes) -> None:
    text = text_of(data)
    spec = _PRODUCTION.spec.model_copy(update={"rendered": (RenderedFile(name="config.namd", text=text),)})
    read_config(text)
    NAMD.inspect(spec, {})
    _ask_everything(NAMD, spec, _PRODUCTION.outputs)
    script = script_of(spec)
    assert script is not None
    later = continued(script, step=200, starts=[("binCoordinates", "start/a.coor")], until=100_000)
    assert later is None or read_config(later).first_step == 200


def _imported(data: bytes) -> None:
    names = ("step1.inp", "step2.inp", "toppar/all.str", "README")
    found = NAMD.understand(Lying(files=dict(zip(names, parts_of(data, len(names)), strict=True))))
    for number, stage in enumerate(found.stages):
        assert all(one.stage < number for one in stage.earlier)


def _namd_left(data: bytes) -> None:
    log, cells = parts_of(data, 2)
    _ask_everything(NAMD, _PRODUCTION.spec, _left(_PRODUCTION, log=log, xsc=cells, xst=cells, old=cells))


def _openmm_left(data: bytes) -> None:
    table, summary = parts_of(data, 2)
    _ask_everything(OPENMM, _WATER.spec, _left(_WATER, csv=table, json=summary))


def _cells(data: bytes) -> None:
    first, second = parts_of(data, 2)
    read_step(first)
    read_cells(_excerpt(first))
    whole = joined_xst([first, second])
    rows = [line for line in whole.split("\n") if line[:1].isdigit()]
    assert len(rows) <= first.count("\n") + second.count("\n")


def _trajectory(data: bytes) -> None:
    dcd = read_dcd(data[:HEAD_BYTES], len(data))
    assert dcd.header_bytes + dcd.frames * dcd.frame_bytes + dcd.left_over == len(data)
    assert 0 <= dcd.frames_before(10**6) <= dcd.frames


def _failed(data: bytes) -> None:
    said, complained = parts_of(data, 2)
    outputs = Outputs(stdout=_excerpt(said), stderr=_excerpt(complained))
    for engine in (COMMAND, NAMD, OPENMM):
        diagnose(engine.rules, outputs, 1)
    assert all(one.text or one.line for one in telling(outputs))


READERS = (
    Reader("namd-config", _config, _CONFIG_WORDS),
    Reader("namd-folder", _imported, _CONFIG_WORDS),
    Reader("namd-left", _namd_left, _LOG_WORDS),
    Reader("namd-cells", _cells),
    Reader("psf", lambda data: read_psf(text_of(data)), _STRUCTURE_WORDS),
    Reader("parameters", lambda data: read_parameters(text_of(data)), _SECTIONS),
    Reader("pdb", lambda data: read_pdb(text_of(data)), _STRUCTURE_WORDS),
    Reader("dcd", _trajectory),
    Reader("namdbin", read_namdbin),
    Reader("openmm-left", _openmm_left),
    Reader("failures", _failed, _LOG_WORDS),
)
