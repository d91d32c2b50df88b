"""What a job leaves behind, read from its target for its engine to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from argosy.contracts import Engine, Glance, Glanced, Piece, Transport
from argosy.core import layout
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.spec import JobSpec

TAIL_BYTES = 65_536
"""How much of the end of each stream an engine sees."""
TEXT_BYTES = 32 * 1024 * 1024
"""How much of the end of a file an engine sees."""


@dataclass(frozen=True)
class Remains:
    """What an attempt left in its directory, as it was glanced at, and the names of the texts that its engine reads."""

    directory: str
    wanted: tuple[str, ...]
    seen: Glanced

    def texts(self) -> list[tuple[str, int]]:
        """These texts, with how many bytes of each are read at most."""
        return [
            (entry.path, min(entry.size, TEXT_BYTES))
            for entry in self.seen.files
            if any(fnmatchcase(entry.path, pattern) for pattern in self.wanted)
        ]


async def glance_at(transport: Transport, directories: Sequence[str]) -> Sequence[Glanced]:
    """What every engine sees of these attempts: their files, and the ends of their streams. One call for all."""
    streams = (layout.STDOUT, layout.STDERR)
    return await transport.glance(
        [Glance(directory=one, below=layout.WORK, tails=streams, tail_bytes=TAIL_BYTES) for one in directories]
    )


async def read_outputs(transport: Transport, engine: Engine, spec: JobSpec, directory: str) -> Outputs:
    """The list of files in the work directory, the texts that the engine asks for, and the ends of the streams."""
    (seen,) = await glance_at(transport, [directory])
    (outputs,) = await outputs_of(transport, [Remains(directory, tuple(engine.read(spec)), seen)])
    return outputs


async def outputs_of(transport: Transport, some: Sequence[Remains]) -> list[Outputs]:
    """The same for many attempts that were glanced at: one call for all."""
    asked = [(one, [path for path, _ in one.texts()]) for one in some]
    glances = [
        Glance(directory=layout.work_directory(one.directory), tails=tuple(paths), tail_bytes=TEXT_BYTES)
        for one, paths in asked
        if paths
    ]
    answers = iter(await transport.glance(glances) if glances else ())
    return [_outputs(one.seen, paths, next(answers) if paths else Glanced()) for one, paths in asked]


def in_batches(some: Sequence[Remains]) -> list[list[int]]:
    """Their places, in batches whose texts can be in memory at the same time; none is left out for its size."""
    batches: list[list[int]] = []
    room = 0
    for place, one in enumerate(some):
        cost = sum(size for _, size in one.texts())
        if not batches or cost > room:
            batches.append([])
            room = TEXT_BYTES
        batches[-1].append(place)
        room -= cost
    return batches


def _outputs(seen: Glanced, paths: Sequence[str], read: Glanced) -> Outputs:
    return Outputs(
        files=seen.files,
        texts={path: excerpt(read.tails.get(path)) for path in paths},
        stdout=excerpt(seen.tails.get(layout.STDOUT)),
        stderr=excerpt(seen.tails.get(layout.STDERR)),
    )


def excerpt(piece: Piece | None) -> Excerpt:
    """The end of a file as text; empty where there is none."""
    if piece is None:
        return Excerpt(text="", size=0)
    return Excerpt(text=piece.data.decode("utf-8", "replace"), size=piece.size, complete=piece.start == 0)
