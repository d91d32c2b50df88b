import pytest

from argosy.core.errors import BadInput
from argosy.core.settings import KNOWN_SETTINGS, ServerSettings, check_setting, read_settings


def test_what_is_not_said_has_its_default() -> None:
    assert read_settings({}) == ServerSettings() == ServerSettings(port=0, idle_exit_s=1800)


def test_values_may_be_words_as_they_come_from_a_command_line() -> None:
    assert read_settings({"server.port": "8123", "server.idle_exit_s": "2.5"}) == ServerSettings(
        port=8123, idle_exit_s=2.5
    )


def test_none_means_the_default() -> None:
    assert read_settings({"server.port": None}) == ServerSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.port", -1),
        ("server.port", 65_536),
        ("server.port", "many"),
        ("server.port", 80.5),
        ("server.idle_exit_s", -1),
        ("server.idle_exit_s", "nan"),
        ("server.idle_exit_s", "inf"),
        ("server.idle_exit_s", [1]),
    ],
)
def test_a_value_that_will_not_do_names_its_setting(name: str, value: object) -> None:
    with pytest.raises(BadInput, match=name) as refusal:
        check_setting(name, value)
    assert refusal.value.hint == KNOWN_SETTINGS[name]


@pytest.mark.parametrize("name", ["", "port", "server", "server.", "server.colour", "Server.port"])
def test_an_unknown_setting_is_refused_with_the_known_ones(name: str) -> None:
    for value in (None, "1"):
        with pytest.raises(BadInput) as refusal:
            check_setting(name, value)
        assert "server.port" in refusal.value.hint
