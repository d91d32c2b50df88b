"""A template in one file: a configuration whose comments say what its parameters are. Pure.

    # /// argosy
    # name = "lab/quick"
    # engine = "namd"
    # [command]
    # argv = ["namd3", "quick.namd"]
    # [[parameters]]
    # name = "steps"
    # type = "integer"
    # default = 5000
    # ///
    run {{ steps }}

Between the two marks stands what would be in ``template.toml``, behind whatever begins a comment there. The rest is
rendered, under the file's own name.
"""

import re
from collections.abc import Mapping

_BEGIN = re.compile(r"^(?P<mark>[^\s\w]{1,4}|REM|rem|c|C)[ \t]+///[ \t]+argosy[ \t]*$", re.MULTILINE)
_END = re.compile(r"[ \t]*///[ \t]*")
_LOOKED_AT = 65_536
_ENDING = ".j2"


def is_self_described(text: str) -> bool:
    """Whether a text says of itself that it is a template."""
    return _BEGIN.search(text[:_LOOKED_AT]) is not None


def self_described(folder: Mapping[str, str]) -> dict[str, str] | None:
    """The folder that a single self-described file stands for; None when it is none. A comment that never ends is none.

    The description is taken out of the file, so that nothing in it is rendered.
    """
    if len(folder) != 1:
        return None
    ((name, text),) = folder.items()
    begin = _BEGIN.search(text[:_LOOKED_AT])
    if begin is None:
        return None
    lines = text[begin.end() :].split("\n")[1:]
    end = next((place for place, line in enumerate(lines) if _is_end(line, begin["mark"])), None)
    if end is None:
        return None
    described = [_bare(line, begin["mark"]) for line in lines[:end]]
    source = name.removesuffix(_ENDING) + _ENDING
    files = f'[[files]]\nsource = "{_quoted(source)}"\n'
    return {
        "template.toml": "\n".join(described) + "\n\n" + files,
        source: text[: begin.start()] + "\n".join(lines[end + 1 :]),
    }


def _is_end(line: str, mark: str) -> bool:
    return line.startswith(mark) and _END.fullmatch(line.removeprefix(mark)) is not None


def _bare(line: str, mark: str) -> str:
    """What stands behind the mark; a line without it is taken whole, and TOML says what is wrong with it."""
    return line.removeprefix(mark).removeprefix(" ")


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
