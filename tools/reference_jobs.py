"""Pages of the reference that are read off the ground floor: states, errors, settings, failures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import get_args

from argosy.contracts import Engine
from argosy.core import errors, job
from argosy.core.errors import ArgosyError
from argosy.core.failures import FailureRule
from argosy.core.home import DATABASE_VARIABLE, HOME_VARIABLE, Home, home_from
from argosy.core.job import Attempt, Cause, Outcome, RetryClass, State, Wish, Witness
from argosy.core.lifecycle import MAX_RETRIES, MAX_RETRIES_PER_CLASS, may_retry, next_step
from argosy.core.settings import PREFIX, ServerSettings
from argosy.core.values import Value
from tools.markdown import NOTHING, block, code, default, kind, page, sentence, table

_NOW = datetime(2000, 1, 1, tzinfo=UTC)
_NOWHERE = Path("/nowhere")

_CAUSES = {
    Cause.EXIT_CODE: "The program ended by itself with an exit code other than 0.",
    Cause.SIGNAL: "The program was ended by a signal, from outside or by a crash of its own.",
    Cause.WALLTIME: "It reached its walltime and was stopped.",
    Cause.OUT_OF_MEMORY: "It used more memory than it asked for and was killed.",
    Cause.NODE_FAILURE: "The machine that it ran on failed or was restarted.",
    Cause.PREEMPTED: "The scheduler took its place for a more urgent job.",
    Cause.REQUEUED: "The scheduler stopped it and put it back into its queue; an attempt starts only once.",
    Cause.REJECTED: "The scheduler refused it.",
    Cause.INCOMPLETE: "The process ended with exit code 0, but the engine did not finish what it was asked for.",
    Cause.START_FAILED: "The program was never started: its files or its environment could not be set up.",
}
_RETRY_CLASSES = {
    RetryClass.NEVER: "Trying again cannot help.",
    RetryClass.WAIT: "The same job may work later.",
    RetryClass.AS_IS: "The job is not to blame: the same again may work.",
    RetryClass.MORE_MEMORY: "It needs more memory.",
    RetryClass.MORE_TIME: "It needs a longer walltime.",
    RetryClass.OTHER_NODE: "It needs another machine.",
    RetryClass.CHECKPOINT: "It can go on from its last checkpoint.",
    RetryClass.ONCE: "It may have been chance: worth one more try.",
    RetryClass.AFTER_CHANGE: "The request has to be changed first.",
}
_WITNESSES = {
    Witness.ARGOSY: "Argosy itself: what it did, or what its files say.",
    Witness.USER: "A person.",
    Witness.WRAPPER: "The script around the program: its start record or its exit report.",
    Witness.SCHEDULER: "What the scheduler of the target lists now.",
    Witness.ACCOUNTING: "What the scheduler of the target has recorded of jobs that are over.",
    Witness.ENGINE: "The knowledge of the program that ran, applied to its outputs.",
}
_PLACES = {
    "argosy.db": ("data", "the database, unless another is named"),
    "content/": ("contents", "input files by what is in them"),
    "home/": ("brought_home", "outputs that were brought home"),
    "local/": ("local_root", "where jobs of the target `local` run"),
    "backups/": ("backups", "copies of the database"),
    "config.toml": ("config", "your configuration"),
    "templates/": ("templates", "your own templates, a folder each"),
    "server.json": ("server_file", "how the running server is reached; only you may read it"),
    "server.lock": ("server_lock", "held by the running server"),
    "server.log": ("server_log", "what the server has to say"),
}


def states() -> str:
    """The page of states and outcomes."""
    return page(
        "States and outcomes",
        "An attempt is always in exactly one state. The rank of its state never falls: a retry is a new attempt. "
        "Every state carries `evidence`: who said so, in which words, and when. "
        "[States and evidence](../explanation/states.md) explains how they are decided.",
        "## States",
        table(
            ("rank", "state", "means", "its own facts", "next step", "next step if a cancel is wished"),
            [_state_row(one) for one in _classes(State)],
        ),
        f"Something may exist at the scheduler in the states {_words(job.LIVE)}. "
        f"The server has something to do or to watch in the states {_words(job.OPEN)}.",
        "## Outcomes",
        table(("outcome", "means", "its own facts"), [_row(one) for one in _classes(Outcome)]),
        "People see one word, the *fate* of a job: its outcome once there is one, else its state. "
        f"The words are {_words(job.FATES)}.",
        "## Causes of a failure",
        table(("cause", "means"), _meanings(Cause, _CAUSES)),
        "## What a further attempt would need",
        "A failed or lost job gets another attempt by itself only if its owner allowed it (`--retries`), and only if "
        f"its class needs no change of the request; at most {MAX_RETRIES_PER_CLASS} times for the same class "
        f"(once for `once`) and {MAX_RETRIES} times over all.",
        table(
            ("class", "means", "tried again by itself"),
            [
                (*row, _by_itself(one))
                for row, one in zip(_meanings(RetryClass, _RETRY_CLASSES), RetryClass, strict=True)
            ],
        ),
        "## Witnesses",
        table(("witness", "who it is"), _meanings(Witness, _WITNESSES)),
    )


def error_codes() -> str:
    """The page of errors."""
    tree = (errors.__doc__ or "").split("\n\n", 1)[1].split("\n\n", 1)[0]
    rows = (
        (code(known.code), code(known.__name__), str(known.status), sentence(known.__doc__))
        for known in sorted(known_errors(), key=_place_in_tree)
    )
    return page(
        "Errors",
        "A failed job is not an error; it is an [outcome](states.md). An error says that a request could not be "
        "served. It has the same class on both sides of the wire: what the server raises, the client raises too. "
        "Every error has a `code` that does not change between versions, a `message` that says what, which and why, "
        "and mostly a `hint`: what to do next. `findings` name the fields or files that are wrong.",
        block("\n".join(line[4:] for line in tree.splitlines())),
        table(("code", "class", "HTTP status", "means"), rows),
        "On the wire:",
        block(
            '{"code": "not_found", "message": "there is no job \'abc\'", "hint": "See \'argosy ls\'.", "findings": []}',
            "json",
        ),
    )


def settings() -> str:
    """The page of settings and places."""
    schema = ServerSettings.model_json_schema()["properties"]
    home = home_from({HOME_VARIABLE: "/HOME"}, data=_NOWHERE, config=_NOWHERE, state=_NOWHERE)
    return page(
        "Settings and places",
        "## Settings of the server",
        "Set one with `argosy config set NAME VALUE`, or write it under `[server]` in `config.toml` without the "
        f"`{PREFIX}` in front. What the file says comes first: it can still be edited when a setting keeps the server "
        "from starting.",
        table(
            ("setting", "type", "default", "means"),
            [
                (code(PREFIX + name), kind(one), default(one), one.get("description", ""))
                for name, one in schema.items()
            ],
        ),
        "## Environment",
        table(
            ("variable", "means"),
            [
                (code(HOME_VARIABLE), "One directory for everything of Argosy's; a separate installation for each."),
                (
                    code(DATABASE_VARIABLE),
                    "The database as a URL: `sqlite:////path/argosy.db` or `postgresql://user@host/name`.",
                ),
            ],
        ),
        "## Places",
        f"With {code(f'{HOME_VARIABLE}=/HOME')} set. Without it the three groups lie where the platform keeps the "
        "data, configuration and state of programs: on Linux `~/.local/share/argosy`, `~/.config/argosy` and "
        "`~/.local/state/argosy`. All of them are closed to other accounts.",
        table(("what", "where", "holds"), _places(home)),
    )


def failures() -> str:
    """The page of the failure catalogue."""
    parts: list[str] = []
    for engine in sorted(engines(), key=lambda engine: engine.name):
        parts += [f"## {engine.title}", _where(engine), table(_RULE_COLUMNS, map(_rule_row, engine.rules))]
    return page(
        "Failure catalogue",
        "When a job fails, its logs are searched for these signatures, from top to bottom; the first that fits gives "
        "the explanation and the advice. The rules of the job's own engine come first, then the general ones of "
        "`command`.",
        *parts,
    )


def engines() -> Sequence[Engine]:
    """The engines that this package brings."""
    return [
        point.load() for point in entry_points(group="argosy.engines") if point.dist and point.dist.name == "argosy"
    ]


def known_errors() -> Sequence[type[ArgosyError]]:
    """The errors that cross the wire; the client's own kinds of them are seen as what they are a kind of."""
    return [known for known in ArgosyError.classes.values() if known.__module__ == errors.__name__]


