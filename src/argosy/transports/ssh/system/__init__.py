"""The system's own ssh, driven: one master process for each connection, and its control socket for the channels."""
