"""An answer is read as far as it may be long, and for as long as it may take."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from swarmscope.transport.bounded import (
    BRIEF_BYTES,
    HEAD_BYTES,
    LONG_BYTES,
    Brief,
    Long,
    TooLongError,
)

HEAD = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
Answer = Callable[..., Long]


class Short(Long):
    """An answer of two KiB at most, its head included."""

    most = 2 * 1024


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Return an answer of these bytes, after which the server ends, or waits."""
    sockets: list[socket.socket] = []

    def make(
        said: bytes,
        *how: Any,
        kind: type[Long] = Short,
        timeout: float | None = 9.0,
        ends: bool = True,
        **more: Any,
    ) -> Long:
        server, client = socket.socketpair()
        sockets.extend((server, client))
        client.settimeout(timeout)
        server.sendall(said)
        if ends:
            server.shutdown(socket.SHUT_WR)
        made = kind(client, *how, **more)
        made.begin()
        return made

    yield make
    for one in sockets:
        one.close()


def test_an_answer_is_read_to_its_end(answer: Answer) -> None:
    read = answer(HEAD + b"some words")
    assert (read.status, read.headers["X"], read.read()) == (200, "y", b"some words")


def test_its_length_is_counted_with_its_head_to_the_last_byte(answer: Answer) -> None:
    room = HEAD_BYTES + Short.most - len(HEAD)
    assert answer(HEAD + b"x" * room).read() == b"x" * room
    with pytest.raises(TooLongError, match=r"^its answer is longer than 2 KiB$"):
        answer(HEAD + b"x" * (room + 1)).read()


def test_a_head_without_an_end_is_too_long(answer: Answer) -> None:
    with pytest.raises(TooLongError):
        answer(HEAD[:-2] + (b"Y: " + b"x" * (HEAD_BYTES // 3) + b"\r\n") * 3)


@pytest.mark.parametrize("kind", [Brief, Long])
def test_a_head_that_is_always_still_to_come_is_too_long(answer: Answer, kind: type[Long]) -> None:
    """However long its body may be: http.client passes over them without an end."""
    still = b"HTTP/1.1 100 Continue\r\n\r\n"
    with pytest.raises(TooLongError, match=r"longer than 64 KiB$"):
        answer(still * (2 * HEAD_BYTES // len(still)) + HEAD, kind=kind)


@pytest.mark.parametrize(
    "promise",
    [b"Content-Length: 2049\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n801\r\n"],
    ids=["length", "chunk"],
)
def test_what_promises_more_is_refused_before_any_of_it_is_read(
    answer: Answer, promise: bytes
) -> None:
    """At once: else room would be made for as much, and the rest waited for."""
    read = answer(b"HTTP/1.1 200 OK\r\n" + promise, ends=False)
    with pytest.raises(TooLongError, match=r"^its answer is longer than 2 KiB$"):
        read.read()


def test_as_much_as_was_promised_is_read(answer: Answer) -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n"
    assert answer(said, ends=False).read() == b"some"


@pytest.mark.parametrize(("how", "more"), [((), {"method": "HEAD"}), ((0, "HEAD"), {})])
def test_the_answer_to_a_head_has_no_body(
    answer: Answer, how: tuple[Any, ...], more: dict[str, str]
) -> None:
    """What http.client knows of the question goes with the answer."""
    read = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", *how, ends=False, **more)
    assert read.read() == b""


def test_a_few_words_may_be_shorter_than_a_table() -> None:
    assert Brief.most == BRIEF_BYTES < Long.most == LONG_BYTES


def test_who_says_nothing_more_is_not_waited_for_longer_than_was_agreed(answer: Answer) -> None:
    read = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome", timeout=0.1, ends=False)
    with pytest.raises(TimeoutError):
        read.read()


def test_what_comes_after_its_time_is_not_read(answer: Answer) -> None:
    with pytest.raises(TimeoutError, match=r"^its answer came too slowly to its end$"):
        answer(HEAD, timeout=1e-9)


def test_what_is_longer_may_take_longer(answer: Answer) -> None:
    """As much as comes at once costs no time of what is left for the rest."""
    body = b"x" * 60_000
    assert answer(HEAD + body, kind=Brief, timeout=1.0).read() == body


def test_nor_who_says_a_byte_now_and_then() -> None:
    """Each byte begins a time-out of the socket anew: it is of the whole answer here."""
    server, client = socket.socketpair()
    client.settimeout(0.2)
    ended = threading.Event()

    def drip() -> None:
        server.sendall(HEAD)
        while not ended.wait(0.02):
            server.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        read = Short(client, method="GET")
        read.begin()
        with pytest.raises(TimeoutError, match=r"too slowly|timed out"):
            read.read()
    finally:
        ended.set()
        thread.join()
        client.close()
        server.close()


def test_a_connection_without_a_time_out_has_the_usual_one(answer: Answer) -> None:
    assert answer(HEAD + b"some words", timeout=None).read() == b"some words"


def test_an_answer_that_is_closed_lets_go_of_its_connection(answer: Answer) -> None:
    read = answer(HEAD + b"some words", ends=False)
    file = read.fp
    read.close()
    assert file.closed
    assert file.raw.closed
