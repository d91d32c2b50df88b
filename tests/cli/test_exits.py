import pytest

from argosy.cli.exits import MEANINGS, Exit, of_error, of_fates
from argosy.core.errors import ArgosyError
from argosy.core.job import OUTCOMES


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)


def test_every_outcome_has_a_code_of_its_own() -> None:
    assert len({of_fates([fate]) for fate in OUTCOMES}) == len(OUTCOMES)


@pytest.mark.parametrize(
    ("fates", "code"),
    [
        (["succeeded", "succeeded"], Exit.SUCCEEDED),
        (["succeeded", "cancelled"], Exit.CANCELLED),
        (["cancelled", "failed"], Exit.FAILED),
        (["failed", "lost"], Exit.LOST),
        (["succeeded", "running"], Exit.NOT_OVER),
        (["draft"], Exit.NOT_OVER),
    ],
)
def test_the_worst_of_several_decides(fates: list[str], code: Exit) -> None:
    assert of_fates(fates) == code


def test_no_error_looks_like_success_or_like_a_fate() -> None:
    fates = {of_fates([fate]) for fate in OUTCOMES} | {Exit.SUCCEEDED}
    assert not {of_error(code) for code in ArgosyError.classes} & fates
