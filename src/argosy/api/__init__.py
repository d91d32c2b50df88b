"""The door: parses a request, calls the service, returns its answer. It decides nothing."""
