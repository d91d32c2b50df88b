"""The places in a job's walk where a crash is most telling.

Every step says where it is by these names. The server ignores them; the fault tests kill it at each of them, so that a
new step cannot escape the proof that a crash there neither loses nor doubles a job.
"""

from collections.abc import Callable
from enum import StrEnum


class Mark(StrEnum):
    """A boundary in the walk; the part before the dot is the step that it belongs to."""

    ACCEPT_DRAFTED = "accept.drafted"
    ACCEPT_RECORDED = "accept.recorded"
    RELEASE_DECIDED = "release.decided"
    RELEASE_RECORDED = "release.recorded"
    STAGE_BEGUN = "stage.begun"
    STAGE_PLACED = "stage.placed"
    STAGE_RECORDED = "stage.recorded"
    LAUNCH_BEGUN = "launch.begun"
    LAUNCH_ASKED = "launch.asked"
    LAUNCH_RECORDED = "launch.recorded"
    WATCH_BEGUN = "watch.begun"
    WATCH_LISTED = "watch.listed"
    WATCH_RECORDED = "watch.recorded"
    MIRROR_BEGUN = "mirror.begun"
    MIRROR_COPIED = "mirror.copied"
    MIRROR_RECORDED = "mirror.recorded"
    COLLECT_BEGUN = "collect.begun"
    COLLECT_READ = "collect.read"
    COLLECT_JUDGED = "collect.judged"
    COLLECT_FETCHED = "collect.fetched"
    COLLECT_NOTED = "collect.noted"
    COLLECT_RECORDED = "collect.recorded"
    CANCEL_BEGUN = "cancel.begun"
    CANCEL_TOLD = "cancel.told"
    CANCEL_RECORDED = "cancel.recorded"
    FORBID_BEGUN = "forbid.begun"
    FORBID_TAKEN = "forbid.taken"
    FORBID_RECORDED = "forbid.recorded"
    ABANDON_DECIDED = "abandon.decided"
    ABANDON_RECORDED = "abandon.recorded"


Pass = Callable[[Mark], None]
"""Called whenever a mark is passed."""


def pass_by(mark: Mark) -> None:
    """What the product does at a mark: nothing."""
    del mark
