"""Machines elsewhere, reached by SSH."""
