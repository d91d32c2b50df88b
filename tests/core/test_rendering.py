import time
from typing import Any

import pytest

from argosy.core import sandbox
from argosy.core.errors import BadInput
from argosy.core.rendering import Rendered, render
from argosy.core.template import Template

UNBEARABLE_S = 20.0
"""Far more than any bounded template takes on a busy machine, far less than an unbounded one."""


def rendered(text: str, **values: Any) -> str:
    template = Template.model_validate({"name": "t", "argv": ("true",), "files": ({"name": "in.txt", "text": text},)})
    return render(template, values).files[0].text


def refusal(text: str, **values: Any) -> BadInput:
    began = time.monotonic()
    with pytest.raises(BadInput) as refused:
        rendered(text, **values)
    assert time.monotonic() - began < UNBEARABLE_S
    assert refused.value.hint
    assert len(refused.value.message) < 700
    return refused.value


def test_a_template_becomes_a_command_an_environment_and_files() -> None:
    template = Template.model_validate(
        {
            "name": "t",
            "argv": ("run", "--steps", "{{ steps }}", "{{ '--loud' if loud }}"),
            "environment": {"THREADS": "{{ threads }}"},
            "files": (
                {"name": "in.txt", "text": "steps={{ steps }}\n"},
                {"name": "raw.sh", "text": "echo {{ steps }}", "rendered": False, "executable": True},
            ),
        }
    )
    values = {"steps": 10, "loud": False, "threads": 4}
    expected = {
        "argv": ("run", "--steps", "10"),
        "environment": {"THREADS": "4"},
        "files": (
            {"name": "in.txt", "text": "steps=10\n"},
            {"name": "raw.sh", "text": "echo {{ steps }}", "executable": True},
        ),
    }
    assert render(template, values) == Rendered.model_validate(expected)
    assert render(template, values | {"loud": True}).argv[-1] == "--loud"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ '%.3f' % x }} {{ '%.1e'|format(x) }} {{ '{:8.3f}|{}'.format(x, 1) }}", "2.500 2.5e+00    2.500|1"),
        ("{{ edge|join(' ') }} {{ edge|sum }} {{ edge[0] * 2 }} {{ edge|tojson }}", "1.0 2.0 3.0 2.0 [1.0, 2.0]"),
        ("{% for i in range(3) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2,3"),
        ("{% macro row(a, b) %}{{ a }}={{ b }};{% endmacro %}{{ row('x', 1) }}{{ row('y', 2) }}", "x=1;y=2;"),
        ("{% set a = 'x' ~ 1 ~ 'y' %}{{ a }}{% set b %}<{{ a }}>{% endset %}{{ b }}", "x1y<x1y>"),
        (
            "{{ name.upper().replace('T', 'b') }} {{ name|title|replace('i', 'o') }} {{ name.split('i') }}",
            "bIP3P Top3p ['t', 'p3p']",
        ),
        ("{% for k, v in values|dictsort %}{{ k }} {% endfor %}", "edge name nothing x "),
        (
            "{{ round(x, 1) }} {{ x|round(0)|int }} {{ max(edge) }} {{ 2 ** 10 }} {{ 7 % 4 }} {{ -7 // 2 }}",
            "2.5 2 2.0 1024 3 -4",
        ),
        ("{{ nothing or 'none given' }}{% if nothing is not none %}!{% endif %}", "none given"),
        ("{{ nothing|tojson }}", "null"),
        ("{{ 'a\nb'|indent(2) }}", "a\n  b"),
        ("line\n", "line\n"),
        ("{# a note #}{{ '{{' }}", "{{"),
    ],
)
def test_templates_can_say_what_input_files_need(text: str, result: str) -> None:
    assert rendered(text, x=2.5, edge=(1.0, 2.0), name="tip3p", nothing=None) == result


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\nb\n{{ stepz }}", 3, "'stepz' is undefined"),
        ("a\n{% if %}", 2, "Expected an expression"),
        ("{{ 'x'|nofilter }}", 1, "nofilter"),
        ("\n{{ 1 / zero }}", 2, "division by zero"),
        ("\n\n{{ zero.foo.bar }}", 3, "no attribute"),
        ("{{ nothing }}", 1, "not given"),
        ("{{ 'a' ~ nothing }}", 1, "not given"),
        ("{% include 'other' %}", 1, "loader"),
        ("{{ 'x' + 1 }}", 1, "str"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(text: str, line: int, said: str) -> None:
    refused = refusal(text, zero=0, nothing=None)
    assert refused.message.startswith(f"in.txt, line {line}: ")
    assert said in refused.message


# --- The sandbox ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ x['__class__'] }}",
        "{{ x|attr('__class__') }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ '{x.__init__}'.format_map({'x': x}) }}",
        "{{ range.__globals__ }}",
        "{{ round.__globals__['json'] }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ lipsum.__globals__ }}",
        "{{ joiner }}",
        "{{ namespace(a=1) }}",
        "{{ values.update(x=1) }}",
        "{{ values.clear() }}",
        "{{ edge.append(1) }}",
        "{{ (5).to_bytes(2, 'big') }}",
        "{{ 'x'.encode() }}",
        "{{ ''.join.__self__.__class__ }}",
        "{{ x.real.__add__(1) }}",
        "{{ values[' turns left'].turns }}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    ],
)
def test_a_template_cannot_reach_out_of_its_sandbox(text: str) -> None:
    refusal(text, x=1, edge=[1.0])


