"""The road: the one way from a window, a script or a notebook to the server."""
