"""Numbers in the texts that programs write."""


def number_below(text: str, limit: float) -> float | None:
    """The number that a text is; None when it is none, or its size reaches the limit."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < limit else None
