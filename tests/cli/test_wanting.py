from argosy.cli.wanting import said


def test_zero_is_something_that_somebody_says_and_nothing_is_not() -> None:
    assert said(retries=0, gpus=1, draft=False, name=None, outputs=(), labels={}, after=[]) == {"retries": 0, "gpus": 1}
