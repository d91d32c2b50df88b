from typing import Any

import pytest
from pydantic import ValidationError

from argosy.core.drafting import draft, refused
from argosy.core.errors import BadInput
from argosy.core.findings import Finding, errors_among
from argosy.core.spec import Content, InputFile, JobSpec
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.template import Template

HERE = Target.model_validate({"name": "local", "root": "/data", "limits": {"cpus": 8, "memory_mib": 1000}})
CONTENT = Content(sha256="0" * 64, size=3)
PARAMETERS: tuple[dict[str, Any], ...] = (
    {"name": "steps", "type": "integer", "minimum": 1, "default": 10},
    {"name": "system", "type": "file", "suffixes": [".xml"], "place": "start.xml", "mutable": True},
    {"name": "note", "type": "text", "required": False},
)
TEMPLATE = Template.model_validate(
    {
        "name": "md/nvt",
        "argv": ["run", "{{ system }}", "{{ steps }}"],
        "environment": {"A": "{{ steps }}", "B": "template"},
        "parameters": PARAMETERS,
        "files": [{"name": "in.json", "text": "{{ steps }}"}],
        "resources": {"cpus": 2, "memory_mib": 200},
        "outputs": ["*.csv"],
        "grace_s": 60,
        "warning_signal": "USR1",
    }
)


def sent(name: str, role: str = "") -> InputFile:
    return InputFile(name=name, source=CONTENT, role=role)


def from_template(*inputs: InputFile, target: Target = HERE, **facts: Any) -> tuple[JobSpec, tuple[Finding, ...]]:
    given = {"template": "md/nvt", "inputs": inputs or (sent("my.xml", "system"),)} | facts
    return draft(Submission.model_validate(given), TEMPLATE, target)


def from_command(*argv: str, **facts: Any) -> tuple[JobSpec, tuple[Finding, ...]]:
    return draft(Submission.model_validate({"argv": argv} | facts), None, HERE)


# --- A template ------------------------------------------------------------------------------------------------------


def test_a_template_with_values_and_files_is_a_whole_job() -> None:
    spec, findings = from_template(values={"steps": "25"}, environment={"B": "mine"}, labels={"set": "one"})
    assert findings == ()
    assert (spec.name, spec.engine, spec.argv) == ("md/nvt", "command", ("run", "start.xml", "25"))
    assert spec.environment == {"A": "25", "B": "mine"}
    assert [(file.name, file.text) for file in spec.rendered] == [("in.json", "25")]
    assert (spec.outputs, spec.grace_s, spec.warning_signal) == (("*.csv",), 60, "USR1")
    assert spec.template is not None
    assert spec.template.values == {"steps": 25, "system": "start.xml", "note": None}
    assert spec.template.digest == TEMPLATE.digest


def test_a_file_lies_where_its_parameter_says_and_may_be_changed_there() -> None:
    spec, _ = from_template(sent("my.xml", "system"), sent("extra.dat"))
    assert [(file.name, file.mutable) for file in spec.inputs] == [("start.xml", True), ("extra.dat", False)]


def test_the_values_of_a_job_make_the_same_job_again() -> None:
    spec, _ = from_template(values={"steps": 25})
    assert spec.template is not None
    again, findings = from_template(sent("start.xml", "system"), values=spec.template.values)
    assert (again, findings) == (spec, ())


def test_all_that_is_wrong_is_told_at_once() -> None:
    given = {"values": {"steps": 0, "stepz": 1}, "resources": {"cpus": -1, "memory": "much"}}
    with pytest.raises(BadInput, match="template md/nvt") as refusal:
        from_template(sent("my.gro", "system"), **given)
    where = {finding.where for finding in refusal.value.findings}
    assert where == {"steps", "stepz", "system", "resources.cpus", "resources.memory_mib"}
    assert refusal.value.hint


def test_a_file_that_is_needed_is_asked_for() -> None:
    with pytest.raises(BadInput, match="System is needed") as refusal:
        from_template(sent("extra.dat"))
    assert "--file system=PATH" in refusal.value.hint


def test_a_file_that_is_named_but_not_sent_is_an_error() -> None:
    _, findings = from_template(sent("extra.dat"), values={"system": "my.xml"})
    assert [finding.where for finding in errors_among(findings)] == ["system"]


def test_a_file_that_lies_on_the_target_need_not_be_sent() -> None:
    spec, findings = from_template(sent("extra.dat"), values={"system": "/data/my.xml"})
    assert (spec.argv[1], findings) == ("/data/my.xml", ())


def test_two_files_for_one_role_are_an_error() -> None:
    _, findings = from_template(sent("a.xml", "system"), sent("b.xml", "system"))
    assert {finding.where for finding in errors_among(findings)} == {"system", "start.xml"}


def test_a_role_that_no_parameter_has_is_an_error() -> None:
    with pytest.raises(BadInput, match="sistem: the template has no such parameter"):
        from_template(sent("my.xml", "sistem"))


