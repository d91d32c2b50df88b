"""The engine ``command``: any program, judged by its exit code and the general failure catalogue."""
