import pytest

from argosy.core.errors import BadInput
from argosy.core.template import Template
from argosy.core.template_folder import DESCRIPTION, read_template

WHOLE = """
name = "md/nvt"
version = "1.2"
engine = "openmm"
title = "Equilibration"
summary = "At constant volume."
grace = "2m"
warning_signal = "USR1"

[command]
argv = ["python", "run.py", "{{ steps }}"]
environment = { THREADS = "4" }

[resources]
cpus = 4
memory = "2GiB"
walltime = "4h"

[outputs]
wanted = ["*.csv"]

[[files]]
source = "run.py"
executable = true

[[files]]
source = "settings.json.j2"

[[files]]
source = "common/records.j2"
name = "records.py"

[[parameters]]
name = "steps"
type = "integer"
default = 1000
"""
FILES = {"run.py": "print('{{ not rendered }}')", "settings.json.j2": "{{ steps }}", "common/records.j2": "x"}


def read(description: str, **files: str) -> Template:
    return read_template({DESCRIPTION: description} | files)


def test_a_folder_becomes_a_template() -> None:
    template = read_template({DESCRIPTION: WHOLE} | FILES)
    assert (template.name, template.version, template.engine) == ("md/nvt", "1.2", "openmm")
    assert template.argv == ("python", "run.py", "{{ steps }}")
    assert template.environment == {"THREADS": "4"}
    assert (template.resources.cpus, template.resources.memory_mib, template.resources.walltime_s) == (4, 2048, 14_400)
    assert (template.grace_s, template.warning_signal) == (120, "USR1")
    assert template.outputs == ("*.csv",)
    assert [(file.name, file.rendered, file.executable) for file in template.files] == [
        ("run.py", False, True),
        ("settings.json", True, False),
        ("records.py", True, False),
    ]
    assert [parameter.name for parameter in template.parameters] == ["steps"]


MINIMAL = 'name = "t"\n[command]\nargv = ["true"]\n'


def test_a_name_and_a_command_are_enough() -> None:
    template = read(MINIMAL)
    assert (template.engine, template.files, template.outputs) == ("command", (), ())


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("name = ", "template.toml: Invalid value"),
        ("nam = 't'\n" + MINIMAL, "unknown key 'nam'"),
        ('name = "t"\n', "argv"),
        ('name = "t"\ncommand = "true"', "command must be a table"),
        ('name = "t"\n[command]\nargv = "true"', "argv"),
        ('name = "t"\n[command]\nargv = ["true"]\nshell = true', "unknown key 'shell'"),
        ("resources = 4\n" + MINIMAL, "resources must be a table"),
        (MINIMAL + "[resources]\ncores = 4", "unknown resource 'cores'"),
        (MINIMAL + '[resources]\nmemory = "much"', "resources.memory_mib"),
        (MINIMAL + '[resources]\nmemory = "1G"\nmemory_mib = 1', "given twice"),
        ('outputs = ["*.csv"]\n' + MINIMAL, "outputs must be a table"),
        (MINIMAL + '[outputs]\nwanted = "*.csv"', "outputs"),
        ("files = 3\n" + MINIMAL, "files must be a list of tables"),
        (MINIMAL + '[files]\nsource = "a"', "files must be a list of tables"),
        (MINIMAL + "[[files]]\nname = 'a'", "needs a source"),
        (MINIMAL + "[[files]]\nsource = 'b'", "'b', which is not in the folder"),
        (MINIMAL + "[[files]]\nsource = 'a'\nmode = 7", "unknown key 'mode'"),
        (MINIMAL + "[[files]]\nsource = 'a'\nname = '../a'", "files.../a.name"),
        (MINIMAL + "[[files]]\nsource = 'a'\nname = ''", "files..name"),
        ("parameters = 'x'\n" + MINIMAL, "parameters must be a list of tables"),
        (MINIMAL + "[[parameters]]\nname = 'x'\ntype = 'wish'", "parameters.x"),
        (MINIMAL + "[[parameters]]\nname = 'x'", "parameters.x"),
        (MINIMAL + "[[parameters]]\ntype = 'integer'", "parameters.0"),
        (MINIMAL + "[[parameters]]\nname = 'x'\ntype = 'integer'\nminimum = 'a'", "parameters.x.integer.minimum"),
        (MINIMAL + "[[parameters]]\nname = 'x'\ntype = 'text'\npattern = '('", "no regular expression"),
        ("warning_signal = 'KILL'\n" + MINIMAL, "warning_signal"),
        ("grace = 'soon'\n" + MINIMAL, "not a duration"),
        ("version = 1\n" + MINIMAL, "version"),
    ],
)
def test_what_will_not_do_is_named(description: str, said: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(description, a="text")
    assert said in refusal.value.message
    assert refusal.value.hint


def test_a_folder_without_a_description_is_no_template() -> None:
    with pytest.raises(BadInput, match=r"no template\.toml"):
        read_template({"run.py": ""})


def test_each_fault_is_a_finding_of_its_own() -> None:
    parameters = "[[parameters]]\nname = 'x'\ntype = 'integer'\nminimum = 'a'\nmaximum = 'b'"
    with pytest.raises(BadInput) as refusal:
        read("version = 1\n" + MINIMAL + parameters)
    assert len(refusal.value.findings) == 3
