from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.core.errors import BadInput
from argosy.core.rendering import render
from argosy.core.template_comments import is_self_described, self_described
from argosy.core.template_folder import read_template

BODY = """{0} /// argosy
{0} name = "lab/quick"
{0} version = "2.1"
{0} [command]
{0} argv = ["prog", "quick.conf"]
{0}
{0} [[parameters]]
{0} name = "steps"
{0} type = "integer"
{0} default = 5
{0} ///
run {{{{ steps }}}} {0} as many as wanted
"""


@pytest.mark.parametrize("mark", ["#", "!", "//", ";", "%", "--"])
def test_a_file_with_a_description_in_its_comments_is_a_template(mark: str) -> None:
    template = read_template({"quick.conf": "first line\n" + BODY.format(mark)})
    assert (template.name, template.version, template.argv) == ("lab/quick", "2.1", ("prog", "quick.conf"))
    (file,) = render(template, {"steps": 7}).files
    assert (file.name, file.text) == ("quick.conf", f"first line\nrun 7 {mark} as many as wanted\n")


def test_what_is_wrong_in_the_comments_is_told_as_in_a_description() -> None:
    with pytest.raises(BadInput, match="unknown key 'nam'"):
        read_template({"quick.conf": BODY.format("#").replace('# name = "lab', '# nam = "lab')})


@pytest.mark.parametrize("text", ["", "plain\n", "# /// argosy\n# name = 't'\n", "x /// argosy\nx ///\n"])
def test_a_file_without_a_whole_description_is_none(text: str) -> None:
    assert self_described({"a.conf": text}) is None


def test_a_folder_with_a_description_of_its_own_is_taken_by_that() -> None:
    folder = {"template.toml": 'name = "t"\n[command]\nargv = ["true"]\n', "quick.conf": BODY.format("#")}
    assert read_template(folder).name == "t"
    assert self_described(folder) is None


@given(st.text(max_size=300), st.text("#!/ argosy\n=[]\"'{}", max_size=200))
def test_any_text_is_a_template_or_refused(before: str, inside: str) -> None:
    for text in (before, f"# /// argosy\n# {inside}\n# ///\n{before}"):
        is_self_described(text)
        with suppress(BadInput):
            read_template({"any.conf": text})
