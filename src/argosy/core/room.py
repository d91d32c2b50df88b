"""How much room there is where the files of jobs lie: quotas, and what is free. Pure."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from argosy.core.values import Value

_TABLE_COLUMNS = 9


class Room(Value):
    """One place: what a quota of mine allows there, and what is free on its file system; None where it is not known.

    ``files`` are counted like ``mib``. ``basis`` is who said so.
    """

    place: str
    path: str
    used_mib: int | None = Field(default=None, ge=0)
    allowed_mib: int | None = Field(default=None, ge=0)
    free_mib: int | None = Field(default=None, ge=0)
    used_files: int | None = Field(default=None, ge=0)
    allowed_files: int | None = Field(default=None, ge=0)
    free_files: int | None = Field(default=None, ge=0)
    basis: str = ""


def rooms(places: Mapping[str, str], lines: Iterable[str]) -> tuple[Room, ...]:
    """The room at each place, from lines ``PLACE WORD NUMBER...`` of a look; strange lines say nothing."""
    found = {place: Room(place=place, path=path) for place, path in places.items()}
    devices: dict[str, str] = {}
    for line in lines:
        place, _, rest = line.partition(" ")
        word, _, said = rest.partition(" ")
        if place not in found:
            continue
        if word == "on":
            devices[place] = said.strip()
        else:
            found[place] = found[place].model_copy(update=_facts(word, said.split(), devices.get(place, "")))
    return tuple(found.values())


def _facts(word: str, said: list[str], device: str) -> dict[str, int | str | None]:
    numbers = [_number(part) for part in said]
    if word == "free" and len(numbers) == 1 and numbers[0] is not None:
        return {"free_mib": numbers[0] // 1024}
    if word == "names" and len(numbers) == 1:
        return {"free_files": numbers[0]}
    if word in {"lustre", "quota"} and len(said) >= _TABLE_COLUMNS and (word == "lustre" or said[0] == device):
        return _of_table(numbers, "Lustre" if word == "lustre" else "quota")
    return {}


def _of_table(numbers: list[int | None], basis: str) -> dict[str, int | str | None]:
    """A row ``FILESYSTEM used soft hard grace files soft hard grace``, in KiB; 0 means no limit."""
    used, soft, hard, _, files, soft_files, hard_files, *_ = numbers[1:]
    if used is None or not (soft or hard or soft_files or hard_files):
        return {}
    allowed = soft or hard
    return {
        "used_mib": used // 1024,
        "allowed_mib": allowed // 1024 if allowed else None,
        "used_files": files,
        "allowed_files": soft_files or hard_files or None,
        "basis": basis,
    }


def _number(text: str) -> int | None:
    """A count, with the mark that a quota which is used up has."""
    word = text.rstrip("*")
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 18 else None
