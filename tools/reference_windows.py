"""Pages of the reference about what windows share: job files and exit codes."""

from argosy.cli.exits import MEANINGS, of_error
from argosy.client import jobfile
from tools.markdown import block, code, page, table
from tools.reference_jobs import known_errors
from tools.reference_templates import explained

_KEYS = {
    "template": "The template to fill.",
    "command": "The program and its arguments; instead of a template.",
    "name": "What the job is called. Default: the template's or the program's name.",
    "target": "Where it runs. Default `local`.",
    "engine": "Which engine judges it. Default: the template's, else `command`.",
    "values": "The template's parameters.",
    "files": "Its files: the template's file parameter, or for a command the name in the work directory, and which "
    "file it is. See below.",
    "resources": "`nodes`, `tasks`, `cpus`, `gpus`, `memory`, `walltime`; see "
    "[Template format](template-format.md#resources).",
    "environment": "Environment variables of the program.",
    "labels": "Words to find it by.",
    "slurm": "What Slurm is told, where there is one: `account`, `partition`, `qos`, `gpu_type` and others; see "
    "[Models](models.md#slurmwishes).",
    "outputs": "Patterns of files that are brought home. Default: the template's.",
    "after": "Jobs that must have succeeded before it starts.",
    "resource_set": "The name of resources that its target proposes: see `argosy target guide TARGET`.",
    "retry": "A table of how often each cause or class of failures is tried again by itself: a number, `never`, or a "
    'number with pauses, such as `node_failure = "3:1m,10m"`.',
    "retries": "How many further attempts it gets by itself when that may help: 0 to 3.",
    "stop_if_broken": "Stop it as soon as its numbers show that the rest is worth nothing.",
    "priority": "Which of the jobs that wait in Argosy goes first: the larger, the sooner. Default 0.",
    "draft": "Write it down, but do not run it before it is released.",
}


def job_file() -> str:
    """The page of the format of a job file."""
    example = (jobfile.__doc__ or "").split("\n\n", 1)[1]
    return page(
        "Job file format",
        "One job, described in TOML, or in JSON if the file's name ends in `.json`. Submit it with "
        "`argosy submit FILE`; [Submit from a job file](../how-to/job-file.md) shows one in use.",
        block(example, "toml"),
        table(
            ("key", "type", "means"),
            [(name, jobfile.KEYS[name.strip("`")][1], means) for name, means in explained(jobfile.KEYS, _KEYS)],
        ),
        "An unknown key is an error, named with its line.",
        "## Files",
        "A file is one of:",
        table(
            ("written", "means"),
            [
                (code("path"), "A file or directory of this machine. A relative path counts from the job file."),
                (code("job:JOB:PATH"), "What another job left in its work directory. This job waits for that one."),
                (code("target:/PATH"), "A file that lies on the target already."),
                (code('{ path = "…", mutable = true }'), "The same, for a file that the program will change."),
            ],
        ),
    )


def exit_codes() -> str:
    """The page of exit codes."""
    errors = sorted(known_errors(), key=lambda known: (of_error(known.code), known.code))
    return page(
        "Exit codes",
        "Every command of `argosy` leaves one of these numbers to the shell. "
        "[Wait in a CI pipeline](../how-to/ci.md) uses them.",
        table(("code", "means"), [(code(number.value), means) for number, means in MEANINGS.items()]),
        "If a command is about several jobs, the worst decides: lost, then failed, then cancelled, then not over.",
        "## Errors",
        "An [error](errors.md) that ends a command has this exit code:",
        table(("error", "exit code"), [(code(known.code), code(of_error(known.code).value)) for known in errors]),
    )
