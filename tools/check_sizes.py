"""Holds the sizes of files and functions, and under src/ the names that say nothing.

Usage: check_sizes.py PATH... (files or directories). Exits with 1 when something is too large or badly named.
Migrations and generated code are exempt, nothing else is.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
EXEMPT_FOLDERS = frozenset({"migrations", "generated"})
HOLLOW_CLASS = re.compile(r"(Manager|Handler|Helper|Util|Base|Impl)s?$")
HOLLOW_MODULE = re.compile(r"(^|_)(manager|handler|helper|util|base|impl)s?$")


def main(arguments: list[str]) -> int:
    """Print every complaint, one to a line, and return the exit code."""
    complaints = [line for path in _python_files(arguments) for line in complaints_about(path)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


def complaints_about(path: Path) -> list[str]:
    """What is too large or badly named in one file, as `path:line: what`, in the order of the file."""
    if EXEMPT_FOLDERS.intersection(path.parts):
        return []
    text = path.read_text(encoding="utf-8")
    found = [*_file_size(text)]
    if "src" in path.parts:
        found += _module_name(path)
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _function_size(node)
        elif isinstance(node, ast.ClassDef) and "src" in path.parts:
            found += _class_name(node)
    return [f"{path}:{line}: {what}" for line, what in sorted(found)]


def _python_files(arguments: list[str]) -> Iterator[Path]:
    for argument in arguments:
        path = Path(argument)
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _file_size(text: str) -> Iterator[tuple[int, str]]:
    lines = len(text.splitlines())
    if lines > MAX_FILE_LINES:
        yield MAX_FILE_LINES + 1, f"file has {lines} lines, at most {MAX_FILE_LINES} are allowed"


def _function_size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > MAX_FUNCTION_LINES:
        yield node.lineno, f"function {node.name} has {lines} lines, at most {MAX_FUNCTION_LINES} are allowed"


def _class_name(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    if match := HOLLOW_CLASS.search(node.name):
        yield node.lineno, f"class {node.name}: {match[0]!r} says nothing, name what it is"


def _module_name(path: Path) -> Iterator[tuple[int, str]]:
    if match := HOLLOW_MODULE.search(path.stem):
        yield 1, f"module {path.stem}: {match[0].lstrip('_')!r} says nothing, name what is in it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
