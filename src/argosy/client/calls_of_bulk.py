"""Requests about many jobs at once. Pure, like ``calls``."""

from typing import TYPE_CHECKING, Any

from argosy.client.call import Call

if TYPE_CHECKING:
    from argosy.core.bulk import Dealt, Deed, Which

_BULK_S = 7200.0


def preview(which: "Which", deed: "Deed") -> Call["Dealt"]:
    """To which jobs it would be done."""
    return _bulk(which, deed, dry_run=True)


def deal(which: "Which", deed: "Deed") -> Call["Dealt"]:
    """Do it to each of them; only what changes nothing a second time is asked for again by itself."""
    return _bulk(which, deed, dry_run=False)


def _bulk(which: "Which", deed: "Deed", *, dry_run: bool) -> Call["Dealt"]:
    from argosy.core.bulk import Dealt

    body: dict[str, Any] = {
        "which": which.model_dump(mode="json", exclude_none=True),
        "deed": deed.model_dump(mode="json"),
    }
    return Call(
        "POST",
        "/v1/jobs/bulk",
        Dealt.model_validate_json,
        params={"dry_run": "true" if dry_run else None},
        body=body,
        again=dry_run or deed.kind in {"cancel", "hold", "label", "priority"},
        patience_s=_BULK_S,
    )
