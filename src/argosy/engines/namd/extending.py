"""Making a run longer, in as many parts as it takes."""

from argosy.core.goal import Standing
from argosy.core.outputs import NoRestart, Outputs, Restart
from argosy.core.spec import JobSpec, TemplateRef
from argosy.engines.namd.checkpoints import Checkpoint, final_checkpoint, last_checkpoint
from argosy.engines.namd.config import Config, Script
from argosy.engines.namd.log import Log
from argosy.engines.namd.restarts import OWN_CONFIG, PRODUCTION, gone_on, why_none

_EXTENDED = (PRODUCTION, OWN_CONFIG)


def standing_of(spec: JobSpec, *, script: Script | None, log: Log, outputs: Outputs) -> Standing | None:
    """How far it came; None for what is neither production nor a configuration that says how long it runs."""
    if script is None or not _is_extended(spec.template, script.config):
        return None
    config = script.config
    newest = _newest(config, log, outputs)
    return Standing(
        began=config.first_step,
        step=newest.step if newest else None,
        timestep_fs=log.timestep_fs or config.number("timestep", 1.0),
    )


def toward(spec: JobSpec, job: str, *, script: Script | None, log: Log, outputs: Outputs, last_step: int) -> Restart:
    """From its newest files to this step, rounded up to a whole cycle."""
    template = spec.template
    if template is None or script is None or not _is_extended(template, script.config):
        advice = f"Production can ({PRODUCTION}), and a configuration of your own that ends in a run ({OWN_CONFIG})."
        return NoRestart(why=f"{spec.name} is no run that can be made longer", advice=advice)
    newest = _newest(script.config, log, outputs)
    if newest is None:
        return NoRestart(why=why_none(script.config, log, outputs), advice="Retry runs it again from the start.")
    cycle = script.config.cycle
    return gone_on(spec, job, script=script, start=newest, outputs=outputs, planned=-(-last_step // cycle) * cycle)


def _newest(config: Config, log: Log, outputs: Outputs) -> Checkpoint | None:
    """The final files when it came to its end, else the last restart files that belong together."""
    final = final_checkpoint(config, log, outputs)
    if final is not None and not log.faults and final.step >= (config.last_step or 0):
        return final
    return last_checkpoint(config, log, outputs)


def _is_extended(template: TemplateRef | None, config: Config) -> bool:
    if template is None or template.name not in _EXTENDED or config.last_step is None:
        return False
    return config.plan[-1].kind == "run"