DOUBLED = "{% set a = 'xxxxxxxxxx' %}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'a' }}",
        "{{ [1] * 10**9 }}",
        "{{ 10 ** (10 ** 10) }}",
        "{{ 9 ** 9 ** 9 ** 9 ** 9 }}",
        "{{ range(10**12)|list }}",
        "{% for i in range(10**12) %}{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{% for c in 'abcdefgh' * 1000 %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'a' * 10**6 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        DOUBLED + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a = a + a %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a = [a, a] %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a = [a, a] %}" * 40 + "{{ a|tojson }}",
        DOUBLED + "{% set a = [a, a]|join('') %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a = '{0}{0}'.format(a) %}" * 40 + "{{ a }}",
        DOUBLED + "{% set a = '%s%s' % (a, a) %}" * 40 + "{{ a }}",
        "{% set a = 3 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (10**9, 1) }}",
        "{{ '%9999999d'|format(1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 10**9) }}",
        "{{ 'x'.center(10**9) }}",
        "{{ 'x'.zfill(10**9) }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ 'x\t'.expandtabs(10**9) }}",
        "{{ 'x'|center(10**9) }}",
        "{{ 'x'|indent(10**9, true) }}",
        "{{ [1]|batch(10**9, 0)|list }}",
        "{{ ('a' * 10**6).replace('a', 'b' * 10**6) }}",
        "{{ ('a' * 10**6)|replace('a', 'b' * 10**6) }}",
        "{{ ('b' * 10**6).join('a' * 10**6) }}",
        "{{ [1]|tojson(indent=10**9) }}",
        "{{ round(1, -10**9) }}",
        "{{ 1.5|round(10**9, 'ceil') }}",
        "{{ ([[1] * 1000] * 1000)|sum(start=[]) }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "[" * 500 + "]" * 500 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
        "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
        "{% if 1 %}" * 300 + "{% endif %}" * 300,
    ],
)
def test_a_runaway_template_is_stopped(text: str) -> None:
    refusal(text)


def test_all_files_of_a_template_share_one_budget() -> None:
    loop = "{% for i in range(90000) %}{% endfor %}"
    files = tuple({"name": f"{number}.txt", "text": loop} for number in range(10))
    template = Template.model_validate({"name": "t", "argv": ("true",), "files": files})
    with pytest.raises(BadInput, match="turns"):
        render(template, {})


def test_a_refusal_leaves_the_next_rendering_its_whole_budget() -> None:
    refusal("{% for i in range(99999) %}{% for j in range(9) %}{% endfor %}{% endfor %}")
    assert rendered("{% for i in range(99999) %}{% endfor %}done") == "done"


def test_values_of_one_rendering_are_not_seen_by_the_next() -> None:
    assert rendered("{{ x }}", x=1) == "1"
    assert "undefined" in refusal("{{ x }}").message


def test_a_text_is_compiled_once_for_a_whole_sweep() -> None:
    text = "{% for i in range(3) %}{{ i * x }} {% endfor %}"
    rendered(text, x=0)
    before = sandbox._compiled.cache_info().misses
    assert [rendered(text, x=x) for x in (1, 2)] == ["0 1 2 ", "0 2 4 "]
    assert sandbox._compiled.cache_info().misses == before
