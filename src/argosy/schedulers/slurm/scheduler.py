"""Slurm as a scheduler: commands that ask it, and readers of what it answers. It does no I/O."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from argosy.contracts import Order
from argosy.contracts.queue import Steered, Steering
from argosy.core import ids
from argosy.core.command import Answer, Command
from argosy.core.crowd import Crowd
from argosy.core.errors import Garbled
from argosy.core.job import Witness
from argosy.core.offered import Offer
from argosy.core.prospect import Ahead, Trial
from argosy.core.queued import QueuedJob
from argosy.core.sighting import Launched, Presence, Refused, Sighting, Watched
from argosy.core.slurm import Slurm as Site
from argosy.core.spending import Spent
from argosy.core.target import Target
from argosy.schedulers.records import complete, entry, pairs, tokens
from argosy.schedulers.slurm import adopted, handing, rows, steering
from argosy.schedulers.slurm.asking import PATIENCE_S, ask, shell
from argosy.schedulers.slurm.crowd import ask_crowd, parse_crowd
from argosy.schedulers.slurm.directives import directives
from argosy.schedulers.slurm.looks import HandedIn, handed_in, never_begun, over, sighting, taken_out
from argosy.schedulers.slurm.modules import ask_finds, ask_needs, parse_finds, parse_needs
from argosy.schedulers.slurm.queue import ask_queue, parse_json, parse_text
from argosy.schedulers.slurm.refusals import trouble
from argosy.schedulers.slurm.spent import ask_spent, parse_spent
from argosy.schedulers.slurm.states import REQUEUED
from argosy.schedulers.slurm.survey import ask_survey, parse_survey
from argosy.schedulers.slurm.trial import ask_ahead, ask_test_only, parse_ahead, parse_test_only

_EXPLAINED_TOGETHER = 200
_SUBMISSION_S = 2.0
_PROGRAM = shell("slurm.sh")
_ASK_WALLTIME = """\
job=${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID} brief=
! command -v timeout > /dev/null || brief='timeout 10'
set -- $(SLURM_TIME_FORMAT=%s $brief squeue -h -j "$job" -o '%e %S')
echo $(($1 - $2))"""


class Slurm:
    """A cluster that is driven by Slurm."""

    name = "slurm"
    in_turn = False
    ask_walltime = ("sh", "-c", _ASK_WALLTIME)

    def __init__(self, site: Site | None = None) -> None:
        self._site = site or Site()

    def at(self, target: Target) -> "Slurm":
        """Slurm as it is spoken to at this target."""
        return Slurm(target.slurm)

    def directives(self, order: Order, target: Target) -> tuple[str, ...]:
        """What the job asks for, each option below the reason for it."""
        return directives(order, target.slurm or self._site)

    def submit(self, orders: Sequence[Order]) -> Command:
        """Two loops over sbatch, those that ask for the same as one array; they stop when Slurm does not answer."""
        words = handing.words(self._site, orders)
        return self._command("launch", words, PATIENCE_S + _SUBMISSION_S * len(orders))

    def parse_submit(self, orders: Sequence[Order], answer: Answer) -> Mapping[str, Launched | Refused]:
        """The number of each job, or why it was not taken."""
        return handing.parse(self._site, orders, answer)

    def list(self, watched: Sequence[Watched]) -> Command:
        """One look at the queue and at the records of all attempts."""
        own = [one for one in watched if one.adopted is None]
        words = [word for one in own for word in (*pairs([one]), "begun" if one.begun else "")]
        return self._command("list", words)

    def parse_list(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Sighting]:
        """A sighting for each attempt. A queue that did not answer raises, whatever the records say."""
        own = [one for one in watched if one.adopted is None]
        lines = iter(complete(answer, len(own)))
        now_s, _ = rows.head(lines, "now")
        said, after = rows.leading(lines, "row ")
        code, count = rows.head(iter([after]), "squeue")
        if code:
            raise trouble("squeue", code, answer.complaint)
        if count != len(said):
            raise Garbled(f"the queue has {count} rows, but {len(said)} of them came")
        queue = tuple(rows.queue_rows(said))
        known = _handed_in(own, lines)
        blocks = {one.token: entry(one.token, lines) for one in own}
        _at_end(lines)
        found = rows.by_token(queue, {token: (token, *one.places) for token, one in known.items()})
        seen = {
            token: sighting(one, blocks[token], known[token], found[token], now_s=now_s)
            for token, one in zip(blocks, own, strict=True)
        }
        others = {one.token: adopted.sighting(one, one.adopted, queue) for one in watched if one.adopted}
        return {**seen, **others}

    def explain(self, unexplained: Sequence[Sighting]) -> Command:
        """The books about these attempts, by number, or by name where there is none; at most 200 at once."""
        asked = unexplained[:_EXPLAINED_TOGETHER]
        since_s = min((_made_s(one.token) for one in asked), default=0)
        # Tasks that never began have no row of their own: only the whole array tells of them.
        numbers = ",".join(dict.fromkeys(rows.array_number(one.handle) for one in asked if one.handle))
        names = ",".join(one.token for one in asked if not one.handle)
        return self._command("explain", (str(since_s), numbers, names))

    def parse_explain(self, unexplained: Sequence[Sighting], answer: Answer) -> Mapping[str, Sighting]:
        """What the books tell; nothing about those that were not asked about, nothing new where no books are kept."""
        asked = {one.token: one for one in islice(unexplained, _EXPLAINED_TOGETHER)}
        lines = iter(complete(answer, 0))
        now_s, _ = rows.head(lines, "now")
        code, count = rows.head(lines, "sacct")
        said = rows.taken(lines, count, "said ")
        _at_end(lines)
        if code:
            if "accounting storage is disabled" in answer.complaint:
                return {token: adopted.without_books(one) if one.adopted else one for token, one in asked.items()}
            raise trouble("sacct", code, answer.complaint)
        known = {token: (token, *one.also) for token, one in asked.items()}
        told = [row for line in said if (row := rows.book_row(line))]
        found, arrays = rows.by_token(told, known), {rows.array_number(row.id) for row in told}
        seen = {token: _explained(one, told, found[token], now_s) for token, one in asked.items()}
        left_out = {token for token, one in asked.items() if not found[token] and taken_out(one, arrays)}
        return {token: never_begun(one) if token in left_out else one for token, one in seen.items()}

    def cancel(self, watched: Sequence[Watched]) -> Command:
        """Take the start of what has not started, and tell Slurm to end all of them."""
        return self._command("cancel", pairs(watched))

    def kill(self, watched: Sequence[Watched]) -> Command:
        """The same, and their wrappers give their programs no grace; Slurm itself kills what it gave to others."""
        return self._command("kill", pairs(watched))

    def parse_cancel(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """All tokens that were told, will never start, or are over. Raises Unreachable when Slurm did not answer."""
        return self._stopped(watched, answer, ("forbidden", "told"))

    def forbid(self, watched: Sequence[Watched]) -> Command:
        """Take the start of what has not started, and take it out of the queue."""
        return self._command("forbid", pairs(watched))

    def parse_forbid(self, watched: Sequence[Watched], answer: Answer) -> frozenset[str]:
        """The tokens whose start was taken, whether Slurm answered or not: it would find the start taken."""
        return self._stopped(watched, answer, ("forbidden",))

    def steer(self, orders: Sequence[Order], wish: Steering) -> Command:
        """Hold or release jobs that wait, or change one, and read back how they stand."""
        return steering.steer(self._site, orders, wish)

    def parse_steer(self, orders: Sequence[Order], wish: Steering, answer: Answer) -> Mapping[str, Steered]:
        """What became of each, by token."""
        return steering.parse_steer(self._site, orders, wish, answer)

    def spent(self, watched: Sequence[Watched]) -> Command:
        """What these attempts have used."""
        return ask_spent(self._site, watched, min((_made_s(one.token) for one in watched), default=0))

    def parse_spent(self, watched: Sequence[Watched], answer: Answer) -> Mapping[str, Spent]:
        """What the books say of each; nothing about those that they do not know as over."""
        return parse_spent(watched, answer)

    def survey(self) -> Command:
        """All that the cluster offers."""
        return ask_survey(self._site)

    def parse_survey(self, answer: Answer) -> Offer:
        """What it offers to whoever asked."""
        return parse_survey(answer)

    def needs(self, offer: Offer) -> Command | None:
        """What modules need before they can be loaded."""
        return ask_needs(self._site, offer)

    def parse_needs(self, offer: Offer, answer: Answer) -> Offer:
        """The offer with what it tells."""
        return parse_needs(offer, answer)

    def finds(self, offer: Offer) -> Command | None:
        """Where programs are, and their versions."""
        return ask_finds(self._site, offer)

    def parse_finds(self, offer: Offer, answer: Answer) -> Offer:
        """The offer with what it tells."""
        return parse_finds(offer, answer)

    def test_only(self, script: str) -> Command:
        """When a job with this script would start."""
        return ask_test_only(self._site, script)

    def parse_test_only(self, answer: Answer) -> Trial:
        """When it would start, or why it would be refused."""
        return parse_test_only(answer)

    def ahead(self, partition: str) -> Command:
        """When those are expected to start that wait already."""
        return ask_ahead(self._site, partition)

    def parse_ahead(self, answer: Answer, now: datetime) -> Ahead:
        """How many wait, and until when."""
        return parse_ahead(answer, now)

    def queue(self) -> Command:
        """All jobs of whoever asks, a line for each."""
        return ask_queue(self._site, "text")

    def parse_queue(self, answer: Answer) -> tuple[tuple[QueuedJob, ...], Garbled | None]:
        """Those that could be read, and what is wrong with the others."""
        return parse_text(answer)

    def queue_in_full(self) -> Command:
        """The same as Slurm's own document."""
        return ask_queue(self._site, "json")

    def parse_queue_in_full(self, answer: Answer) -> tuple[QueuedJob, ...]:
        """All of them."""
        return parse_json(answer)

    def whose(self, handles: Sequence[str]) -> Command:
        """Whose jobs have these numbers."""
        return adopted.ask_whose(self._site, handles)

    def parse_whose(self, handles: Sequence[str], answer: Answer) -> Mapping[str, str]:
        """Why none of these can be adopted."""
        return adopted.parse_whose(handles, answer)

    def crowd(self) -> Command:
        """How full the cluster is."""
        return ask_crowd(self._site)

    def parse_crowd(self, answer: Answer) -> Crowd:
        """How full it is, and what whoever asked may have."""
        return parse_crowd(answer)

    def _stopped(self, watched: Sequence[Watched], answer: Answer, words: tuple[str, ...]) -> frozenset[str]:
        lines = complete(answer, len(watched))
        code, _ = rows.head(iter(lines[-1:]), "queue")
        stopped = tokens(watched, lines[:-1], words)
        if code and "told" in words:
            raise trouble("scancel", code, answer.complaint)
        return stopped

    def _command(self, mode: str, words: Iterable[str | bytes], timeout_s: float = PATIENCE_S) -> Command:
        return ask(self._site, _PROGRAM, (mode, *words), timeout_s)


