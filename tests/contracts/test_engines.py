"""The engines that come with Argosy hold what every engine must hold."""

from argosy.core.outputs import Excerpt, Outputs
from argosy.core.spec import JobSpec
from argosy.engines.command.engine import ENGINE as COMMAND
from argosy.engines.namd.engine import ENGINE as NAMD
from argosy.engines.openmm.engine import ENGINE as OPENMM
from tests.contracts.engine_suite import EngineSuite, TemplateSuite
from tests.engines.namd.record import recorded as recorded_of_namd
from tests.engines.openmm.record import recorded


class TestCommand(EngineSuite):
    engine = COMMAND
    spec = JobSpec(name="date", engine="command", argv=("date",))
    outputs = Outputs(stdout=Excerpt(text="Fri Jan  2 03:04:05 UTC 2026\n", size=29))


class TestOpenMMBuilding(EngineSuite):
    engine = OPENMM
    spec = recorded("water-box").spec
    outputs = recorded("water-box").outputs


class TestOpenMMEquilibration(EngineSuite):
    engine = OPENMM
    spec = recorded("nvt").spec
    outputs = recorded("nvt").outputs


class TestOpenMMProduction(EngineSuite):
    engine = OPENMM
    spec = recorded("production").spec
    outputs = recorded("production").outputs


class TestOpenMMTemplates(TemplateSuite):
    engine = OPENMM


class TestNamdProduction(EngineSuite):
    engine = NAMD
    spec = recorded_of_namd("production").spec
    outputs = recorded_of_namd("production").outputs


class TestNamdTemplates(TemplateSuite):
    engine = NAMD
