"""The output of a job that is over, as people read it when its directory is gone."""

import json
import shutil

import pytest

from tests.cli.conftest import Argosy

pytestmark = pytest.mark.infra


def test_what_was_kept_of_the_output_is_shown_and_it_is_said_where_it_comes_from(argosy: Argosy) -> None:
    argosy("run", "-d", "-n", "to be lost", "--", "sh", "-c", r"printf 'one\ntwo\n\377'; echo bad >&2")
    argosy("wait", "to be lost")
    assert argosy("logs", "to be lost").err == ""
    view = json.loads(argosy("show", "to be lost", "--json").out)
    shutil.rmtree(view["attempts"][-1]["state"]["directory"])
    ran = argosy("logs", "to be lost")
    assert (ran.code, ran.out.encode("utf-8", "surrogateescape")) == (0, b"one\ntwo\n\xff")
    assert "kept here since" in ran.err
    followed = argosy("logs", "to be lost", "-f")
    assert (followed.code, followed.out, followed.err.count("kept here since")) == (0, ran.out, 1)
    assert argosy("logs", "to be lost", "-n", "1", "--stderr").out == "bad\n"
    assert argosy("logs", "to be lost", "--file", "nothing").code != 0