_RULE_COLUMNS = ("signature", "found by", "explanation", "advice", "retry class")


def _rule_row(rule: FailureRule) -> tuple[str, ...]:
    patterns = [code(rule.pattern)] if rule.pattern else []
    codes = [f"exit code {' or '.join(map(str, rule.codes))}"] if rule.codes else []
    return (code(rule.signature), ", and ".join(patterns + codes), rule.explanation, rule.advice, code(rule.retry))


def _where(engine: Engine) -> str:
    return f"Engine `{engine.name}`. {engine.summary}"


def _state_row(known: type[Value]) -> tuple[str, ...]:
    name, means, facts = _row(known)
    steps = (_step(known, wish=None), _step(known, wish=Wish(by="somebody", at=_NOW)))
    return (str(job.RANKS[_kind(known)]), name, means, facts, *map(code, steps))


def _step(known: type[Value], *, wish: Wish | None) -> str:
    state = known.model_construct(kind=_kind(known))
    return next_step(Attempt.model_construct(state=state, wish=wish), _NOW)


def _row(known: type[Value]) -> tuple[str, str, str]:
    facts = [code(name) for name in known.model_fields if name not in {"kind", "evidence"}]
    return code(_kind(known)), sentence(known.__doc__), ", ".join(facts) or NOTHING


def _kind(known: type[Value]) -> str:
    return known.model_fields["kind"].default


def _classes(union: object) -> Sequence[type[Value]]:
    return get_args(get_args(union)[0])


def _by_itself(retry: RetryClass) -> str:
    return "yes" if may_retry(retry, earlier=(), allowed=1) else "no"


def _meanings(words: Iterable[str], meanings: Mapping[str, str]) -> list[tuple[str, str]]:
    """A row for each word; a word without a meaning stops the generator, so that none is forgotten."""
    return [(code(word), meanings[word]) for word in words]


def _words(words: Iterable[str]) -> str:
    return ", ".join(code(word) for word in words)


def _place_in_tree(known: type[ArgosyError]) -> int:
    """Where it stands in the drawing; one that is not drawn there stops the generator."""
    return (errors.__doc__ or "").index(f"─ {known.__name__} ")


def _places(home: Home) -> Iterable[tuple[str, str, str]]:
    for name, (attribute, holds) in _PLACES.items():
        place = str(getattr(home, attribute))
        yield code(name), code(place if place.endswith(name.rstrip("/")) else f"{place}/{name}"), holds
