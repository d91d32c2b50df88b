import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.quoting import quote, quote_all

# Any bytes but NUL, as Python shows them: text where they are UTF-8, surrogates where not.
words = st.binary(max_size=40).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"'")))


@settings(max_examples=60)
@given(st.lists(words, max_size=6).map(tuple))
def test_every_word_comes_through_a_real_shell_unchanged(given_words: tuple[str, ...]) -> None:
    program = "import os, sys; sys.stdout.buffer.write(b'\\0'.join(map(os.fsencode, sys.argv[1:])))"
    line = f"exec python3 -S -c {quote(program)} {quote_all(given_words)}"
    seen = subprocess.run(["sh", "-c", os.fsencode(line)], capture_output=True, check=True).stdout
    assert seen == b"\0".join(map(os.fsencode, given_words))


def test_a_nul_is_refused_because_no_argument_can_hold_one() -> None:
    with pytest.raises(BadInput, match="NUL"):
        quote("a\0b")


def test_the_empty_word_stays_a_word() -> None:
    assert quote("") == "''"
