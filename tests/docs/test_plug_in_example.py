"""The engine that the how-to shows holds what every engine must hold."""

from typing import Any

from argosy.core.outputs import Excerpt, Outputs
from argosy.core.spec import JobSpec
from tests.contracts.engine_suite import EngineSuite
from tests.docs.pages import REPOSITORY, blocks

_PAGE = REPOSITORY / "docs" / "how-to" / "plug-ins.md"
_LOG = "throwing\npi = 3.14159 +- 0.00012\n"


def _engine() -> Any:
    (source,) = (block.text for block in blocks(_PAGE.read_text()) if block.title == "argosy_pi.py")
    module: dict[str, Any] = {}
    exec(compile(source, "argosy_pi.py", "exec"), module)  # it is our own page
    return module["ENGINE"]


class TestTheExample(EngineSuite):
    engine = _engine()
    spec = JobSpec(name="pi", engine="pi", argv=("pi",))
    outputs = Outputs(stdout=Excerpt(text=_LOG, size=len(_LOG)))

    def test_it_tells_how_far_the_program_is(self) -> None:
        progress = self.engine.progress(self.spec, {"darts.log": Excerpt(text="10 of 40\n20 of 40\n", size=18)})
        assert progress is not None
        assert progress.fraction == 0.5

    def test_it_reads_the_estimate(self) -> None:
        results = self.engine.results(self.spec, self.outputs)
        assert [(scalar.name, scalar.value) for scalar in results.scalars] == [("pi", 3.14159), ("error", 0.00012)]