def _made_s(token: str) -> int:
    """When the job of a token was made, in seconds since 1970."""
    parsed = ids.parse_token(token)
    return int(ids.made(parsed[0]).timestamp()) if parsed else 0


def _explained(seen: Sighting, told: Sequence[rows.Row], found: Sequence[rows.Row], now_s: int) -> Sighting:
    """What the books say of one attempt. Its first run is the one that counts: no other one does anything."""
    if seen.adopted is not None:
        return adopted.explained(seen, seen.adopted, told)
    begun = [
        row for row in found if row.state and (row.state.presence is Presence.OVER or row.state.name == "REQUEUED")
    ]
    if not begun:
        return _open_in_books(seen, found)
    row = begun[0]._replace(state=REQUEUED) if begun[0].raw_state == "REQUEUED" else begun[0]
    return over(seen, row, now_s, witness=Witness.ACCOUNTING)


def _open_in_books(seen: Sighting, found: Sequence[rows.Row]) -> Sighting:
    """The queue has lost it and the books tell of no end. They are late after an outage, so that proves nothing."""
    if not found or seen.presence is not Presence.ABSENT:
        return seen
    words = f"it is out of the queue, but in the books it is still {found[-1].raw_state[:60]}"
    return seen.model_copy(update={"open_in_books": True, "words": words})


def _handed_in(watched: Sequence[Watched], lines: Iterator[str]) -> Mapping[str, HandedIn]:
    """As what each of these was handed in; raises Garbled where not all of them were looked at."""
    said, after = rows.leading(lines, "place ")
    counts = rows.head(iter([after]), "places")
    if counts != (len(watched), len(said)):
        raise Garbled(f"of {len(watched)} jobs {len(said)} lines tell how they were handed in, and it says {after!r}")
    words: dict[str, tuple[str, ...]] = {}
    for line in said:
        token, _, word = line.partition(" ")
        words[token] = (*words.get(token, ()), word)
    return {one.token: handed_in(words.get(one.token, ())) for one in watched}


def _at_end(lines: Iterable[str]) -> None:
    if (rest := next(iter(lines), None)) is not None:
        raise Garbled(f"the answer does not end where it should, but says {rest[:200]!r}")


SCHEDULER = Slurm()
