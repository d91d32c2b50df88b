"""What a scheduler would do with a job that is not handed in. Pure."""

from argosy.core.values import Moment, Value


class Trial(Value):
    """When and where it would start, or why it would be refused; ``unasked`` says why nobody could be asked.

    ``start`` is the scheduler's estimate at this moment; others' jobs may end earlier or come in between.
    """

    start: Moment | None = None
    nodes: str = ""
    partition: str = ""
    refused: str = ""
    advice: str = ""
    unasked: str = ""
