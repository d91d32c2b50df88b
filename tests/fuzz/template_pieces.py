"""Pieces of templates, also of those that try to get out, and what must never be seen of Python."""

PIECES = (
    "{{", "}}", "{%", "%}", "{#", "#}", " x ", " n ", " words ", "edge", "values", "self", "loop", "cycler",
    "namespace",
    ".__class__", ".__mro__", ".__subclasses__()", ".__globals__", ".__init__", "['__class__']", "|attr('__class__')",
    ".format", "'{0.__class__}'", ".join", ".upper()", "|tojson", "|length", "|map(attribute='__class__')", "|list",
    " for i in range(", " for i in ", " endfor ", " if ", " endif ", " else ", " set y = ", " macro m(a) ",
    " endmacro ",
    " call m(1) ", " endcall ", " include 'x' ", " import 'os' as o ", " extends 'x' ", " block b ", " endblock ",
    "(", ")", "[", "]", "{", "}", "**", "*", "9", "99999", "10**9", "'a'", '"', "'", ",", ":", "~", "+", "-", "=", "\n",
)  # fmt: skip
VALUES = {"x": None, "n": 3, "words": "two words", "edge": (1.0, 2.0, 3.0)}
ESCAPED = ("<class ", "<function ", "<built-in", "<module", " object at 0x", "<bound method")
