"""Writes the generated pages of docs/reference, or checks that they say what the code says.

Usage: python -m tools.reference [--check]. With --check nothing is written; exits with 1 and names the stale pages.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import reference_commands, reference_jobs, reference_rest, reference_templates, reference_windows

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": reference_commands.commands,
    "states.md": reference_jobs.states,
    "errors.md": reference_jobs.error_codes,
    "settings.md": reference_jobs.settings,
    "failures.md": reference_jobs.failures,
    "template-format.md": reference_templates.template_format,
    "templates.md": reference_templates.shipped_templates,
    "job-file.md": reference_windows.job_file,
    "exit-codes.md": reference_windows.exit_codes,
    "rest.md": reference_rest.operations,
    "models.md": reference_rest.models,
}


def main(arguments: list[str]) -> int:
    """Write or check every page, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    if parser.parse_args(arguments).check:
        stale = [name for name, text in written().items() if not _says(REFERENCE / name, text)]
        for name in stale:
            print(f"docs/reference/{name} does not say what the code says: run 'make reference'")
        return 1 if stale else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in written().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    return 0


def written() -> dict[str, str]:
    """Every generated page as it should be, by its name."""
    return {name: write() for name, write in PAGES.items()}


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
