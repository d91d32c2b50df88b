"""A machine elsewhere, reached by starting POSIX shells on it."""
