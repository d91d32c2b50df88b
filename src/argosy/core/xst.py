"""The cell over the steps, as NAMD writes it: lines of text, the step first. Pure."""

from collections.abc import Iterator, Sequence

from argosy.core.errors import BadInput


def joined_xst(texts: Sequence[str]) -> str:
    """The rows of all segments under one heading, each step once: of those that were made again, the later ones.

    A last line that was cut is left out. Raises BadInput when the segments do not have the same columns.
    """
    headings = [[line for line in text.split("\n") if line.startswith("#")] for text in texts]
    for number, heading in enumerate(headings, start=1):
        if heading[-1:] != headings[0][-1:]:
            raise BadInput(f"the cell of segment {number} has other columns than the first one's")
    rows = [list(_rows(text)) for text in texts]
    kept: list[str] = []
    for number, some in enumerate(rows):
        ends = [later[0][0] for later in rows[number + 1 :] if later]
        kept += [line for step, line in some if not ends or step < min(ends)]
    return "".join(f"{line}\n" for line in [*(headings[0] if headings else ()), *kept])


def _rows(text: str) -> Iterator[tuple[int, str]]:
    for line in text.split("\n")[:-1]:
        step = line.split(" ", 1)[0]
        if step.isascii() and step.isdecimal():
            yield int(step), line
