"""Each rule of the general catalogue has a real line that hits it, and no sound output hits any."""

import pytest

from argosy.core.failures import Diagnosis, diagnose
from argosy.core.job import RetryClass
from argosy.core.outputs import Excerpt, Outputs
from argosy.engines.command.engine import ENGINE

# What programs really print, with the exit code they end with.
LINES: list[tuple[str, int, str]] = [
    ("disk_full", 1, "cp: error writing 'big.dat': No space left on device"),
    ("disk_full", 1, "OSError: [Errno 28] No space left on device: 'traj.dcd'"),
    ("quota_exceeded", 1, "forrtl: Disk quota exceeded"),
    ("quota_exceeded", 1, "OSError: [Errno 122] Disk quota exceeded"),
    ("read_only", 1, "touch: cannot touch 'out': Read-only file system"),
    ("file_server", 1, "cat: /home/ada/input: Stale file handle"),
    ("file_server", 5, "read error: Input/output error"),
    (
        "shared_library",
        127,
        "./namd3: error while loading shared libraries: libfftw3f.so.3: cannot open shared object file",
    ),
    ("shared_library", 1, "./prog: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by ./prog)"),
    ("module", 78, "ERROR: Unable to locate a modulefile for 'gcc/99'"),
    ("module", 1, 'Lmod has detected the following error: The following module(s) are unknown: "gcc/99"'),
    ("module", 78, "bash: line 4: module: command not found"),
    ("module", 127, "sh: 4: module: not found"),
    ("environment", 78, "argosy: the environment of the target could not be set up, so the program was not started"),
    ("not_found", 127, "bash: line 1: gmx: command not found"),
    ("not_found", 127, "/data/jobs/j1/attempt-1/run.sh: 12: gmx: not found"),
    ("not_found", 127, "sh: gmx: not found"),
    ("not_found", 127, "setsid: failed to execute gmx: No such file or directory"),
    ("not_found", 127, "setsid: can't execute 'gmx': No such file or directory"),
    ("not_found", 127, "env: \u2018gmx\u2019: No such file or directory"),
    ("not_found", 126, "bash: ./run: /opt/python: bad interpreter: No such file or directory"),
    ("not_found", 127, "bash: line 1: ./run: cannot execute: required file not found"),
    ("not_found", 1, "run.sh: line 3: gmx: command not found"),
    ("not_executable", 126, "setsid: failed to execute ./run: Permission denied"),
    ("not_executable", 126, "bash: line 1: ./run: Permission denied"),
    ("gpu_memory", 1, "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB"),
    ("gpu_memory", 1, "RuntimeError: CUDA error: out of memory"),
    ("gpu_memory", 1, "FATAL ERROR: CUDA error cudaMalloc: CUDA_ERROR_OUT_OF_MEMORY"),
    ("out_of_memory", 1, "MemoryError"),
    ("out_of_memory", 1, "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array"),
    ("out_of_memory", 1, "bash: fork: Cannot allocate memory"),
    ("out_of_memory", 134, "terminate called after throwing an instance of 'std::bad_alloc'"),
    ("out_of_memory", 1, "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0"),
    ("out_of_memory", 1, "java.lang.OutOfMemoryError: Out of memory"),
    ("too_many_files", 1, "OSError: [Errno 24] Too many open files: 'x'"),
    ("process_limit", 254, "bash: fork: retry: Resource temporarily unavailable"),
    ("process_limit", 1, "RuntimeError: can't start new thread"),
    (
        "process_limit",
        1,
        "OpenBLAS blas_thread_init: pthread_create failed for thread 7: Resource temporarily unavailable",
    ),
    ("mpi_slots", 1, "There are not enough slots available in the system to satisfy the 8 slots"),
    ("mpi_root", 1, "mpirun has detected an attempt to run as root."),
    ("no_gpu", 1, "CUDA error: no CUDA-capable device is detected"),
    ("segmentation_fault", 139, "forrtl: severe (174): SIGSEGV, segmentation fault occurred"),
    ("segmentation_fault", 139, "Segmentation fault (core dumped)"),
    ("crash_11", 139, "step 100 done"),
    ("crash_7", 135, "step 100 done"),
    ("crash_4", 132, "step 100 done"),
    ("killed", 137, "step 100 done"),
    ("python_module", 1, "ModuleNotFoundError: No module named 'numpy'"),
    ("missing_file", 1, "FileNotFoundError: [Errno 2] No such file or directory: 'input.pdb'"),
    ("missing_file", 2, "cat: input.pdb: No such file or directory"),
    ("text_file_busy", 126, "bash: line 1: ./solver: Text file busy"),
    ("slurm_step_place", 2, "slurmstepd: error: execve(): /opt/solver: No such file or directory"),
    ("slurm_step_place", 1, "slurmstepd: error: couldn't chdir to `/home/ada': No such file or directory"),
    ("slurm_step", 1, "srun: error: Unable to create step for job 17: Requested node configuration is not available"),
    ("mpi_program", 134, "mpirun was unable to find the specified executable file, and therefore did not launch"),
    ("mpi_launch", 1, "PMIX ERROR: UNREACHABLE in file server/pmix_server.c at line 2198"),
    ("mpi_launch", 1, "[node1:12] OPAL ERROR: Unreachable in file ext3x_client.c at line 112"),
    ("mpi_rank_signal", 134, "mpirun noticed that process rank 1 with PID 0 on node n1 exited on signal 6 (Aborted)."),
    ("mpi_abort", 1, "MPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD"),
    ("mpi_abort", 3, "mpirun detected that one or more processes exited with non-zero status, thus causing the job"),
    ("apptainer", 255, "FATAL:   could not open image /home/ada/solver.sif: failed to retrieve path"),
    ("gpu_driver", 1, "RuntimeError: CUDA driver version is insufficient for CUDA runtime version"),
    ("gpu_build", 1, "CUDA error: no kernel image is available for execution on the device"),
    ("gpu_hardware", 1, "CUDA error: uncorrectable ECC error encountered"),
    ("gpu_hardware", 1, "NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus."),
    ("gpu_hardware", 1, "openmm.OpenMMException: Error invoking kernel: CUDA_ERROR_ECC_UNCORRECTABLE (214)"),
    ("gpu_busy", 1, "CUDA error: all CUDA-capable devices are busy or unavailable"),
    ("gpu_assert", 1, "RuntimeError: CUDA error: device-side assert triggered"),
    ("gpu_fault", 1, "CUDA error: an illegal memory access was encountered"),
    ("gpu_network", 1, "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1970"),
    ("gpu_memory", 1, "torch.OutOfMemoryError: no room on device 0"),
    ("locked_memory", 1, "The OpenFabrics (openib) BTL failed: ibv_create_cq() fails, check your memlock limits"),
    ("process_killed", 1, "  exitcode  : -9 (pid: 4242)"),
    ("process_killed", 137, "run.sh: line 7: 214511 Killed                  ./solver --input big.dat"),
    ("process_killed", 1, "mpirun noticed that process rank 3 with PID 0 on node n7 exited on signal 9 (Killed)."),
    ("windows_lines", 127, "run.sh: line 2: $'\\r': command not found"),
    ("windows_lines", 126, "bash: ./run.sh: /bin/sh^M: bad interpreter: No such file or directory"),
    ("windows_lines", 127, "./run.sh: 2: \r: not found"),
    ("slurm_output", 1, "Slurm says that its script failed (FAILED, exit code 0:53)"),
    ("permission_denied", 1, "cat: /etc/shadow: Permission denied"),
    ("permission_denied", 1, "PermissionError: [Errno 13] Permission denied: '/opt/results'"),
    ("arithmetic", 136, "Program received signal SIGFPE: Floating-point exception - erroneous arithmetic operation."),
    ("crash_8", 136, "step 100 done"),
    ("processor_time", 152, "bash: line 1:  4711 CPU time limit exceeded ./solver"),
    ("crash_24", 152, "step 100 done"),
    ("file_size", 153, "bash: line 1:  4711 File size limit exceeded ./solver"),
    ("file_size", 1, "OSError: [Errno 27] File too large"),
    ("crash_25", 153, "step 100 done"),
    ("bus_error", 135, "Bus error (core dumped)"),
    ("illegal_instruction", 132, "Illegal instruction (core dumped)"),
    ("download_refused", 1, "huggingface_hub.errors.GatedRepoError: 401 Client Error."),
    (
        "network",
        1,
        "ConnectionError: HTTPSConnectionPool(host='x'): Max retries exceeded with url: /",
    ),
    ("port_taken", 1, "OSError: [Errno 98] Address already in use"),
    ("python_library", 1, "ImportError: /lib/solver.so: undefined symbol: cblas_dgemm"),
    ("python_error", 1, 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: bad'),
]
SOUND = [
    "GROMACS reminds you: Memory is a funny thing.\nFinished mdrun on rank 0\nThe memory usage is fine: 12 MB",
    "Info: Benchmark time: 4 CPUs 0.01 s/step 0 MB memory\nWRITING EXTENDED SYSTEM TO OUTPUT FILE AT STEP 100",
    "UserWarning: a MemoryErrorHandler is installed\n100%|##########| 10/10\nAll tests passed, 0 errors",
    "Key not found: using the default\nno previous checkpoint found, starting anew\nsignals: 15 ok",
    "BlockingIOError while locking: Resource temporarily unavailable, trying again",
    "#Step,Time (ps),Energy\n28,0.1,-122.0\n30,0.2,-116.0\nErrno: none",
    "[n1:4711] PMIX ERROR: ERROR in file gds_ds12_lock_pthread.c at line 168\nQTHREADS: Using 128 Shepherds",
    "WARNING: There was an error initializing an OpenFabrics device.\n\n  Local host:   n1\n  Local device: mlx5_0",
    "[n1:4711] btl_openib: no active ports were found\nucp_context.c:1437 UCX  WARN  network device is not there",
    "[n1][[14125,1],2] mca_btl_tcp_frag_recv: readv failed: Connection reset by peer (104)",
    "Note: The following floating-point exceptions are signalling: IEEE_UNDERFLOW_FLAG IEEE_DENORMAL",
    "NVRM: Xid (PCI:0000:3b:00): 13, pid=48, a fault of the program\nSkilled and Killed are words",
    "Checking permissions ... denied for 0 files\nthe exception list is empty",
]


def left(stderr: str) -> Outputs:
    return Outputs(stderr=Excerpt(text=stderr, size=len(stderr.encode())))


def diagnosed(stderr: str, code: int) -> Diagnosis | None:
    return diagnose(ENGINE.rules, left(stderr), code)


@pytest.mark.parametrize(
    ("signature", "code", "line"), LINES, ids=[f"{number}-{row[0]}" for number, row in enumerate(LINES)]
)
def test_what_programs_really_print_is_recognised(signature: str, code: int, line: str) -> None:
    text = f"loading\nreading input\n{line}\nending\n"
    diagnosis = diagnosed(text, code)
    assert diagnosis is not None
    assert diagnosis.signature == signature
    rule = next(rule for rule in ENGINE.rules if rule.signature == signature)
    assert not rule.pattern or line.split("\n", maxsplit=1)[0] in diagnosis.excerpt


def test_every_rule_has_a_line_that_hits_it() -> None:
    assert {row[0] for row in LINES} == {rule.signature for rule in ENGINE.rules}


@pytest.mark.parametrize("text", SOUND, ids=range(len(SOUND)))
@pytest.mark.parametrize("code", [1, 2, 126, 127])
def test_sound_output_before_a_failure_is_not_blamed(text: str, code: int) -> None:
    assert diagnosed(text, code) is None


def test_signatures_are_unique_and_every_rule_says_what_to_do() -> None:
    signatures = [rule.signature for rule in ENGINE.rules]
    assert len(set(signatures)) == len(signatures)
    for rule in ENGINE.rules:
        assert rule.explanation.endswith(".")
        assert rule.advice.endswith(".")
        assert "\n" not in rule.explanation + rule.advice


def test_nothing_is_tried_again_by_itself_that_would_fail_again() -> None:
    again = {RetryClass.AS_IS, RetryClass.WAIT, RetryClass.ONCE, RetryClass.OTHER_NODE, RetryClass.CHECKPOINT}
    retried = {rule.signature for rule in ENGINE.rules if rule.retry in again}
    hopeful = {"file_server", "process_limit", "text_file_busy", "network", "port_taken"}
    once = {"segmentation_fault", "crash_11", "gpu_fault", "gpu_network", "mpi_rank_signal"}
    elsewhere = {"read_only", "crash_4", "illegal_instruction", "gpu_driver", "gpu_build", "gpu_hardware", "gpu_busy"}
    assert retried == hopeful | once | elsewhere | {"locked_memory"}
