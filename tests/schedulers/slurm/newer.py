"""Documents as ``squeue --json`` writes them since Slurm 24.05, with all fields of a job and values of our own.

The layout is that of ``JOB_INFO`` in Slurm's sources (``src/plugins/data_parser``): v0.0.41 came with 24.05, v0.0.46 is
the newest that is published. What Argosy reads has the same name and kind in both.
"""

import json
from typing import Any

LAYOUTS = ("v0.0.41", "v0.0.46")


def _names(text: str) -> list[str]:
    return text.split()


_NUMBERS = _names(
    """accrue_time array_job_id array_max_tasks billable_tres cores_per_socket cpus cpus_per_task
    cpu_frequency_minimum cpu_frequency_maximum cpu_frequency_governor deadline delay_boot eligible_time end_time
    het_job_id het_job_offset last_sched_evaluation max_cpus max_nodes memory_per_cpu memory_per_node
    minimum_cpus_per_node minimum_tmp_disk_per_node node_count pre_sus_time preempt_time preemptable_time priority
    resize_time sockets_per_node start_time submit_time suspend_time tasks tasks_per_board tasks_per_core
    tasks_per_node tasks_per_socket tasks_per_tres threads_per_core time_minimum"""
)
_TEXTS = _names(
    """account admin_comment allocating_node array_task_string batch_features batch_host burst_buffer
    burst_buffer_state cluster cluster_features command comment container container_id cpus_per_tres cron
    current_working_directory dependency excluded_nodes extra failed_node features federation_origin
    federation_siblings_active federation_siblings_viable group_name het_job_id_set licenses mail_user mcs_label
    memory_per_tres name network nodes partition prefer qos required_nodes resv_name scheduled_nodes selinux_context
    standard_error standard_input standard_output state_description system_comment tres_alloc_str tres_bind tres_freq
    tres_per_job tres_per_node tres_per_socket tres_per_task tres_req_str user_name wckey"""
)
_WHOLE = _names(
    """association_id core_spec group_id job_id maximum_switch_wait_time nice restart_cnt sockets_per_board
    thread_spec user_id"""
)
_FLAGS = ("batch_flag", "contiguous", "hold", "reboot", "requeue")
_LISTS = ("flags", "gres_detail", "job_size_str", "mail_type")


def number(value: float | None, *, infinite: bool = False) -> dict[str, object]:
    """A number that may be unset or without end."""
    return {"set": value is not None, "infinite": infinite, "number": value or 0}


def exit_code(status: str = "PENDING", code: int | None = None) -> dict[str, object]:
    """How a process ended."""
    return {"status": [status], "return_code": number(code), "signal": {"id": number(None), "name": ""}}


def job(layout: str, **said: Any) -> dict[str, Any]:
    """A job with all fields of a layout; those that are not ``said`` hold what Slurm writes for nothing."""
    plain = {
        **{name: number(0) for name in _NUMBERS},
        **dict.fromkeys(_TEXTS, ""),
        **dict.fromkeys(_WHOLE, 0),
        **dict.fromkeys(_FLAGS, False),
        **{name: [] for name in _LISTS},
        "array_task_id": number(None),
        "derived_exit_code": exit_code(),
        "exit_code": exit_code(),
        "job_resources": None,
        "job_state": ["PENDING"],
        "profile": ["NOT_SET"],
        "state_reason": "None",
        "time_limit": number(None, infinite=True),
    }
    if layout == "v0.0.41":
        odd = {"minimum_switches": 0, "oversubscribe": True, "power": {"flags": []}, "show_flags": ["ALL", "DETAIL"]}
        plain |= {**odd, "exclusive": [], "shared": []}
    else:
        odd = {"required_switches": 0, "segment_size": 0, "priority_by_partition": [], "memory_update_delay": 0}
        plain |= {**odd, "licenses_allocated": "", "submit_line": "sbatch run.sh", "runtime": "", "stdin_expanded": ""}
        plain |= {"step_id": {"job_id": said.get("job_id", 0), "step_id": "TBD", "sluid": "s3J5DAVE6F2Q00"}}
    return {**plain, **said}


def document(layout: str, *jobs: dict[str, Any], **said: Any) -> str:
    """The whole document, with its slashes written as Slurm writes them."""
    release = {"major": "24", "minor": "05", "micro": "4"} if layout == "v0.0.41" else {"major": "26", "minor": "05"}
    plugin = {"type": "", "name": "", "data_parser": f"data_parser/{layout}", "accounting_storage": ""}
    meta = {"plugin": plugin, "client": {"source": "/dev/pts/0"}, "command": ["squeue"], "slurm": {"version": release}}
    times = {"last_backfill": number(1795203000), "last_update": number(1795203600)}
    whole = {"jobs": list(jobs), **times, "meta": meta, "errors": [], "warnings": [], **said}
    return json.dumps(whole, indent=2).replace("/", "\\/")
