"""The commands ``argosy template ...``, which are written in several modules."""

from argosy.cli.enrol import commands

app = commands("Job definitions with parameters.")
