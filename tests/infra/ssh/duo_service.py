"""A stand-in for Duo's service on loopback, for the real pam_duo (libpam-duo 1.11, /rest/v1, answers in BSON).

``duo_service.py FOLDER`` needs cert.pem and key.pem there, writes its port to FOLDER/port, reads FOLDER/mode at every
request, and appends each factor that was tried to FOLDER/asked.
"""

import http.server
import json
import ssl
import struct
import sys
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PUSHES = {"push1", "push", "voice1", "phone"}
NEVER_S = 60
PROMPT = (
    "Duo two-factor login for {user}\n\nEnter a passcode or select one of the following options:\n\n"
    " 1. Duo Push to XXX-XXX-1234\n 2. Phone call to XXX-XXX-1234\n 3. SMS passcodes to XXX-XXX-1234\n\n"
    "Passcode or option (1-3): "
)
FACTORS = {"default": "push1", "1": "push1", "2": "voice1", "3": "smsrefresh1"}
ALLOWED = {"result": "allow", "status": "Success. Logging you in..."}


def set_mode(folder: Path, **mode: str) -> None:
    """Say what happens from the next request on: ``push`` (allow, deny, timeout), ``delay`` in s, ``passcode``."""
    draft = folder / "mode.new"
    draft.write_text(json.dumps(mode))
    draft.replace(folder / "mode")


def bson(document: Mapping[str, Any]) -> bytes:
    """A document of texts and documents."""
    body = b"".join(_element(name.encode() + b"\0", value) for name, value in document.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def _element(name: bytes, value: Any) -> bytes:
    if isinstance(value, Mapping):
        return b"\x03" + name + bson(value)
    text = str(value).encode() + b"\0"
    return b"\x02" + name + struct.pack("<i", len(text)) + text


class Service(http.server.ThreadingHTTPServer):
    """The service with its open transactions."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.folder = folder
        self.pending: dict[str, str] = {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def answer(self, question: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """What Duo says to a request of pam_duo."""
        if question == "preauth.bson":
            return {"result": "auth", "prompt": PROMPT.format(user=asked.get("user")), "factors": FACTORS}
        if question == "auth.bson":
            return self._begin(asked["auto"], waits=asked.get("async") == "0")
        return self._verdict(self.pending[asked["txid"]])

    def _begin(self, factor: str, *, waits: bool) -> Mapping[str, Any]:
        with (self.folder / "asked").open("a") as file:
            file.write(f"{factor}\n")
        if waits:
            return self._verdict(factor)
        transaction = uuid.uuid4().hex
        self.pending[transaction] = factor
        return {"txid": transaction}

    def _verdict(self, factor: str) -> Mapping[str, Any]:
        mode = json.loads((self.folder / "mode").read_text())
        if factor not in PUSHES:
            return ALLOWED if factor == mode["passcode"] else denied("Incorrect passcode. Please try again.")
        time.sleep(NEVER_S if mode["push"] == "timeout" else float(mode["delay"]))
        if mode["push"] == "allow":
            return ALLOWED
        return denied("Login timed out." if mode["push"] == "timeout" else "Login request denied.")


def denied(why: str) -> Mapping[str, Any]:
    """A refusal."""
    return {"result": "deny", "status": why}


class Visit(http.server.BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Service

    def do_GET(self) -> None:
        """The questions that change nothing."""
        self._reply("")

    def do_POST(self) -> None:
        """The others."""
        self._reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _reply(self, body: str) -> None:
        address = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(address.query or body))
        data = bson({"stat": "OK", "response": self.server.answer(address.path.rpartition("/")[2], asked)})
        self.send_response(200)
        self.send_header("Content-Type", "application/bson")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main(folder: Path) -> None:
    """Serve until killed."""
    service = Service(folder)
    draft = folder / "port.new"
    draft.write_text(str(service.server_address[1]))
    draft.replace(folder / "port")
    service.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
