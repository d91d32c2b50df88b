"""What a job leaves behind, read from its target for its engine to look at."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from argosy.contracts import Engine, Glance, Glanced, Piece, Transport
from argosy.core import layout
from argosy.core.errors import Denied
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.spec import JobSpec

TAIL_BYTES = 65_536
"""How much of the end of each stream an engine sees."""
TEXT_BYTES = 32 * 1024 * 1024
"""How much of the end of a file an engine sees."""


async def glance_at(transport: Transport, directories: Sequence[str]) -> Sequence[Glanced]:
    """What every engine sees of these attempts: their files, and the ends of their streams. One call for all."""
    streams = (layout.STDOUT, layout.STDERR)
    return await transport.glance(
        [Glance(directory=one, below=layout.WORK, tails=streams, tail_bytes=TAIL_BYTES) for one in directories]
    )


async def read_outputs(
    transport: Transport, engine: Engine, spec: JobSpec, directory: str, *, glanced: Glanced | None = None
) -> Outputs:
    """The list of files in the work directory, the texts that the engine asks for, and the ends of the streams."""
    work = layout.work_directory(directory)
    seen = glanced or (await glance_at(transport, [directory]))[0]
    wanted = engine.read(spec)
    texts = {
        entry.path: await _end_of(transport, f"{work}/{entry.path}")
        for entry in seen.files
        if any(fnmatchcase(entry.path, pattern) for pattern in wanted)
    }
    return Outputs(
        files=seen.files,
        texts=texts,
        stdout=excerpt(seen.tails.get(layout.STDOUT)),
        stderr=excerpt(seen.tails.get(layout.STDERR)),
    )


async def _end_of(transport: Transport, path: str) -> Excerpt:
    try:
        return excerpt(await transport.read(path, start=-TEXT_BYTES, limit=TEXT_BYTES))
    except Denied:
        return excerpt(None)


def excerpt(piece: Piece | None) -> Excerpt:
    """The end of a file as text; empty where there is none."""
    if piece is None:
        return Excerpt(text="", size=0)
    return Excerpt(text=piece.data.decode("utf-8", "replace"), size=piece.size, complete=piece.start == 0)
