"""``python -m argosy.server``: run the server of this home until it is told to stop or has had nothing to do."""

import argparse
import sys

from argosy.core.errors import ArgosyError, Conflict
from argosy.server.life import serve
from argosy.server.places import here

EXIT_CONFLICT = 3


def main(arguments: list[str]) -> int:
    """The exit code: 0 after a good end or when this home's server runs already, 3 when the port is taken, else 1."""
    parser = argparse.ArgumentParser(prog="python -m argosy.server", description=__doc__)
    parser.add_argument("--foreground", action="store_true", help="say on the terminal, too, what goes to the log")
    options = parser.parse_args(arguments)
    try:
        print(serve(here(), foreground=options.foreground), flush=True)  # noqa: T201  the caller reads it
    except ArgosyError as trouble:
        print(f"error: {trouble.message}\nhint: {trouble.hint}", file=sys.stderr)  # noqa: T201  the caller reads it
        return EXIT_CONFLICT if isinstance(trouble, Conflict) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
