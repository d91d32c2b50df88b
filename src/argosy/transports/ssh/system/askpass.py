"""What ssh runs when it wants to ask a person: it asks the server of Argosy, and prints the answer.

A program of its own, started by its path with nothing but the standard library: ``askpass.py SOCKET QUESTION``. Ends
with 1, and says nothing, when there is no answer.
"""

import json
import os
import socket
import sys


def main(place: str, text: str) -> int:
    """Ask, and wait for as long as the server holds the line."""
    asked = {"text": text, "hint": os.environ.get("SSH_ASKPASS_PROMPT", "")}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(place)
        line.sendall(json.dumps(asked).encode() + b"\n")
        with line.makefile("rb") as replies:
            reply = replies.readline()
    if not reply.endswith(b"\n"):
        return 1
    sys.stdout.buffer.write(os.fsencode(json.loads(reply)) + b"\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], " ".join(sys.argv[2:])))
    except (OSError, ValueError):
        sys.exit(1)
