"""Pages of the reference about templates: the format of a folder, and the templates that come with Argosy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from argosy.core.conditions import Test, Together
from argosy.core.errors import BadInput
from argosy.core.parameters import Parameter
from argosy.core.resources import RESOURCE_WORDS, Resources
from argosy.core.template import Template
from argosy.core.template_folder import DESCRIPTION, read_template
from argosy.core.values import Value
from tools.markdown import NOTHING, block, code, number, page, sentence, table
from tools.reference_jobs import engines

_TOP = {
    "name": "Its name: letters, digits and `. _ / -`; a slash groups templates. Needed.",
    "version": "Such as `1.0.0`. Default `1.0.0`.",
    "engine": "Which engine judges its jobs and reads their results. Default `command`.",
    "title": "A few words for lists.",
    "summary": "One sentence for lists.",
    "purpose": "What lists are grouped by, such as `equilibration`.",
    "targets": "Names of targets; its jobs run on those and nowhere else. Default: anywhere.",
    "command": "What is run; see below. Needed.",
    "resources": "What its jobs ask for by default; see below.",
    "files": "Text files that are placed in the work directory; see below.",
    "outputs": "What is brought home; see below.",
    "parameters": "What a user may set; see below.",
    "grace": "How long the program may take to stop after TERM before it is killed, such as `60s`. Default `30s`.",
    "warning_signal": "`TERM`, `USR1`, `USR2` or `INT`: passed on to the program when the target warns that the time "
    "is nearly up. Without it, warnings are not passed on.",
}
_SECTIONS = {
    (
        "command",
        "argv",
    ): "The program and its arguments, a list of words. No shell reads it. A word that renders to nothing is left out.",
    ("command", "environment"): "Environment variables of the program.",
    (
        "outputs",
        "wanted",
    ): "Patterns (`*`, `?`, `[…]`) of files in the work directory that are brought home when the job has ended.",
}
_FILE = {
    "source": "A file of the folder. If its name ends in `.j2` it is rendered, else it is taken as it is. Needed.",
    "name": "Its name in the work directory. Default: that of the source, without `.j2`.",
    "executable": "`true` if it is a program. Default `false`.",
}
_RESOURCES = {
    "nodes": "Machines.",
    "tasks": "Processes over all nodes.",
    "cpus": "Processors for each task.",
    "gpus": "Graphics cards for the whole job.",
    "memory": "Memory for the whole job, with a unit: `500M`, `16GiB`.",
    "walltime": "The longest that it may run, with a unit: `90s`, `30m`, `4h`, `2-03:00:00`.",
}
_COMMON = {
    "type": "One of the types below. Needed.",
    "name": "Lower-case letters, digits and `_`; the name in `--set name=value` and in the templates. Needed.",
    "label": "What people see. Default: the name.",
    "unit": "The unit of the value, for people.",
    "group": "Parameters of one group are shown together.",
    "help": "One or two sentences.",
    "required": "Whether a value is needed when there is no default. Default `true`.",
    "visible_when": '`{ parameter = "other", equals = value }`: it counts only then; else its value is `none`. '
    "Other conditions are below.",
}
_TESTS = {
    "parameter": "The other parameter. Needed.",
    "equals": "It has this value.",
    "one_of": "It has one of these values.",
    "contains": "This word is among those of a multi-choice.",
    "given": "`true`: it has a value, by hand or by default; `false`: it has none.",
    "at_least": "A number that is not smaller. A lower and an upper bound may stand together.",
    "above": "A number that is larger.",
    "at_most": "A number that is not larger.",
    "below": "A number that is smaller.",
}
_TOGETHER = {
    "all_of": "All of these tests hold.",
    "any_of": "At least one of these holds.",
    "none_of": "None of these holds.",
}
_OWN = {
    "default": "the value when none is given",
    "minimum": "the smallest value allowed",
    "maximum": "the largest value allowed",
    "pattern": "a regular expression that the whole text must fit",
    "multiline": "whether it may have several lines",
    "maximum_length": "the most characters",
    "choices": "the words to choose from",
    "length": "how many numbers",
    "suffixes": "the endings that its name may have",
    "place": "its name in the work directory; default: the name of the file that is given",
    "mutable": "whether the program changes it (it is then always copied)",
}

_EXAMPLE = """\
name = "me/train"
title = "Train a model"

[command]
argv = ["python", "train.py", "--rate", "{{ rate }}"]

[resources]
cpus = 2
walltime = "1h"

[[files]]
source = "train.py"

[outputs]
wanted = ["model.bin", "*.csv"]

