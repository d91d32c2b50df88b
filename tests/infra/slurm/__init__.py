"""A real Slurm of seven nodes on loopback: munge, MariaDB, slurmdbd, slurmctld and seven slurmd.

How to use it:

- ``slurm`` (fixture, one test at a time holds it together with others): the running cluster. ``slurm.run("sbatch",
  "--wrap", "true")`` runs a command on the host as the cluster's user ``slurm.person``; ``slurm.environment()`` has
  SLURM_CONF for programs of the host. ``slurm.projects`` and ``slurm.scratch`` are directories of that person.
- ``slurm_alone`` (fixture): the same cluster with nobody else on it, for tests that break something.
  ``kill("slurmctld")`` is kill -9, ``start("slurmctld")`` brings it back; the others are munged, mariadbd, slurmdbd and
  ``slurmd.c1`` and its like. It is whole, empty and in service again afterwards (``reset()``).
  ``configured(MinJobAge=2)`` changes slurm.conf for a while.
- ``login_node`` (fixture, one per test module): a real sshd of ``tests.infra.ssh`` whose sessions know the cluster.

Partitions: compute (default, c1-c4, 1 day), gpu (g1-g2, three GPUs each), testing (t1, 1 hour), long (c1-c4, 7 days).
QOS: normal, long, testing (5 jobs), preemptable (requeued by normal). Accounts: ucb-general (default), ucb999_alpha1.
Each node pretends to have 64 cores and 250 GB.

One cluster serves all workers of a test run. It is up in about 10 s, at the first test that asks, and goes down when
the last worker ends, however that ends. To keep one up between runs: ``python -m tests.infra.slurm DIRECTORY``, and the
runs with ``ARGOSY_TEST_SLURM=DIRECTORY``. The directory must not exist, and every user must be able to reach it.
"""
