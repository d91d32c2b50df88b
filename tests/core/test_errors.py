import pytest

from argosy.core.errors import ArgosyError, BadInput, ServerError, TargetError
from argosy.core.findings import error


def test_every_class_has_a_code_of_its_own_and_a_status() -> None:
    classes = list(ArgosyError.classes.values())
    assert len({kind.code for kind in classes}) == len(classes)
    assert all(400 <= kind.status < 600 for kind in classes)


@pytest.mark.parametrize("kind", [ArgosyError, *ArgosyError.classes.values()], ids=lambda kind: kind.code)
def test_an_error_is_the_same_on_the_other_side_of_the_wire(kind: type[ArgosyError]) -> None:
    sent = kind("it is so", hint="do this", findings=[error("here", "that")])
    came = ArgosyError.from_wire(sent.to_wire())
    assert type(came) is kind
    assert (came.message, came.hint, came.findings) == ("it is so", "do this", sent.findings)
    assert str(came) == "it is so"


def test_an_error_of_a_newer_server_is_still_an_error() -> None:
    came = ArgosyError.from_wire({"code": "out_of_coffee", "message": "no coffee"})
    assert type(came) is ArgosyError
    assert came.message == "no coffee"
    assert ArgosyError.from_wire({}).message == ""


def test_blame_is_told_by_the_branch_of_the_tree() -> None:
    for kind in ArgosyError.classes.values():
        if issubclass(kind, (TargetError, ServerError)):
            assert kind.status >= 500 or kind.code == "version_mismatch"
    assert BadInput.status == 422