[[parameters]]
name = "rate"
type = "float"
label = "Learning rate"
default = 0.01
minimum = 0.0
"""

_CONDITIONS = """\
visible_when = { parameter = "ensemble", one_of = ["NPT", "NPAT"] }
visible_when = { parameter = "temperature", above = 0, at_most = 400 }
visible_when = { all_of = [{ parameter = "pme", equals = true }], none_of = [{ parameter = "start", given = true }] }
"""


def template_format() -> str:
    """The page of the format of a template folder."""
    return page(
        "Template format",
        "A template is a folder with a file `template.toml` and the text files that it names. "
        "[Write a template](../how-to/write-a-template.md) shows one being made; `argosy template check` judges one.",
        block(_EXAMPLE, "toml"),
        "An unknown key is an error: a misspelt word is never ignored.",
        "## Keys of template.toml",
        table(("key", "means"), explained(_keys("unknown = 1"), _TOP)),
        *(_section(name) for name in ("command", "outputs")),
        "### [resources]",
        table(("key", "means", "default"), [(*row, _unasked(row[0])) for row in explained(RESOURCE_WORDS, _RESOURCES)]),
        "### [[files]]",
        table(("key", "means"), explained(_keys("[[files]]\nunknown = 1"), _FILE)),
        "## Parameters",
        "Each `[[parameters]]` entry has these keys:",
        table(("key", "means"), explained(_common_keys(), _COMMON)),
        "and those of its type:",
        table(("type", "is", "its own keys"), map(_parameter_row, _parameter_types())),
        "## Conditions",
        "`visible_when` is one test of another parameter, or several tests together. A parameter that does not count "
        "meets no test but `given = false`.",
        table(("key of a test", "holds when"), explained(Test.model_fields, _TESTS)),
        table(("key of several tests", "holds when"), explained(Together.model_fields, _TOGETHER)),
        block(_CONDITIONS, "toml"),
        "The server gives the JSON Schema of the values of a template at `/v1/schemas/NAME`.",
        "## What a rendered text may use",
        "Every word of `argv`, every value of `environment` and every file whose source ends in `.j2` is a "
        "[Jinja2](https://jinja.palletsprojects.com/) text. Every parameter is a name in it; an unknown name is an "
        "error. Besides them there are `values` (all parameters in one mapping), `range`, `zip`, `enumerate`, `min`, "
        "`max`, `round`, and the filter `tojson`. Templates run in a sandbox: they format values and can do nothing "
        "else.",
    )


def shipped_templates() -> str:
    """The page of the templates that come with Argosy."""
    found = sorted((template for engine in engines() for template in engine.templates), key=lambda one: one.name)
    return page(
        "Templates",
        "These templates come with Argosy. `argosy template list` lists them together with your own.",
        *(part for template in found for part in _template(template)),
    )


def _template(template: Template) -> Iterable[str]:
    yield f"## {template.name}"
    yield f"**{template.title}.** {template.summary}"
    yield (
        f"Engine `{template.engine}`, version {template.version}. Asks for {template.resources.words()}. "
        f"Brings home {', '.join(map(code, template.outputs)) or 'nothing'}."
    )
    yield table(("parameter", "type", "default", "means"), map(_shipped_row, template.parameters))


def _shipped_row(parameter: Parameter) -> tuple[str, ...]:
    given = NOTHING if parameter.default is None else code(_plain(parameter.default))
    needed = "needed" if parameter.required and parameter.default is None else given
    unit = f" ({parameter.unit})" if parameter.unit else ""
    return code(parameter.name) + unit, _type_words(parameter), needed, f"{parameter.help}{_condition(parameter)}"


def _type_words(parameter: Parameter) -> str:
    words = [parameter.type]
    choices = getattr(parameter, "choices", ())
    words += [", ".join(map(code, choices))] if choices else []
    low, high = getattr(parameter, "minimum", None), getattr(parameter, "maximum", None)
    words += (
        [" … ".join("" if bound is None else number(bound) for bound in (low, high))]
        if (low, high) != (None, None)
        else []
    )
    words += [" or ".join(map(code, getattr(parameter, "suffixes", ())))]
    return ": ".join(word for word in words if word)


def _condition(parameter: Parameter) -> str:
    shown = parameter.visible_when
    if shown is None:
        return ""
    if isinstance(shown, Test) and shown.named:
        return f" Only when `{shown.parameter}` is {' or '.join(code(_plain(value)) for value in shown.named)}."
    return f" Only when {f'`{shown.parameter}` is ' if isinstance(shown, Test) else ''}{shown.words}."


def _section(name: str) -> str:
    rows = explained(
        _keys(f"[{name}]\nunknown = 1"), {key: words for (section, key), words in _SECTIONS.items() if section == name}
    )
    return f"### [{name}]\n\n{table(('key', 'means'), rows)}"


def _keys(description: str) -> list[str]:
    """The keys that may stand where a description has an unknown one, as its refusal lists them."""
    try:
        read_template({DESCRIPTION: description})
    except BadInput as refusal:
        return refusal.hint.removeprefix("The keys are: ").rstrip(".").split(", ")
    raise SystemExit("an unknown key of a template is not refused any more")


def explained(keys: Iterable[str], meanings: Mapping[str, str]) -> list[tuple[str, str]]:
    """A row for each key; a key without a meaning, or a meaning without a key, stops the generator."""
    known = list(keys)
    if set(known) != set(meanings):
        raise SystemExit(f"keys and their meanings differ: {sorted(set(known) ^ set(meanings))}")
    return [(code(key), meanings[key]) for key in known]


def _parameter_types() -> Sequence[type[Value]]:
    return get_args(get_args(Parameter)[0])


def _common_keys() -> list[str]:
    return [
        key
        for key in _parameter_types()[0].model_fields
        if all(key in one.model_fields for one in _parameter_types()) and key != "default"
    ]


def _parameter_row(known: type[Value]) -> tuple[str, str, str]:
    own = [key for key in known.model_fields if key not in _common_keys() and not _fixed(known, key)]
    return (
        code(get_args(known.model_fields["type"].annotation)[0]),
        sentence(known.__doc__),
        "; ".join(f"{code(key)}: {_OWN[key]}" for key in own),
    )


def _fixed(known: type[Value], key: str) -> bool:
    """A file has no default: its field is there only so that all parameters can be asked alike."""
    return known.model_fields[key].annotation is type(None)


def _unasked(word: str) -> str:
    value = Resources.model_fields[RESOURCE_WORDS[word.strip("`")]].default
    return "left to the target" if value is None else code(value)


def _plain(value: object) -> object:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value
