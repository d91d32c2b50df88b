from pathlib import Path

import pytest

from argosy.core.errors import BadInput
from argosy.core.home import Home, home_from
from argosy.server.places import make_directories, secrets_in, settings_in_config, shown


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_from({"ARGOSY_HOME": str(tmp_path / "home")}, data=tmp_path, config=tmp_path, state=tmp_path)
    make_directories(home)
    return home


def config(home: Home, text: str) -> None:
    (home.config / "config.toml").write_text(text)


def test_a_home_is_closed_to_others(home: Home) -> None:
    for place in (home.data, home.config, home.state):
        assert place.stat().st_mode & 0o777 == 0o700


def test_a_home_that_was_open_is_closed(home: Home) -> None:
    home.state.chmod(0o755)
    make_directories(home)
    assert home.state.stat().st_mode & 0o777 == 0o700


def test_without_a_config_nothing_is_said(home: Home) -> None:
    assert settings_in_config(home) == {}


def test_settings_are_read_by_their_full_names(home: Home) -> None:
    config(home, "[other]\nx = 1\n[server]\nport = 8123\n")
    assert settings_in_config(home) == {"server.port": 8123}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server", "config.toml"),
        ("\xff", "config.toml"),
        ("server = 3", "config.toml"),
        ("[server]\nport = -1", "server.port"),
        ("[server]\nport = 'many'", "server.port"),
        ("[server]\nidle_exit_s = nan", "server.idle_exit_s"),
        ("[server]\nprot = 1", "server.prot"),
    ],
)
def test_a_config_that_will_not_do_is_named(home: Home, text: str, named: str) -> None:
    (home.config / "config.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=named) as refusal:
        settings_in_config(home)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////home/ada/argosy.db", "sqlite:////home/ada/argosy.db"),
        ("postgresql://ada@db/argosy", "postgresql://ada@db/argosy"),
        ("postgresql://ada:s3cret@db:5432/argosy", "postgresql://ada:***@db:5432/argosy"),
        ("postgresql://ada:a%2Fb@db/argosy", "postgresql://ada:***@db/argosy"),
        ("postgresql://db/argosy?user=ada&password=s3cret", "postgresql://db/argosy"),
    ],
)
def test_the_address_of_a_database_is_shown_without_its_secrets(url: str, words: str) -> None:
    assert shown(url) == words


def test_a_password_is_secret_in_both_spellings() -> None:
    assert secrets_in("postgresql://ada:a%2Fb@db/argosy") == ("a%2Fb", "a/b")
    assert secrets_in("postgresql://db/argosy?user=ada&password=a%2Fb") == ("a%2Fb", "a/b")
    assert secrets_in("sqlite:////home/argosy.db") == ()
