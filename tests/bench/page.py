"""The page about the figures: its numbers are written from a results file, so that they cannot disagree."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.bench.figures import Again, Figure, Report, Row
from tests.bench.tables import number, table

ROOT = Path(__file__).parents[2]
PAGE = Path("docs/benchmarks.md")
_RESULTS = Path("docs/results")
_BLOCK = re.compile(r"(<!-- figures: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_QUIET = 0.5
_BUSY = "**The machine was busy before the start (load {load}): they would be better on a quiet one.**\n"
_NOT_YET = "*Not measured yet: this row is newer than the run.*"
_SOURCE = re.compile(r"\]\((results/bench-[0-9-]+\.json)\)")


def publish(report: Report, root: Path = ROOT) -> Path:
    """Write the results file of the day, fill the page from it, and return the file's path.

    Every mark of the page must be for a row of the report.
    """
    path = _RESULTS / f"bench-{report.began:%Y-%m-%d}.json"
    (root / _RESULTS).mkdir(exist_ok=True)
    (root / path).write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    page = root / PAGE
    text = page.read_text(encoding="utf-8")
    unknown = {found["name"] for found in _BLOCK.finditer(text)} - _blocks(report, "").keys()
    assert not unknown, f"{PAGE} has marks that no row is for: {unknown}"
    page.write_text(filled(text, report, path.name), encoding="utf-8")
    return path


def renew(rows: Iterable[Row], again: Again, root: Path = ROOT) -> Path:
    """Put rows that were measured again into the results that the page is from; returns the file's path."""
    path = PAGE.parent / source((root / PAGE).read_text(encoding="utf-8"))
    report = Report.model_validate_json((root / path).read_bytes()).renewed(rows, again)
    (root / path).write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    page = root / PAGE
    page.write_text(filled(page.read_text(encoding="utf-8"), report, path.name), encoding="utf-8")
    return path


def source(text: str) -> str:
    """The results file that a page is from, relative to the page."""
    found = _SOURCE.search(text)
    assert found, "the page names no results file"
    return found[1]


def filled(text: str, report: Report, file: str) -> str:
    """The page with everything between its marks written anew. A row that this run did not have yet says so."""
    blocks = _blocks(report, file)
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks.get(found['name'], _NOT_YET)}\n\n{found[3]}", text)


def _blocks(report: Report, file: str) -> dict[str, str]:
    known = _versions(report)
    rows = {row.name: f"*{row.how}{_again(row, known)}*\n\n{table(row)}" for row in report.rows}
    return {**rows, "summary": _summary(report), "where": _where(report, file)}


def _versions(report: Report) -> dict[str, str]:
    """Those of the whole run, and of the programs that only newer rows know."""
    newer = {name: version for row in report.rows if row.again for name, version in row.again.versions.items()}
    return {**report.versions, **{name: version for name, version in newer.items() if name not in report.versions}}


def _again(row: Row, known: Mapping[str, str]) -> str:
    """When a row was measured that is newer than the others, and with what others than those."""
    if row.again is None:
        return ""
    others = [f"{name} {version}" for name, version in row.again.versions.items() if known[name] != version]
    words = f" Measured again on {row.again.began:%d %B %Y at %H:%M} UTC, load {row.again.load_before}"
    return f"{words}, with {', '.join(others)}." if others else f"{words}."


def _where(report: Report, file: str) -> str:
    machine = report.machine
    lines = [
        f"- Measured on {report.began:%d %B %Y}; all raw numbers: [{file}](results/{file})",
        f"- {machine.processors} processors ({machine.processor}), {machine.memory_gb} GB of memory",
        f"- {machine.system}, kernel {machine.kernel}, {machine.file_system}; load at the start {machine.load_before}",
        f"- {', '.join(f'{name} {version}' for name, version in _versions(report).items())}",
        *(f"- {name}: {words}" for name, words in report.settings.items()),
    ]
    return "\n".join(lines)


def _summary(report: Report) -> str:
    pairs = [(row, figure) for row in report.rows for figure in row.figures if figure.ours]
    missed = [_aimed(row, figure) for row, figure in pairs if row.kept(figure) is False]
    asked = sum(figure.aim is not None for _, figure in pairs)
    lost = [words for row in report.rows for words in _losses(row)]
    return "\n".join(
        [
            *([_BUSY.format(load=report.machine.load_before)] if report.machine.load_before > _QUIET else []),
            f"{asked - len(missed)} of {asked} aims are kept.",
            *([f"\nMissed:\n\n{_list(missed)}"] if missed else []),
            *([f"\nWhere another program does better than Argosy:\n\n{_list(lost)}"] if lost else []),
        ]
    )


def _aimed(row: Row, figure: Figure) -> str:
    reached = figure.median if figure.aim and figure.aim.at == "median" else figure.p95
    return f"{row.title}, {figure.name}: {number(reached)} {row.unit}"


def _losses(row: Row) -> list[str]:
    """Where one that Argosy's figure is compared with, or that is compared with the same, did better."""
    peers = [figure for figure in row.figures if not figure.ours and not figure.floor]
    return [
        f"{row.title}: {peer.name} {number(peer.median)} {row.unit}, {ours.name} {number(ours.median)} {row.unit}"
        for ours in row.figures
        for peer in peers
        if ours.ours and ours.beside in {peer.name, peer.beside} and _does_better(row, peer, ours)
    ]


def _does_better(row: Row, one: Figure, other: Figure) -> bool:
    return one.median < other.median if row.better == "less" else one.median > other.median


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
