"""Around the application: answers are inert, and an error costs a line of the log."""

import asyncio
import logging

import pytest
from starlette.types import Receive, Scope, Send
from tests.fixtures.asgi import ask

from swarmscope.server.envelope import SEAL, Envelope


def answering(*headers: tuple[bytes, bytes]) -> Envelope:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"x"})

    return Envelope(app)


def failing(error: BaseException) -> Envelope:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        raise error

    return Envelope(app)


def test_every_answer_is_sealed_unless_it_says_better() -> None:
    plain = ask(answering((b"content-type", b"text/html")))
    assert plain.body == b"x"
    for name, value in SEAL.items():
        assert plain.headers[name.lower()] == value
    own = ask(answering((b"content-security-policy", b"default-src 'self'")))
    assert own.headers["content-security-policy"] == "default-src 'self'"
    assert own.headers["x-content-type-options"] == "nosniff"


def test_an_error_is_one_line_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask(failing(ValueError("bad\n::error::line")), "/some\nwhere", "POST")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is None
    said = record.getMessage()
    assert said.startswith("POST /some where failed: ValueError: bad ::error::line (app, ")
    assert said.isprintable()


def test_its_trace_is_there_for_who_looks(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "swarmscope")
    ask(failing(ValueError("bad")))
    assert [bool(record.exc_info) for record in caplog.records] == [False, True]


def test_the_server_s_end_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "swarmscope")
    ask(failing(asyncio.CancelledError()))
    assert caplog.text == ""
