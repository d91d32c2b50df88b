"""The server of one user: its start and its end, what it is made of, and what it says of itself."""
