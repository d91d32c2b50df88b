"""What happens on the way: a real socket that answers as badly as servers do."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from argosy.client import calls
from argosy.client.wire import Broken, Gone, Wire
from argosy.core.errors import BadInput, ServerError
from argosy.core.server_file import ServerFile
from argosy.core.spec import Content


def wire_to(port: int) -> Wire:
    return Wire(ServerFile(pid=1, port=port, token="t" * 20, version="0", started=datetime.now(UTC)))


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[Wire]:
    """A server that takes one connection, reads a request's head and does what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            connection, _ = listening.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
                answer(connection)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield wire_to(listening.getsockname()[1])
        thread.join(10)


def said(text: str) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text.replace("\n", "\r\n").encode())


def test_nobody_at_the_port_is_known_to_be_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Gone, match="no server answers"):
        wire_to(port).send(calls.health())


def test_a_connection_that_ends_before_the_answer_leaves_it_open_what_happened() -> None:
    with answering(lambda _: None) as wire, pytest.raises(Broken, match="broke off"):
        wire.send(calls.settings())


def test_an_answer_that_is_cut_short_is_no_answer() -> None:
    with answering(said('HTTP/1.1 200 OK\nContent-Length: 50\n\n{"a')) as wire, pytest.raises(Broken):
        wire.send(calls.settings())


def test_a_stream_that_is_cut_short_is_no_end_of_file() -> None:
    cut = said("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n")
    with answering(cut) as wire, wire.flow(calls.file("j" + "0" * 21, "stdout")) as flow, pytest.raises(Broken):
        list(flow.pieces)


def test_a_reader_that_has_gone_is_not_taken_for_a_server_that_has() -> None:
    whole = said("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")
    with answering(whole) as wire, pytest.raises(BrokenPipeError), wire.flow(calls.file("j" + "0" * 21, "stdout")):
        raise BrokenPipeError


def test_the_servers_own_error_comes_back_as_itself() -> None:
    body = '{"code": "bad_input", "message": "no", "hint": "do", "findings": []}'
    refusal = said(f"HTTP/1.1 422 No\nContent-Length: {len(body)}\n\n{body}")
    with answering(refusal) as wire, pytest.raises(BadInput, match="no") as caught:
        wire.send(calls.settings())
    assert caught.value.hint == "do"


@pytest.mark.parametrize("body", ["<html>proxy</html>", "[]", "null", '{"findings": 3}'])
def test_words_of_another_program_are_called_what_they_are(body: str) -> None:
    answer = said(f"HTTP/1.1 502 Bad\nContent-Length: {len(body)}\n\n{body}")
    with answering(answer) as wire, pytest.raises(ServerError, match="status 502"):
        wire.send(calls.settings())


def test_a_refusal_that_comes_before_the_whole_file_was_sent_is_heard() -> None:
    body = '{"code": "no_room", "message": "the disk is full", "hint": "", "findings": []}'
    refusal = said(f"HTTP/1.1 507 No\nContent-Length: {len(body)}\nConnection: close\n\n{body}")
    content = Content(sha256="0" * 64, size=1 << 16)
    with answering(refusal) as wire, pytest.raises(Exception, match=r"disk is full|broke off"):
        wire.upload(content, [b"x" * (1 << 16)])
