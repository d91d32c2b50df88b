"""What every engine must hold. The test classes of a plug-in inherit from the suites and set what they name.

class TestMyEngine(EngineSuite):
    engine = ENGINE
    spec = a JobSpec of that engine
    outputs = what a good run of it left
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from argosy.contracts import Checkpoints, Engine, Foreseer
from argosy.core.failures import diagnose
from argosy.core.findings import Finding, errors_among
from argosy.core.foresight import Foreseen
from argosy.core.job import Progress
from argosy.core.outputs import Complete, Excerpt, FileEntry, Outputs, Restart, Results, Verdict
from argosy.core.rendering import render
from argosy.core.spec import JobSpec
from argosy.core.template import Template
from argosy.core.template_trial import try_out
from argosy.core.values import Value
from argosy.core.wrapper import ExitReport
from tests.contracts.made_up import values_of

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JOB = "j0123456789abcdefghjkm"
NAME = re.compile(r"[a-z][a-z0-9-]*")
GARBAGE = (
    "",
    "\0",
    "\n\n\n",
    "é\ufffd\u2028",
    "{",
    "[" * 10_000,
    '{"completed": true',
    "1,2,3\n",
    "9" * 5_000,
    "nan\n",
)

# Each engine's class runs the tests as its own; that they share their stored examples is no harm.
inherited = settings(suppress_health_check=[HealthCheck.differing_executors])


def report(code: int) -> ExitReport:
    """The wrapper's report of a program that ended with this code."""
    return ExitReport(version=1, token="t", stage="program", code=code, status=code, started=NOW, ended=NOW)


def excerpt(text: str, *, complete: bool = True) -> Excerpt:
    return Excerpt(text=text, size=len(text), complete=complete)


class EngineSuite:
    """Inherit and set the three."""

    engine: ClassVar[Engine]
    spec: ClassVar[JobSpec]
    outputs: ClassVar[Outputs]

    def test_it_introduces_itself(self) -> None:
        assert NAME.fullmatch(self.engine.name)
        assert self.engine.title
        assert self.engine.summary.endswith(".")
        assert self.spec.engine == self.engine.name

    def test_each_rule_has_a_signature_of_its_own_and_says_what_to_do(self) -> None:
        signatures = [rule.signature for rule in self.engine.rules]
        assert len(set(signatures)) == len(signatures)
        for rule in self.engine.rules:
            assert rule.regex.pattern or rule.codes, rule.signature
            assert rule.explanation.endswith("."), rule.signature
            assert rule.advice.endswith("."), rule.signature

    def test_no_rule_with_a_pattern_fits_on_nothing_or_on_a_good_run(self) -> None:
        rules = [rule for rule in self.engine.rules if rule.pattern]
        assert diagnose(rules, Outputs(), None) is None
        assert diagnose(rules, self.outputs, 0) is None

    def test_a_good_run_is_complete_and_the_check_has_no_error(self) -> None:
        assert isinstance(self.engine.verdict(self.spec, report(0), self.outputs), Complete)
        assert errors_among(self.engine.check(self.spec)) == ()

    def test_the_same_question_has_the_same_answer(self) -> None:
        assert _everything(self, self.outputs) == _everything(self, self.outputs)

    def test_every_answer_survives_the_wire(self) -> None:
        for kind, answer in _everything(self, self.outputs):
            adapter: TypeAdapter[Any] = TypeAdapter(kind)
            assert adapter.validate_json(adapter.dump_json(answer)) == answer

    def test_a_good_run_gives_results_that_hold_together(self) -> None:
        _hold_together(self.engine.results(self.spec, self.outputs))

    @pytest.mark.parametrize("text", GARBAGE, ids=lambda text: repr(text[:12]))
    def test_garbage_in_any_file_is_no_fault_of_the_engine(self, text: str) -> None:
        _answers_anything(self, text)

    @inherited
    @given(st.data())
    def test_a_file_that_is_cut_anywhere_is_no_fault_of_the_engine(self, data: st.DataObject) -> None:
        names = sorted(self.outputs.texts) or ["stdout"]
        name = data.draw(st.sampled_from(names))
        text = self.outputs.text(name) or self.outputs.stdout.text
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        part = excerpt(text[start:end], complete=start == 0)
        _hold_together(self.engine.results(self.spec, _with_texts(self.outputs, {name: part})))
        self.engine.verdict(self.spec, report(0), _with_texts(self.outputs, {name: part}))
        _is_finite(self.engine.progress(self.spec, {name: part}))

    @inherited
    @given(st.text(max_size=400))
    def test_any_text_at_all_is_no_fault_of_the_engine(self, text: str) -> None:
        _answers_anything(self, text)

    def test_a_good_run_needs_none_of_its_checkpoints_to_be_gone_on_from(self) -> None:
        if not isinstance(self.engine, Checkpoints):
            return
        going = self.engine.checkpoints(self.spec, self.outputs.files)
        stays = tuple(file for file in self.outputs.files if file not in going)
        texts = {name: text for name, text in self.outputs.texts.items() if name in {file.path for file in stays}}
        without = self.outputs.model_copy(update={"files": stays, "texts": texts})
        assert len(stays) + len(going) == len(self.outputs.files)
        assert self.engine.restart(self.spec, JOB, without) == self.engine.restart(self.spec, JOB, self.outputs)
        good = self.engine.verdict(self.spec, report(0), self.outputs)
        assert self.engine.verdict(self.spec, report(0), without) == good
        assert self.engine.checkpoints(self.spec, stays) == ()

    def test_nothing_at_all_is_no_fault_of_the_engine(self) -> None:
        _everything(self, Outputs())
        bare = JobSpec(name="bare", engine=self.engine.name, argv=("true",))
        self.engine.check(bare)
        self.engine.watched(bare)
        if isinstance(self.engine, Foreseer):
            assert self.engine.foresee(bare) is None
        self.engine.results(bare, self.outputs)
        self.engine.restart(bare, JOB, self.outputs)
        assert self.engine.progress(bare, {}) is None


