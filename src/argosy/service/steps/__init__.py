"""The steps of a job's walk.

Each takes attempts that are due, does its work for all of them at once, writes what is true now, and returns the
attempts as they are after it. A step that is entered again first looks whether its work is already done.
"""
