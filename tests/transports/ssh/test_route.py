from pathlib import Path

import pytest

from argosy.core.target import Ssh
from argosy.transports.ssh.route import resolve


@pytest.mark.parametrize(
    ("lines", "asks"),
    [
        ("", (15, 3)),
        ("ServerAliveInterval 5\nServerAliveCountMax 6", (5, 6)),
        ("ServerAliveInterval 0", (15, 3)),
        ("ServerAliveInterval 600\nServerAliveCountMax 1000", (60, 10)),
    ],
    ids=["unsaid", "said", "never", "rarely"],
)
def test_a_silent_machine_is_asked_as_the_config_says_but_neither_never_nor_too_rarely(
    tmp_path: Path, lines: str, asks: tuple[int, int]
) -> None:
    config = tmp_path / "config"
    config.write_text(f"Host far\nHostName far.example\n{lines}\n")
    (hop,) = resolve(Ssh(host="far", config=str(config)))
    assert (hop.keepalive_s, hop.keepalives) == asks
