"""Puts N finished processes into the database of AiiDA's default profile, in bulk through its ORM.

usage: AIIDA_PATH=... aiida_fill.py N    in AiiDA's own environment
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aiida import load_profile, orm
from aiida.manage import get_manager
from aiida.orm.entities import EntityTypes

BATCH = 1000
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def main() -> None:
    count = int(sys.argv[1])
    load_profile()
    storage = get_manager().get_profile_storage()
    owner, computer = storage.default_user.pk, orm.load_computer("localhost").pk
    for start in range(0, count, BATCH):
        rows = [row(number, owner, computer) for number in range(start, min(start + BATCH, count))]
        storage.bulk_insert(EntityTypes.NODE, rows)
    json.dump({"processes": orm.QueryBuilder().append(orm.ProcessNode).count()}, sys.stdout)


def row(number: int, owner: int, computer: int) -> dict[str, Any]:
    made = FIRST + timedelta(seconds=number)
    return {
        "uuid": str(uuid4()),
        "node_type": orm.CalcJobNode.class_node_type,
        "process_type": "aiida.calculations:core.arithmetic.add",
        "label": f"run {number}",
        "description": "",
        "ctime": made,
        "mtime": made + timedelta(seconds=60),
        "user_id": owner,
        "dbcomputer_id": computer,
        "extras": {},
        "repository_metadata": {},
        "attributes": {
            "process_label": f"Calculation{number % 40}",
            "process_state": "finished",
            "exit_status": 0 if number % 20 else 300,
            "scheduler_state": "done",
            "sealed": True,
            "version": {"core": "2", "plugin": "2"},
        },
    }


if __name__ == "__main__":
    main()
