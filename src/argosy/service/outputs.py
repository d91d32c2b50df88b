"""What a job leaves behind, read from its target for its engine to look at."""

from fnmatch import fnmatchcase

from argosy.contracts import Engine, Transport
from argosy.core import layout
from argosy.core.errors import Denied
from argosy.core.outputs import Excerpt, Outputs
from argosy.core.spec import JobSpec

TAIL_BYTES = 65_536
"""How much of the end of each stream an engine sees."""
TEXT_BYTES = 32 * 1024 * 1024
"""How much of the end of a file an engine sees."""


async def read_outputs(transport: Transport, engine: Engine, spec: JobSpec, directory: str) -> Outputs:
    """The list of files in the work directory, the texts that the engine asks for, and the ends of the streams."""
    work = layout.work_directory(directory)
    files = tuple(await transport.files(work))
    wanted = engine.read(spec)
    texts = {
        entry.path: await excerpt(transport, f"{work}/{entry.path}", TEXT_BYTES)
        for entry in files
        if any(fnmatchcase(entry.path, pattern) for pattern in wanted)
    }
    return Outputs(
        files=files,
        texts=texts,
        stdout=await excerpt(transport, f"{directory}/{layout.STDOUT}", TAIL_BYTES),
        stderr=await excerpt(transport, f"{directory}/{layout.STDERR}", TAIL_BYTES),
    )


async def excerpt(transport: Transport, path: str, limit: int) -> Excerpt:
    """The end of a text file; empty where there is none."""
    try:
        piece = await transport.read(path, start=-limit, limit=limit)
    except Denied:
        return Excerpt(text="", size=0)
    return Excerpt(text=piece.data.decode("utf-8", "replace"), size=piece.size, complete=piece.start == 0)
