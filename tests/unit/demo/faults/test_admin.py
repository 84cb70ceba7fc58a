"""The admin path: there only where a shop was started with it, and for whom."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.fixtures.asgi import ask
from tests.fixtures.shop_thread import Client, open_shop

from swarmscope.demo.faults import admin
from swarmscope.demo.faults.switchboard import Switchboard
from swarmscope.demo.faults.table import FAULTS
from swarmscope.demo.parts import Parts
from swarmscope.demo.payments import Payments
from swarmscope.demo.pool import Pool


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with open_shop(tmp_path_factory.mktemp("shop"), faults=True) as client:
        yield client


def test_a_shop_that_was_started_without_it_says_so_and_how_to_have_it(tmp_path: Path) -> None:
    with open_shop(tmp_path) as client:
        asked = [("GET", ""), ("DELETE", ""), ("PUT", "/cliff"), ("PUT", "/a/b"), ("POST", "/x")]
        for method, rest in asked:
            answer = client.ask(method, f"/faults{rest}")
            assert (answer.status, answer.body["code"]) == (404, "no_faults_here")
            assert "Nothing was changed. A demo has it with any fault" in answer.body["message"]


def test_faults_are_listed_switched_on_with_a_size_and_off(shop: Client) -> None:
    listed = shop.ask("GET", "/faults").body
    assert [fault["name"] for fault in listed["faults"]] == list(FAULTS)
    assert listed["on"] == {}
    assert shop.ask("PUT", "/faults/dependency").body["on"] == {"dependency": 3}
    assert shop.ask("PUT", "/faults/dependency?size=8").body["on"] == {"dependency": 8}
    assert shop.ask("PUT", "/faults/leak").body["on"] == {"dependency": 8, "leak": 20}
    assert shop.ask("DELETE", "/faults/leak").body["on"] == {"dependency": 8}
    assert shop.ask("DELETE", "/faults").body["on"] == {}


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/faults/nonsense"), ("DELETE", "/faults/nonsense"), ("PUT", "/faults/cliff?size=x")],
)
def test_what_there_isn_t_is_refused_with_the_reason(shop: Client, method: str, path: str) -> None:
    answer = shop.ask(method, path)
    assert (answer.status, answer.body["code"]) == (400, "no_such_fault")
    assert "FAULT is" in answer.body["message"]
    assert shop.ask("GET", "/faults").body["on"] == {}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/faults/cliff"), ("PUT", "/faults"), ("GET", "/faults/cliff")]
)
def test_a_method_that_there_isn_t_is_answered_with_those_there_are(
    shop: Client, method: str, path: str
) -> None:
    answer = shop.ask(method, path)
    assert (answer.status, answer.body["code"]) == (405, "no_such_way")
    assert "PUT /faults/cliff?size=8 switches one on" in answer.body["message"]
    assert shop.ask("GET", "/faults").body["on"] == {}


@pytest.mark.parametrize(
    ("query", "body", "by"), [("", {"size": 8}, "a body"), ("?seconds=8", None, "?seconds=")]
)
def test_a_size_told_in_another_way_isn_t_taken_for_the_usual_one(
    shop: Client, query: str, body: object, by: str
) -> None:
    answer = shop.ask("PUT", f"/faults/leak{query}", body)
    assert answer.status == 400
    assert f"not by {by}" in answer.body["message"]
    assert shop.ask("GET", "/faults").body["on"] == {}


def _app(tmp_path: Path) -> Starlette:
    app = Starlette(routes=admin.routes())
    pool = Pool(tmp_path / "db", workers=1, queue_limit=1)
    app.state.faults = Switchboard(Parts.of(tmp_path / "db", pool, Payments()), lambda _, __: None)
    return app


@pytest.mark.parametrize("header", ["origin", "sec_fetch_site"])
def test_a_page_of_the_web_switches_nothing(tmp_path: Path, header: str) -> None:
    app = _app(tmp_path)
    told = ask(app, "/faults/leak", "PUT", **{header: "http://evil.example"})
    assert (told.status, json.loads(told.body)["code"]) == (403, "not_from_here")
    assert app.state.faults.sizes == {}


@pytest.mark.parametrize("client", ["10.0.0.7", "::ffff:10.0.0.7"])
def test_another_machine_switches_nothing(tmp_path: Path, client: str) -> None:
    app = _app(tmp_path)
    told = ask(app, "/faults/leak", "PUT", client=client)
    assert told.status == 403
    assert app.state.faults.sizes == {}
