"""Comparing jobs as people type it, with a real server behind it."""

import csv
import io
import json

import pytest

from argosy.cli.exits import Exit
from tests.cli.conftest import Argosy

pytestmark = pytest.mark.infra


def test_jobs_are_compared_by_name_and_by_label_as_a_table_as_csv_and_as_json(argosy: Argosy) -> None:
    for size in ("2", "3"):
        words = ("--env", f"SIZE={size}", "--label", "study=sizes", "-d", "-n", f"size-{size}")
        assert argosy("run", *words, "--", "true").code == 0
    argosy("wait", "size-2", "size-3")
    table = argosy("compare", "size-3", "size-2").out.splitlines()
    assert ["environment.SIZE", "3", "2"] in [line.split() for line in table]
    rows = list(csv.DictReader(io.StringIO(argosy("compare", "--label", "study=sizes", "--csv").out)))
    assert [(row["name"], row["environment.SIZE"], row["fate"]) for row in rows] == [
        ("size-2", "2", "succeeded"),
        ("size-3", "3", "succeeded"),
    ]
    assert "command" not in rows[0]
    assert "command" in argosy("compare", "size-2", "size-3", "--all", "--plain").out
    found = json.loads(argosy("compare", "size-2", "size-3", "--json").out)
    assert [job["name"] for job in found["jobs"]] == ["size-2", "size-3"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--limit", "3"), Exit.BAD_INPUT, "not said which jobs"),
        (("--label", "no=such"), Exit.BAD_INPUT, "no job fits"),
        (("last",), Exit.BAD_INPUT, "only one job is meant"),
        (("last", "no such job"), Exit.NOT_FOUND, "no such job"),
        (("--fate", "done"), Exit.BAD_INPUT, "The fates are"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(
    argosy: Argosy, words: tuple[str, ...], code: Exit, said: str
) -> None:
    argosy("run", "-d", "--", "true")
    ran = argosy("compare", *words)
    assert ran.code == code
    assert said in ran.err
