"""Readers of what people write: templates, job files, descriptions of targets, quantities, names."""

import tomllib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from argosy.client.jobfile import read_job_file
from argosy.client.targetfile import read_all, several
from argosy.core.errors import BadInput
from argosy.core.foreign.taking_in import read_foreign, taken_in
from argosy.core.goal import read_aim
from argosy.core.names import relative, spell, unspell
from argosy.core.quantities import parse_duration_s, parse_memory_mib, spell_duration
from argosy.core.rendering import render
from argosy.core.sweep import read_axis
from argosy.core.template import Template
from argosy.core.template_archive import packed, unpacked
from argosy.core.template_comments import self_described
from argosy.core.template_folder import DESCRIPTION, read_template
from argosy.core.toml import toml
from tests.fuzz.reader import Reader, parts_of, text_of
from tests.fuzz.template_pieces import ESCAPED, PIECES, VALUES

_TEMPLATE_WORDS = (
    "[[parameters]]\n", "[[files]]\n", "[resources]\n", "[command]\n", "# /// argosy\n", "# ///\n",
    "type = ", "name = ", "choices = [", "default = ", "minimum = ",
    "visible_when = {", "all = [", "any = [", "not = {", "equals = ", "matches = ", "required = ",
    "unit = ", "argv = [",
)  # fmt: skip


def _rendered(data: bytes) -> None:
    """Nothing of Python comes out that was not written there."""
    text = text_of(data)
    file = {"name": "a.txt", "text": text}
    template = Template.model_validate({"name": "t", "argv": ("true",), "files": (file,)})
    (made,) = render(template, VALUES).files
    assert not [word for word in ESCAPED if word in made.text and word not in text]


def _used(template: Template) -> None:
    """Whatever is read as a template has a form, and takes its own defaults or says why not."""
    template.schema_of_values()
    values, findings = template.read_values({})
    if not findings:
        render(template, values)


def _folder(data: bytes) -> None:
    description, file = parts_of(data, 2)
    _used(read_template({DESCRIPTION: description, "a.conf.j2": file}))


def _comments(data: bytes) -> None:
    folder = self_described({"a.conf": text_of(data)})
    if folder is not None:
        _used(read_template(folder))


def _archive(data: bytes) -> None:
    folder = unpacked(data)
    assert unpacked(packed(folder)) == folder


def _foreign(data: bytes) -> None:
    found = read_foreign(data)
    if found is not None:
        _used(taken_in(found, None)[0])


def _job_file(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "job.toml")
        path.write_bytes(data)
        read_job_file(path)


def _targets(data: bytes) -> None:
    found = read_all(text_of(data), "targets.toml")
    assert read_all(several(found), "again") == found


def _toml(data: bytes) -> None:
    """What we write of a table is read as the same table."""
    try:
        table = tomllib.loads(text_of(data))
    except (ValueError, RecursionError):
        return
    with suppress(TypeError):  # dates have no place in it
        written = toml(table)
        assert tomllib.loads(written, parse_float=_told) == tomllib.loads(text_of(data), parse_float=_told)


def _told(number: str) -> str:
    """Not a number is not equal to itself, and yet it must come back."""
    return repr(float(number))


def _quantities(data: bytes) -> None:
    text, refusals = text_of(data), 0
    for reads in (_duration, parse_memory_mib, read_aim, read_axis):
        try:
            reads(text)
        except BadInput:
            refusals += 1
    if refusals == 4:
        raise BadInput("it is none of them")


def _duration(text: str) -> None:
    seconds = parse_duration_s(text)
    assert parse_duration_s(spell_duration(seconds)) == seconds


def _names(data: bytes) -> None:
    assert unspell(spell(data)) == data
    text = text_of(data)
    assert unspell(relative(text)) == unspell(text)


READERS = (
    Reader("template-text", _rendered, PIECES),
    Reader("template-folder", _folder, _TEMPLATE_WORDS),
    Reader("template-comments", _comments, _TEMPLATE_WORDS),
    Reader("template-archive", _archive),
    Reader("foreign-template", _foreign, ("{{", "}}", "Number", "Boolean", "Text")),
    Reader("job-file", _job_file, _TEMPLATE_WORDS),
    Reader("target-file", _targets, ("[[target]]\n", "[target.ssh]\n", "transport = ", "[target.rates]\n")),
    Reader("toml", _toml, ("[[", "]]", "'''", '"""', "inf", "nan", "\\u")),
    Reader("quantities", _quantities, ("steps", "us", "TiB", ":", "=[")),
    Reader("names", _names, (r"\xff", "\\\\", "/", "..")),
)
