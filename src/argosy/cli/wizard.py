"""Making a target by answering questions: logs in on the way, and proposes what it finds there."""

import contextlib
import json
import shlex
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from argosy.cli.asking import log_in, somebody_is_there
from argosy.cli.dotted import as_settings, with_fields
from argosy.cli.findings import shown as findings_shown
from argosy.cli.letters import harmless
from argosy.cli.page import say
from argosy.cli.shown import Shown
from argosy.cli.sshhosts import hosts
from argosy.client import calls
from argosy.client.road import Road
from argosy.client.wishes import checked
from argosy.core.errors import ArgosyError, BadInput, Conflict, NeedsLogin, NotFound, TargetError
from argosy.core.home import expanded
from argosy.core.target import Target
from argosy.core.views import TargetCheck, TargetLook

_FOLDER = "argosy"
_UNTIL_KNOWN = "/tmp/argosy"  # noqa: S108  nothing is put there: no job can name the target before it is made
_CONFIG = "~/.ssh/config"
_FLAGS = {
    "ssh.host": "--host",
    "ssh.user": "--user",
    "ssh.port": "--port",
    "root": "--root",
    "scheduler": "--scheduler",
    "limits.running": "--running",
}

Fields = dict[str, Any]


def made(road: Road, fields: Fields, *, known: Mapping[str, Any], taken: tuple[str, ...]) -> Shown:
    """The target that comes of the fields and of what is asked for beside them; what a check says of it is shown.

    ``known`` are those fields that come with the words ``taken`` of the command line. Raises BadInput, with the
    options that are missing, where nobody can be asked. Nothing is left of a target that is given up.
    """
    _refuse_without_person(fields)
    fields = _named(road, fields)
    fields = _placed(fields)
    with _for_now(road, fields) as stays:
        fields = _reached(road, fields)
        look = road.send(calls.look_at_target(fields["name"]))
        fields = _rooted(_limited(_scheduled(fields, look), look), look)
        road.send(calls.put_target(checked(Target, fields)))
        stays()
    say(f"Looking whether jobs can run on {fields['name']} ...")
    found = road.send(calls.check_target(fields["name"]))
    say(f"Next time: {shlex.join(command(fields, known, taken))}")
    return looked(found)


def looked(check: TargetCheck) -> Shown:
    """What a check found, or that all is well and what was looked at."""
    well = f"{check.target} is well: {', '.join(check.looked)}."
    return findings_shown(check.findings, well, value=check)


def refuse_known(road: Road, name: str) -> None:
    """Raises Conflict when there is such a target."""
    with contextlib.suppress(NotFound):
        road.send(calls.target(name))
        raise Conflict(f"there is a target {name} already", hint=f"Change it: argosy target edit {name}")


def command(fields: Mapping[str, Any], known: Mapping[str, Any], taken: tuple[str, ...]) -> list[str]:
    """The command that makes the same target without a question."""
    words = ["argosy", "target", "add", str(fields["name"]), *taken]
    for path, value in as_settings(fields, known):
        if path in _FLAGS:
            words += [_FLAGS[path], str(value)]
        elif path == "modules":
            words += [word for name in value for word in ("--module", name)]
        elif path != "name" and (path, value) not in {("transport", "ssh"), ("transport", "local")}:
            words += ["--set", f"{path}={_spelled(value)}"]
    return words