class TemplateSuite:
    """What the templates of an engine must hold. Inherit and set the engine."""

    engine: ClassVar[Engine]

    def test_its_templates_are_its_own(self) -> None:
        assert len({template.name for template in self.engine.templates}) == len(self.engine.templates)
        for template in self.engine.templates:
            assert template.engine == self.engine.name
            assert template.name.startswith(f"{self.engine.name}/")
            assert template.title
            assert template.summary

    def test_each_template_stands_every_trial(self) -> None:
        for template in self.engine.templates:
            assert [(trial.case, trial.findings) for trial in try_out(template, seed=1) if trial.findings] == []

    @inherited
    @given(st.data())
    def test_each_template_renders_with_any_values_and_its_schema_takes_them(self, data: st.DataObject) -> None:
        for template in self.engine.templates:
            _takes(template, data.draw(values_of(template)))


def _takes(template: Template, given_values: dict[str, Any]) -> None:
    schema = template.schema_of_values()
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validate(schema, given_values)
    values, findings = template.read_values(given_values)
    assert findings == ()
    rendered = render(template, values)
    assert rendered.argv
    assert len(rendered.files) == len(template.files)


def _everything(suite: EngineSuite, outputs: Outputs) -> Iterable[tuple[Any, Any]]:
    engine, spec = suite.engine, suite.spec
    tails = {name: outputs.texts.get(name, excerpt("")) for name in engine.watched(spec)}
    return [
        (tuple[Finding, ...], engine.check(spec)),
        (tuple[str, ...], engine.watched(spec)),
        (tuple[str, ...], engine.read(spec)),
        (Progress | None, engine.progress(spec, tails)),
        (Verdict, engine.verdict(spec, report(0), outputs)),
        (Verdict, engine.verdict(spec, report(1), outputs)),
        (Results, engine.results(spec, outputs)),
        (Restart, engine.restart(spec, JOB, outputs)),
        (Foreseen | None, engine.foresee(spec) if isinstance(engine, Foreseer) else None),
    ]


def _answers_anything(suite: EngineSuite, text: str) -> None:
    for complete in (True, False):
        part = excerpt(text, complete=complete)
        names = {*suite.outputs.texts, *suite.engine.watched(suite.spec), *suite.engine.read(suite.spec)}
        entries = tuple(FileEntry(path=name, size=part.size, modified=NOW) for name in sorted(names))
        outputs = Outputs(files=entries, texts=dict.fromkeys(names, part), stdout=part, stderr=part)
        for kind, answer in _everything(suite, outputs):
            adapter: TypeAdapter[Any] = TypeAdapter(kind)
            assert adapter.validate_json(adapter.dump_json(answer)) == answer
        _hold_together(suite.engine.results(suite.spec, outputs))
        _is_finite(suite.engine.progress(suite.spec, dict.fromkeys(names, part)))


def _with_texts(outputs: Outputs, texts: Mapping[str, Excerpt]) -> Outputs:
    return outputs.model_copy(update={"texts": {**outputs.texts, **texts}})


def _hold_together(results: Results) -> None:
    for named in (results.scalars, results.series, results.tables):
        names = [one.name for one in named]
        assert len(set(names)) == len(names)
    for series in results.series:
        assert len(series.x) == len(series.y) > 0
    for table in results.tables:
        assert {len(row) for row in table.rows} <= {len(table.columns)}
    assert all(math.isfinite(number) for number in _numbers(results))


def _numbers(results: Results) -> Iterable[float]:
    yield from (scalar.value for scalar in results.scalars)
    for series in results.series:
        yield from (*series.x, *series.y)
    for table in results.tables:
        yield from (cell for row in table.rows for cell in row if not isinstance(cell, str))


def _is_finite(progress: Value | None) -> None:
    if isinstance(progress, Progress):
        told = (progress.step, progress.total, progress.rate, progress.remaining_s, *progress.metrics.values())
        assert all(math.isfinite(number) for number in told if number is not None)
