"""What engines find in the contents of input files before anything is sent.

Files are looked into once for all jobs that share them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from argosy.contracts import Engine, Inspector
from argosy.core.findings import Finding
from argosy.core.spec import Content, InputFile, JobSpec
from argosy.service.contents import Contents

LARGEST_BYTES = 512 * 1024 * 1024
"""Files of more than this together are not looked into."""
_KEPT = 256

_Key = tuple[str, ...]


class Inspections:
    """The findings of the last few hundred sets of files."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._known: OrderedDict[_Key, tuple[Finding, ...]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def findings(self, engine: Engine, spec: JobSpec) -> tuple[Finding, ...]:
        """What this engine finds in the files of this job that the server holds; nothing if it looks into none."""
        if not isinstance(engine, Inspector):
            return ()
        wanted = set(engine.inspected(spec))
        files = [file for file in spec.inputs if file.name in wanted and self._is_here(file)]
        if not files or sum(_size(file) for file in files) > LARGEST_BYTES:
            return ()
        key = (
            engine.name,
            engine.regarded(spec),
            *(word for file in files for word in (file.name, file.role, _sha256(file))),
        )
        async with self._one_at_a_time:  # a thousand jobs that come at once share one look
            if key not in self._known:
                self._known[key] = await asyncio.to_thread(self._inspected, engine, spec, files)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return self._known[key]

    def _is_here(self, file: InputFile) -> bool:
        return isinstance(file.source, Content) and self._contents.size(_sha256(file)) == file.source.size

    def _inspected(self, engine: Inspector, spec: JobSpec, files: Sequence[InputFile]) -> tuple[Finding, ...]:
        return engine.inspect(spec, {file.name: self._contents.text(_sha256(file)) for file in files})


def _sha256(file: InputFile) -> str:
    return file.source.sha256 if isinstance(file.source, Content) else ""


def _size(file: InputFile) -> int:
    return file.source.size if isinstance(file.source, Content) else 0
