"""Slurm: text in, text out."""