def _spelled(value: Any) -> str:
    """As --set reads it: text that could be read as something else stands in quotes."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    return json.dumps(value)


# --- the questions ------------------------------------------------------------------------------------------------


def _refuse_without_person(fields: Fields) -> None:
    if somebody_is_there():
        return
    missing = [words for key, words in (("name", "TARGET"), ("root", "--root PATH")) if not fields.get(key)]
    raise BadInput(
        f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing, and nobody is there to be asked",
        hint="Such as: argosy target add cluster --host login.site.org --root /scratch/ada/argosy",
    )


def _named(road: Road, fields: Fields) -> Fields:
    if fields.get("name"):
        refuse_known(road, checked(Target, {"root": "/", "name": fields["name"]}).name)
        return fields

    def free(text: str) -> Fields:
        refuse_known(road, checked(Target, {"root": "/", "name": text}).name)
        return {**fields, "name": text}

    return _answered("What shall the target be called?", "", free)


def _placed(fields: Fields) -> Fields:
    """Where its machine is. A host of ~/.ssh/config has all that it needs there."""
    if fields.get("transport") or fields.get("ssh"):
        return fields
    known = hosts(expanded(_CONFIG))
    if known:
        say(f"{_CONFIG} knows: {', '.join(map(harmless, known))}")
    fields = _answered("Which host? (Enter: this machine)", "", lambda text: _with_host(fields, text))
    if not fields.get("ssh") or fields["ssh"]["host"] in known:
        return fields
    fields = _answered("Your name there? (Enter: as here)", "", lambda text: _with(fields, {"ssh.user": text or None}))
    return _answered("Port?", "22", lambda text: _with(fields, {"ssh.port": None if text == "22" else _number(text)}))


def _with_host(fields: Fields, text: str) -> Fields:
    return _with(fields, {"transport": "ssh", "ssh.host": text} if text else {"transport": "local"})


def _reached(road: Road, fields: Fields) -> Fields:
    """Log in. Where that fails, another host may be named; raises why when the person gives up."""
    while fields.get("transport") not in {None, "local"}:
        try:
            log_in(road, fields["name"])
        except NeedsLogin as refusal:
            say(f"{harmless(refusal.message)}.\n{harmless(refusal.hint)}".strip())
            text = _line("Try again (Enter), name another host, or give up (q)?")
            if text.lower() == "q":
                raise
            if text:
                fields = _with(fields, {"ssh.host": text})
                road.send(calls.put_target(_provisional(fields)))
        else:
            say(f"{fields['name']} is connected.")
            break
    return fields


def _rooted(fields: Fields, look: TargetLook) -> Fields:
    if fields.get("root"):
        return fields
    shared = fields["scheduler"] == "slurm"
    above = (look.scratch if shared else "") or look.home
    proposed = f"{above}/{_FOLDER}" if above else ""
    words = f"Where shall jobs lie there{', seen by all nodes' if shared else ''}?"
    return _answered(words, proposed, lambda text: _with(fields, {"root": text}))


def _scheduled(fields: Fields, look: TargetLook) -> Fields:
    if not fields.get("scheduler"):
        if look.scheduler == "slurm":
            say(f"{harmless(look.host)} has sbatch.")
        words = "How is work started there, slurm or process?"
        fields = _answered(words, look.scheduler, lambda text: _with(fields, {"scheduler": text}))
    if fields["scheduler"] != "slurm" or fields.get("slurm"):
        return fields
    fields = _with(fields, {"slurm.setup": list(look.setup) or None})
    for word in ("account", "partition"):
        key = f"slurm.{word}"
        fields = _answered(f"Slurm's {word}? (Enter: none)", "", _setting(fields, key))
    return fields


def _limited(fields: Fields, look: TargetLook) -> Fields:
    limits: Fields = fields.get("limits") or {}
    if fields["scheduler"] == "slurm" or limits.get("running"):
        return fields
    number = look.processors or 1
    words = f"How many jobs at once? It has {number} processor{'s' if number > 1 else ''}."
    fields = _answered(words, str(number), lambda text: _with(fields, {"limits.running": _number(text)}))
    return with_fields(fields, {"limits.cpus": max(number, 1)})


def _setting(fields: Fields, key: str) -> Callable[[str], Fields]:
    return lambda text: _with(fields, {key: text or None})


def _with(fields: Fields, more: Fields) -> Fields:
    """The fields with more of them; raises BadInput when no target could have those."""
    changed = with_fields(fields, more)
    _provisional(changed)
    return changed


def _provisional(fields: Fields) -> Target:
    return checked(Target, {**fields, "root": fields.get("root") or _UNTIL_KNOWN})


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"{text[:40]!r} is no whole number", hint="Such as 4.")
    return int(text)


@contextmanager
def _for_now(road: Road, fields: Fields) -> Generator[Callable[[], None]]:
    """The target is there so that one can log in; it goes again unless the block says that it stays."""
    kept: list[bool] = []
    road.send(calls.put_target(_provisional(fields)))
    try:
        yield lambda: kept.append(True)
    finally:
        if not kept:
            with contextlib.suppress(ArgosyError):
                road.send(calls.drop_target(fields["name"]))
            say("Nothing was added.")


def _answered(question: str, proposed: str, use: Callable[[str], Fields]) -> Fields:
    """What becomes of the first answer that will do; the others are told why they will not."""
    while True:
        try:
            return use(_line(f"{question} [{harmless(proposed)}]" if proposed else question) or proposed)
        except (BadInput, Conflict, TargetError) as refusal:
            say(f"{harmless(refusal.message)}. {harmless(refusal.hint)}".rstrip())


def _line(question: str) -> str:
    say(f"{question} ", end="")
    line = sys.stdin.readline()
    if not line:
        raise BadInput("the questions were not answered to the end", hint="Begin again: argosy target add")
    return line.strip()
