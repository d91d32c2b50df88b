"""Where Argosy keeps its own things. Path arithmetic only; nothing is made or read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

HOME_VARIABLE = "ARGOSY_HOME"
DATABASE_VARIABLE = "ARGOSY_DATABASE"


@dataclass(frozen=True)
class Home:
    """The directories of one installation, and the database that it uses."""

    data: Path
    config: Path
    state: Path
    database_url: str

    @property
    def server_file(self) -> Path:
        """Where a running server says how it is reached; readable by its owner only."""
        return self.state / "server.json"

    @property
    def server_lock(self) -> Path:
        """Held by the running server, so that a second one does not start."""
        return self.state / "server.lock"

    @property
    def server_log(self) -> Path:
        """What the server has to say."""
        return self.state / "server.log"

    @property
    def contents(self) -> Path:
        """Input files by what is in them."""
        return self.data / "content"

    @property
    def brought_home(self) -> Path:
        """Outputs that were brought home, by job and attempt."""
        return self.data / "home"

    @property
    def kept_logs(self) -> Path:
        """The ends of what jobs have written to stdout and stderr, a file for each attempt."""
        return self.data / "logs"

    @property
    def local_root(self) -> Path:
        """The root of the target ``local``."""
        return self.data / "local"

    @property
    def backups(self) -> Path:
        """Copies of the database."""
        return self.data / "backups"

    @property
    def templates(self) -> Path:
        """The user's own templates, a folder each."""
        return self.config / "templates"

    def attempt_home(self, job: str, number: int) -> Path:
        """Where the outputs of one attempt are brought."""
        return self.brought_home / job / f"attempt-{number}"

    def kept_log(self, job: str, number: int) -> Path:
        """What is kept of the streams of one attempt. A thousand directories hold those of a million jobs."""
        return self.kept_logs / job[-2:] / f"{job}-{number}"


def home_from(environment: Mapping[str, str], *, data: Path, config: Path, state: Path) -> Home:
    """The home that the environment names: all below ARGOSY_HOME when it is set, else the given places of the platform.

    ARGOSY_DATABASE names another database than the file in the data directory.
    """
    if environment.get(HOME_VARIABLE):
        top = expanded(environment[HOME_VARIABLE]).absolute()
        data, config, state = top, top / "config", top / "state"
    url = environment.get(DATABASE_VARIABLE) or f"sqlite:///{quote(str(data / 'argosy.db'))}"
    return Home(data=data, config=config, state=state, database_url=url)


def expanded(path: str | Path) -> Path:
    """The path with ``~`` or ``~person`` at its beginning written out; as it is where nobody has that name."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):  # nobody of that name, or a name that none can have
        return Path(path)
