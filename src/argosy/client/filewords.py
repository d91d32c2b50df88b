"""Files as people name them: ``path``, ``name=path``, ``name=job:JOB:path``, ``name=target:/path``."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from argosy.client.finding import identity
from argosy.client.progress import Told, unheard
from argosy.client.road import Road
from argosy.client.sending import LocalFile, find, send
from argosy.client.wishes import checked
from argosy.core.errors import BadInput
from argosy.core.home import expanded
from argosy.core.spec import FromJob, InputFile, OnTarget

_JOB = "job:"
_TARGET = "target:"


@dataclass(frozen=True)
class FileWord:
    """A file for a job as somebody named it: the word before ``=`` if there was one, and where the file is."""

    word: str
    given: str
    mutable: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it lies on this machine."""
        return not self.given.startswith((_JOB, _TARGET))


def read_file_word(text: str, below: Path = Path()) -> FileWord:
    """What ``[NAME=]FILE`` says. A text that is as a whole the path of a file is that path, whatever is in it."""
    word, equals, given = text.partition("=")
    if not equals or ((below / text).exists() and not (below / given).exists()):
        word, given = "", text
    if not given or (equals and not word and given != text):
        raise BadInput(f"--file {text!r} names no file", hint="Write --file PATH or --file name=PATH.")
    return FileWord(word, given)


def gather(
    road: Road, words: Iterable[FileWord], *, roles: bool, below: Path = Path(), told: Told = unheard
) -> tuple[InputFile, ...]:
    """The inputs that the words mean; the server holds all those that lie here.

    With ``roles`` the word before ``=`` is a template's parameter, else the name in the work directory. Relative paths
    count from ``below``. Raises BadInput for what is not there, NotFound for jobs that do not exist.
    """
    known = list(words)
    local = [file for word in known if word.is_local for file in _local(word, roles=roles, below=below)]
    elsewhere = [_elsewhere(road, word, roles=roles) for word in known if not word.is_local]
    return (*send(road, local, told=told), *elsewhere)


def _local(word: FileWord, *, roles: bool, below: Path) -> tuple[LocalFile, ...]:
    role, name = (word.word, None) if roles else ("", word.word or None)
    return find(expanded(word.given), below=below, name=name, role=role, mutable=word.mutable)


def _elsewhere(road: Road, word: FileWord, *, roles: bool) -> InputFile:
    source = _source(road, word.given)
    last = source.path.rsplit("/", 1)[-1]
    role, name = (word.word, last) if roles else ("", word.word or last)
    return checked(InputFile, {"name": name, "source": source, "role": role, "mutable": word.mutable})


def _source(road: Road, given: str) -> FromJob | OnTarget:
    if given.startswith(_TARGET):
        return checked(OnTarget, {"path": given.removeprefix(_TARGET)})
    job, colon, path = given.removeprefix(_JOB).partition(":")
    if not (job and colon and path):
        raise BadInput(f"{given!r} names no file of a job", hint="Write job:JOB:PATH, such as job:last:state.xml.")
    return checked(FromJob, {"job": identity(road, job), "path": path})
