"""Text from outside, made fit for every database."""


def plain(text: str) -> str:
    """The text without what PostgreSQL cannot hold (NUL) and UTF-8 cannot spell (lone surrogates)."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def plain_if(text: str | None) -> str | None:
    """None stays None."""
    return None if text is None else plain(text)