def test_a_fault_in_a_text_names_the_file() -> None:
    broken = TEMPLATE.model_copy(update={"argv": ("run", "{{ stepz }}")})
    submission = Submission(template="md/nvt", inputs=(sent("my.xml", "system"),))
    with pytest.raises(BadInput, match=r"argv\[1\], line 1: 'stepz' is undefined"):
        draft(submission, broken, HERE)


# --- A command -------------------------------------------------------------------------------------------------------


def test_a_command_is_a_job_as_it_is() -> None:
    spec, findings = from_command("/usr/bin/python3", "train.py", "--name", "it's {{ me }}", inputs=(sent("train.py"),))
    assert (spec.name, spec.engine, findings) == ("python3", "command", ())
    assert spec.argv[3] == "it's {{ me }}"
    assert spec.template is None


@pytest.mark.parametrize(
    ("program", "name"), [("/bin/", "command"), ("a\nb", r"a\x0ab"), ("x" * 300, "x" * 200), ("é", "é")]
)
def test_the_name_of_a_command_is_one_line_for_people(program: str, name: str) -> None:
    assert from_command(program)[0].name == name


def test_values_without_a_template_are_an_error() -> None:
    with pytest.raises(BadInput, match="a command has no parameters"):
        from_command("true", values={"steps": 3})


@pytest.mark.parametrize("given", [{}, {"template": "t", "argv": ("true",)}])
def test_a_request_is_for_a_template_or_a_command(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either a template or a command"):
        Submission.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"name": "a\x1b[31m"},
        {"name": "a\x9b31m"},
        {"name": "x" * 201},
        {"environment": {"A-B": "1"}},
        {"environment": {"A": "a\0b"}},
        {"labels": {"a b": "1"}},
        {"labels": {"a": "1\n2"}},
        {"labels": {"": "1"}},
        {"inputs": ({"name": "../x", "source": CONTENT},)},
        {"inputs": ({"name": "/x", "source": CONTENT},)},
        {"inputs": ({"name": "x", "source": {"kind": "target", "path": "x"}},)},
        {"inputs": ({"name": "x", "source": {"kind": "job", "job": "j1", "path": "x"}},)},
        {"rendered": ({"name": "a//b", "text": ""},)},
        {"retries": 4},
        {"after": ("me",)},
        {"argv": ("a\0b",)},
        {"argv": ("\udcff",)},
        {"target": "my target"},
        {"wish": 1},
    ],
)
def test_what_no_job_can_have_is_refused_field_by_field(given: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, BadInput)) as refusal:
        from_command(*given.get("argv", ("true",)), **{key: value for key, value in given.items() if key != "argv"})
    error = refusal.value
    findings = refused(error).findings if isinstance(error, ValidationError) else error.findings
    assert any(finding.where.split(".")[0] == next(iter(given)) for finding in findings)


# --- Resources and places --------------------------------------------------------------------------------------------


def test_what_was_asked_for_comes_before_the_template_and_that_before_the_target() -> None:
    target = HERE.model_copy(update={"defaults": HERE.defaults.model_copy(update={"cpus": 6, "walltime_s": 60})})
    spec, _ = from_template(target=target, resources={"memory": "300M"})
    assert (spec.resources.cpus, spec.resources.memory_mib, spec.resources.walltime_s) == (2, 300, 60)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"cpus": 0}, "resources.cpus"),
        ({"cpus": "many"}, "resources.cpus"),
        ({"cores": 4}, "resources"),
        ({"memory": "16"}, "resources.memory_mib"),
        ({"walltime": "4"}, "resources.walltime_s"),
        ({"walltime": "99999d"}, "resources.walltime_s"),
        ({"memory": "1G", "memory_mib": 5}, "resources"),
        ({"nodes": 10**12}, "resources.nodes"),
    ],
)
def test_absurd_resources_are_refused_with_the_field(asked: dict[str, int | str], where: str) -> None:
    with pytest.raises(BadInput) as refusal:
        from_command("true", resources=asked)
    assert [finding.where for finding in refusal.value.findings] == [where]


def test_a_job_larger_than_its_target_is_an_error_before_anything_is_sent() -> None:
    _, findings = from_command("true", resources={"cpus": 9, "memory": "2G"})
    assert [finding.where for finding in errors_among(findings)] == ["cpus", "memory"]


@pytest.mark.parametrize(
    ("names", "clashing"),
    [
        (("a", "b"), []),
        (("a", "a"), ["a"]),
        (("a", r"\x61"), ["a"]),
        (("a", "a/b"), ["a/b"]),
        (("a/b/c", "a/b"), ["a/b"]),
        (("a/b/c", "a"), ["a"]),
        (("a/b", "a/c"), []),
    ],
)
def test_two_files_at_one_place_are_an_error(names: tuple[str, str], clashing: list[str]) -> None:
    _, findings = from_command("true", inputs=tuple(sent(name) for name in names))
    assert [finding.where for finding in errors_among(findings)] == clashing
    rendered = {"rendered": ({"name": names[0], "text": ""},), "inputs": (sent(names[1]),)}
    assert [finding.where for finding in errors_among(from_command("true", **rendered)[1])] == clashing
