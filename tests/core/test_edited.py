"""In what a changed job differs from the former one, and what it is made of."""

from argosy.core.edited import differences
from argosy.core.onward import Onward
from argosy.core.remedies import Changed, anew
from argosy.core.resources import Resources
from argosy.core.slurm import SlurmWishes
from argosy.core.spec import Content, InputFile, JobSpec, TemplateRef

HASH = "a" * 64
SPEC = JobSpec(
    name="melt",
    argv=("run",),
    target="cluster",
    resources=Resources(walltime_s=600, memory_mib=1024),
    environment={"MODE": "fast"},
    inputs=(InputFile(name="in", source=Content(sha256=HASH, size=3)),),
    labels={"project": "ice"},
    slurm=SlurmWishes(qos="nosuch"),
)


def test_all_that_differs_is_told_in_the_words_in_which_it_is_asked_for() -> None:
    after = SPEC.model_copy(
        update={
            "resources": Resources(walltime_s=7200, memory_mib=1024, gpus=1),
            "environment": {},
            "slurm": SlurmWishes(partition="gpu"),
        }
    )
    assert differences(SPEC, after) == (
        Changed(what="resources.gpus", before="0", after="1"),
        Changed(what="resources.walltime", before="10m", after="2h"),
        Changed(what="slurm.qos", before="nosuch", after=""),
        Changed(what="environment.MODE", before="fast", after=""),
        Changed(what="slurm.partition", before="", after="gpu"),
    )
    assert differences(SPEC, SPEC) == ()


def test_values_of_a_template_are_told_one_by_one() -> None:
    ref = TemplateRef(name="t", version="1.0.0", digest="d", values={"steps": 10, "seed": None})
    before = SPEC.model_copy(update={"template": ref})
    after = SPEC.model_copy(update={"template": ref.model_copy(update={"values": {"steps": 20, "seed": None}})})
    assert differences(before, after) == (Changed(what="values.steps", before="10", after="20"),)


def test_what_is_not_changed_stays_and_files_are_known_by_what_is_in_them() -> None:
    onward = Onward(resources={"walltime": "2h"}, slurm=SlurmWishes(qos="normal"), labels={"try": "2"}, name="again")
    sent = anew(SPEC, "cluster", onward)
    assert (sent.name, sent.argv, sent.inputs) == ("again", SPEC.argv, SPEC.inputs)
    assert sent.resources["walltime_s"] == "2h"
    assert sent.resources["memory_mib"] == 1024
    assert sent.labels == {"project": "ice", "try": "2"}
    assert sent.slurm.qos == "normal"
