from pathlib import Path
from typing import Annotated

import typer

from argosy.cli.bar import Bar
from argosy.cli.enrol import commands, shows
from argosy.cli.options import AttemptNumber, Into, JobWord
from argosy.cli.shown import Shown, Words
from argosy.client.archiving import archive as pack
from argosy.client.finding import identity
from argosy.client.getting import Got, Wanted
from argosy.client.getting import get as bring
from argosy.client.road import Road
from argosy.client.sending import shown
from argosy.core.errors import BadInput
from argosy.core.quantities import spell_size

app = commands()


@shows(app)
def get(  # noqa: PLR0913  an option each
    job: JobWord,
    patterns: Annotated[
        list[str] | None, typer.Argument(metavar="[PATTERN...]", help="Such as '*.csv' or traj/; by default all files.")
    ] = None,
    *,
    into: Into = Path(),
    attempt: AttemptNumber = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are different.", show_default=False)
    ] = False,
    archive: Annotated[
        Path | None,
        typer.Option(
            "--archive", metavar="FILE", help="One archive instead: FILE ends in .tar, .tar.gz, .tgz or .zip."
        ),
    ] = None,
    inputs: Annotated[
        bool, typer.Option("--inputs", help="What the job was given; with --archive.", show_default=False)
    ] = False,
) -> Shown:
    """Bring files of a job into a directory, or as one archive; each appears whole or not at all.

    Asked again after a break, it goes on where it broke off, also in the middle of a file; an archive begins anew.
    """
    road = Road()
    wanted = Wanted(identity(road, job), tuple(patterns or ()), attempt)
    if archive is not None:
        return _archived(road, wanted, into / archive, inputs=inputs, overwrite=overwrite)
    if inputs:
        raise BadInput("inputs come as an archive", hint="Add --archive inputs.tar.gz, or see them: argosy show.")
    with Bar() as told:
        got = bring(road, wanted, into, overwrite=overwrite, told=told)
    return _brought(got, into)


def _brought(got: Got, into: Path) -> Shown:
    same = f"; {len(got.same)} lay there already" if got.same else ""
    left = f"; left out {', '.join(got.left_out)}: a link that leads to no file" if got.left_out else ""
    value = {
        "brought": [str(path) for path in got.brought],
        "same": [str(path) for path in got.same],
        "left_out": got.left_out,
    }
    words = f"Brought {_counted(len(got.brought))} into {shown(into.absolute())}{same}{left}."
    return Words(words, value, bare="\n".join(shown(path) for path in got.paths))


def _archived(road: Road, wanted: Wanted, place: Path, *, inputs: bool, overwrite: bool) -> Shown:
    with Bar() as told:
        size = pack(road, wanted, place, inputs=inputs, overwrite=overwrite, told=told)
    words = f"Packed into {shown(place.absolute())} ({spell_size(size)})."
    return Words(words, {"archive": str(place), "size": size}, bare=shown(place))


def _counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files or 'no'} files"
