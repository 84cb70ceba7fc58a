"""Which path is answered by what, and how errors look from outside."""

import json
import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp
from tests.fixtures.asgi import Told, ask

from swarmscope import schema
from swarmscope.embedded.database import Database
from swarmscope.server.app import Context, application


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path) as opened:
        yield opened


def app(database: Any, token: str = "") -> ASGIApp:
    return application(Context(database, schema.BUCKET, "o"), token=token)


def refused(told: Told) -> tuple[int, str, str]:
    document = json.loads(told.body)
    assert document.keys() == {"code", "message"}
    return told.status, document["code"], document["message"]


def test_it_says_what_it_is_to_everybody() -> None:
    here = app(None, "secret")
    health = ask(here, "/health")
    told = json.loads(health.body)
    assert told["version"] == version("swarmscope")
    assert (told["name"], told["status"]) == ("swarmscope", "pass")
    ping = ask(here, "/ping")
    assert (ping.status, ping.body) == (204, b"")
    assert ping.headers["x-influxdb-version"].startswith("v2.")


def test_flux_is_not_spoken_and_it_says_what_is() -> None:
    status, code, message = refused(ask(app(None), "/api/v2/query", "POST"))
    assert (status, code) == (501, "not implemented")
    assert "/api/queries" in message


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/nowhere", "GET", 404, "not found"),
        ("/health/", "GET", 404, "not found"),
        ("/api/v2/write", "GET", 405, "method not allowed"),
        ("/api/v2/delete", "PUT", 405, "method not allowed"),
        ("/static/nothing.js", "GET", 404, "not found"),
    ],
)
def test_what_is_not_there_is_refused_in_json(
    path: str, method: str, status: int, code: str
) -> None:
    told = ask(app(None), path, method)
    assert refused(told)[:2] == (status, code)
    assert "location" not in told.headers


def test_without_its_token_it_refuses() -> None:
    told = ask(app(None, "secret"), "/api/queries")
    assert refused(told)[:2] == (401, "unauthorized")
    assert ask(app(None, "secret"), "/api/queries", authorization="Token secret").status == 200


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        ("/api/queries/users", 400, "invalid", "no run was named"),
        ("/api/queries/usres", 400, "invalid", "usres"),
        ("/api/audit?run=r", 404, "not found", "no run 'r'"),
    ],
)
def test_our_own_errors_have_their_status(
    database: Database, path: str, status: int, code: str, says: str
) -> None:
    found = refused(ask(app(database), path))
    assert found[:2] == (status, code)
    assert says in found[2]


def test_what_goes_wrong_inside_is_told_to_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    # A database that is none: whatever it is, a stranger hears nothing of it.
    status, code, message = refused(ask(app("secret of the inside"), "/api/queries/runs"))
    assert (status, code) == (500, "internal error")
    assert message == "An internal error has occurred; the server's log has it."
    assert "GET /api/queries/runs failed: AttributeError" in caplog.text
