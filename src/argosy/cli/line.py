"""One line on the terminal that says how a job is, drawn anew as it moves."""

import sys

from argosy.cli.letters import cut_end, harmless
from argosy.cli.page import is_terminal, page_of
from argosy.core import ids
from argosy.core.job import fate
from argosy.core.views import JobView


class Line:
    """Shows nothing where nobody looks."""

    def __init__(self) -> None:
        self._looking = is_terminal(sys.stderr)
        self._drawn = False

    def draw(self, view: JobView) -> None:
        """Say how the job is now, in place of what was said before."""
        if not self._looking:
            return
        from argosy.cli.commands.show import progress_words

        progress = view.sending.words if view.sending else progress_words(view.latest)
        words = f"{ids.short(view.job.id)}  {view.job.spec.name}  {fate(view.latest.state)}  {progress}"
        sys.stderr.write(f"\r{cut_end(harmless(words), page_of(sys.stderr).columns - 1)}\x1b[K")
        sys.stderr.flush()
        self._drawn = True

    def clear(self) -> None:
        """Take it away, before anything else is written."""
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._drawn = False
