from hypothesis import given
from hypothesis import strategies as st

from argosy.core.drafting import draft
from argosy.core.rendering import render
from argosy.core.spec import Content, InputFile, JobSpec, RenderedFile
from argosy.core.submission import Submission
from argosy.core.target import Target
from argosy.core.template import Template, literal
from argosy.core.template_of_job import template_of

TARGET = Target(name="local", root="/r")
SOURCE = Content(sha256="0" * 64, size=1)
MADE_FROM = Template.model_validate(
    {
        "name": "lab/decay",
        "version": "3.1",
        "argv": ("decay", "{{ half_life }}"),
        "parameters": (
            {"name": "half_life", "type": "float", "default": 10.0},
            {"name": "sample", "type": "file"},
        ),
    }
)


def test_a_job_from_a_template_gives_its_values_as_defaults() -> None:
    asked = Submission(
        template="lab/decay",
        values={"half_life": 2.5},
        name="short",
        resources={"cpus": 4},
        inputs=(InputFile(name="a.csv", source=SOURCE, role="sample"),),
    )
    spec, _ = draft(asked, MADE_FROM, TARGET)
    made = template_of(spec, "lab/short", MADE_FROM)
    assert (made.name, made.version, made.resources.cpus) == ("lab/short", "1.0.0", 4)
    assert [(one.name, one.default) for one in made.parameters] == [("half_life", 2.5), ("sample", None)]


def test_a_job_from_a_command_gives_a_template_that_makes_it_again() -> None:
    spec = JobSpec(
        name="count",
        argv=("sh", "-c", "echo {{ not a hole }} {% nor this"),
        environment={"GREETING": "{# a remark #}"},
        inputs=(
            InputFile(name="data/in put.csv", source=SOURCE),
            InputFile(name="other/in put.csv", source=SOURCE, mutable=True),
        ),
        rendered=(RenderedFile(name="x.j2", text="{{ x }}"),),
        outputs=("*.csv",),
    )
    made = template_of(spec, "my/count", None)
    roles = [one.name for one in made.parameters]
    inputs = tuple(InputFile(name=f"{role}.csv", source=SOURCE, role=role) for role in roles)
    again, findings = draft(Submission(template=made, inputs=inputs, name="count"), made, TARGET)
    assert findings == ()
    assert (again.argv, again.environment, again.rendered, again.outputs) == (
        spec.argv,
        spec.environment,
        spec.rendered,
        spec.outputs,
    )
    assert [(file.name, file.mutable) for file in again.inputs] == [(one.name, one.mutable) for one in spec.inputs]


@given(st.text("{}%# \"'\\ab\n", max_size=60))
def test_a_literal_renders_to_itself(text: str) -> None:
    template = Template.model_validate(
        {"name": "t", "argv": ("true",), "files": ({"name": "a", "text": literal(text)},)}
    )
    assert render(template, {}).files[0].text == text
