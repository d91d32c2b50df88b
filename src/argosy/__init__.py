"""Scientific compute jobs, described once, run anywhere."""

__version__ = "0.1.0"
