import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.failures import diagnose, read_rules
from argosy.core.outputs import Excerpt, Outputs

ROW = '[[failure]]\nsignature = "{}"\npattern = \'{}\'\ncodes = {}\nexplanation = "It is {}."\nadvice = "Mend it."\n'


def rows(*given: tuple[str, str, list[int]]) -> str:
    return "".join(ROW.format(signature, pattern, codes, signature) for signature, pattern, codes in given)


def outputs(stderr: str = "", stdout: str = "", **texts: str) -> Outputs:
    def excerpt(text: str) -> Excerpt:
        return Excerpt(text=text, size=len(text))

    return Outputs(
        stderr=excerpt(stderr), stdout=excerpt(stdout), texts={name: excerpt(text) for name, text in texts.items()}
    )


def signature(toml: str, left: Outputs, code: int | None = 1) -> str | None:
    diagnosis = diagnose(read_rules(toml), left, code)
    return diagnosis.signature if diagnosis else None


def test_the_first_rule_that_fits_is_taken_wherever_it_fits() -> None:
    catalogue = rows(("specific", "disk full", []), ("general", "full", []))
    assert signature(catalogue, outputs(stderr="memory full", stdout="disk full")) == "specific"
    assert signature(catalogue, outputs(stderr="memory full")) == "general"
    assert signature(catalogue, outputs(log="disk full")) == "specific"
    assert signature(catalogue, outputs(stderr="all well")) is None


def test_standard_error_is_quoted_before_standard_output() -> None:
    diagnosis = diagnose(read_rules(rows(("full", "full", []))), outputs(stderr="a full", stdout="b full"), 1)
    assert diagnosis is not None
    assert diagnosis.excerpt == "a full"


def test_codes_narrow_a_rule() -> None:
    catalogue = rows(("denied", "denied", [126]), ("killed", "", [137]))
    assert signature(catalogue, outputs(stderr="denied"), 126) == "denied"
    assert signature(catalogue, outputs(stderr="denied"), 1) is None
    assert signature(catalogue, outputs(), 137) == "killed"
    assert signature(catalogue, outputs(), None) is None


def test_the_ends_of_a_pattern_are_those_of_a_line() -> None:
    catalogue = rows(("line", "^error$", []))
    assert signature(catalogue, outputs(stderr="a\nerror\nb")) == "line"
    assert signature(catalogue, outputs(stderr="an error")) is None


def excerpt_of(text: str) -> str:
    diagnosis = diagnose(read_rules(rows(("it", "BOOM", []))), outputs(stderr=text), 1)
    assert diagnosis is not None
    return diagnosis.excerpt


def test_the_lines_around_are_quoted() -> None:
    lines = [f"line {number}" for number in range(10)]
    lines[5] = "BOOM"
    assert excerpt_of("\n".join(lines)) == "line 3\nline 4\nBOOM\nline 6\nline 7"
    assert excerpt_of("BOOM\nline 1") == "BOOM\nline 1"
    assert excerpt_of("a\x0cb\u2028c\nBOOM") == "a\x0cb\u2028c\nBOOM"


@given(st.text("ab\n", max_size=4000), st.text("ab\n", max_size=4000))
def test_an_excerpt_is_short_and_shows_what_fits(before: str, after: str) -> None:
    excerpt = excerpt_of(f"{before}BOOM{after}")
    assert "BOOM" in excerpt
    assert len(excerpt) <= 2000
    assert excerpt.count("\n") <= 4
    assert excerpt in f"{before}BOOM{after}"


@pytest.mark.parametrize(
    "toml",
    [
        "[[failure]",
        "[[failure]]\nsignature = 'a'",
        rows(("a", "", [])),
        rows(("a", "([", [])),
        rows(("A b", "x", [])),
        rows(("a", "x", [])) + "retry = 'sometimes'\n",
        rows(("a", "x", [])) + "benign = true\n",
    ],
)
def test_a_catalogue_that_will_not_do_is_refused_when_it_is_read(toml: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- tomllib and pydantic word it
        read_rules(toml)
