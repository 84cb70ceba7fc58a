"""The demo shop over real HTTP: each endpoint, and each way in which it says no."""

import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.shop_thread import Client, open_shop

from swarmscope.demo import goods, sales
from swarmscope.demo.shop import main
from swarmscope.errors import ExitCode


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sales, "ROUND_TRIP", 0.0)
        with open_shop(tmp_path_factory.mktemp("shop")) as client:
            yield client


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(shop: Client) -> None:
    shop.token = ""


def _for_sale(*, rare: bool, skip: int = 0) -> int:
    numbers = (
        i
        for i in range(1, goods.PRODUCTS)
        if not goods.is_withdrawn(i) and goods.is_rare(i) == rare
    )
    return [next(numbers) for _ in range(skip + 1)][-1]


def test_a_port_that_somebody_has_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        words = ["shop", "--port", port, "--database", str(tmp_path / "shop.db")]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == ExitCode.WRONG_USAGE
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"Port {port} of 127.0.0.1 is in use by another program. Name another")


def test_the_front_page_leads_into_the_shop(shop: Client) -> None:
    answer = shop.ask("GET", "/")
    assert answer.status == 200
    for category in goods.CATEGORIES:
        assert f'href="/products?category={category}"' in answer.body


def test_health_answers_past_the_pool(shop: Client) -> None:
    answer = shop.ask("GET", "/health")
    assert answer.status == 200
    assert answer.body["status"] == "ok"


def test_pages_of_a_category_follow_one_another_without_overlap(shop: Client) -> None:
    first = shop.ask("GET", "/products?category=garden").body["products"]
    second = shop.ask("GET", "/products?category=garden&page=2").body["products"]
    assert len(first) == len(second) == sales.PAGE
    assert max(p["id"] for p in first) < min(p["id"] for p in second)


def test_search_finds_products_with_every_word(shop: Client) -> None:
    products = shop.ask("GET", "/search?q=amber+kettle").body["products"]
    assert products
    assert all("amber kettle" in product["name"] for product in products)


def test_search_takes_words_as_text_and_not_as_sql(shop: Client) -> None:
    answer = shop.ask("GET", "/search?q='%20OR%201=1%20--")
    assert (answer.status, answer.body) == (200, {"products": []})


def test_a_product_is_shown_and_a_withdrawn_one_is_404(shop: Client) -> None:
    assert shop.ask("GET", "/products/1").body["id"] == 1
    assert goods.is_withdrawn(61)
    answer = shop.ask("GET", "/products/61")
    assert (answer.status, answer.body["code"]) == (404, "no_such_product")


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("GET", "/search?q=", None, (400, "no_words")),
        ("GET", "/products?page=first", None, (400, "not_a_number")),
        ("GET", "/products?page=99999999999999999999", None, (400, "not_a_number")),
        ("POST", "/login", "not json", (400, "not_json")),
        ("POST", "/login", ["a", "list"], (400, "not_json")),
        ("POST", "/login", {"email": "nobody", "password": "x"}, (401, "wrong_login")),
        ("POST", "/login", {"email": goods.email(1), "password": "x"}, (401, "wrong_login")),
        ("GET", "/basket", None, (401, "not_logged_in")),
        ("POST", "/basket", {"product": 1}, (401, "not_logged_in")),
        ("POST", "/basket", {"product": 1, "quantity": 0}, (400, "not_a_number")),
        ("DELETE", "/basket", None, (401, "not_logged_in")),
        ("POST", "/checkout", None, (401, "not_logged_in")),
        ("POST", "/logout", None, (401, "not_logged_in")),
    ],
)
def test_what_the_shop_refuses_is_said_with_a_code(
    shop: Client, method: str, path: str, body: object, refusal: tuple[int, str]
) -> None:
    answer = shop.ask(method, path, body)
    assert (answer.status, answer.body["code"]) == refusal


def test_a_basket_adds_up_and_becomes_an_order_that_takes_from_the_stock(shop: Client) -> None:
    shop.log_in()
    number = _for_sale(rare=False)
    before = shop.ask("GET", f"/products/{number}").body
    assert shop.ask("POST", "/basket", {"product": number, "quantity": 2}).status == 201
    assert shop.ask("POST", "/basket", {"product": number}).status == 201
    (line,) = shop.ask("GET", "/basket").body["basket"]
    assert (line["quantity"], line["cents"]) == (3, 3 * before["cents"])
    order = shop.ask("POST", "/checkout")
    assert (order.status, order.body["cents"]) == (201, 3 * before["cents"])
    assert shop.ask("GET", f"/products/{number}").body["stock"] == before["stock"] - 3
    assert shop.ask("GET", "/basket").body["basket"] == []


def test_who_logs_out_leaves_no_basket_and_is_known_no_longer(shop: Client) -> None:
    shop.log_in()
    number = _for_sale(rare=False, skip=2)
    shop.ask("POST", "/basket", {"product": number})
    assert shop.ask("POST", "/logout").status == 204
    assert shop.ask("GET", "/basket").body["code"] == "not_logged_in"
    with closing(sqlite3.connect(shop.database)) as database:
        assert not database.execute(
            "SELECT * FROM basket WHERE token = ?", (shop.token,)
        ).fetchall()


def test_an_empty_basket_cannot_be_ordered(shop: Client) -> None:
    shop.log_in()
    assert shop.ask("POST", "/checkout").body["code"] == "empty_basket"


def test_out_of_stock_orders_nothing_of_the_basket_and_keeps_it(shop: Client) -> None:
    shop.log_in()
    plenty, last_piece = _for_sale(rare=False, skip=1), _for_sale(rare=True)
    before = shop.ask("GET", f"/products/{plenty}").body["stock"]
    shop.ask("POST", "/basket", {"product": plenty})
    shop.ask("POST", "/basket", {"product": last_piece, "quantity": 2})
    answer = shop.ask("POST", "/checkout")
    assert (answer.status, answer.body["code"]) == (409, "out_of_stock")
    assert shop.ask("GET", f"/products/{plenty}").body["stock"] == before
    assert len(shop.ask("GET", "/basket").body["basket"]) == 2
    assert shop.ask("DELETE", "/basket").status == 204
    assert shop.ask("GET", "/basket").body["basket"] == []


def test_one_piece_left_goes_to_exactly_one_of_many_buyers(shop: Client) -> None:
    number = _for_sale(rare=True, skip=1)
    buyers = [Client(shop.port, shop.log.parent) for _ in range(6)]
    for buyer in buyers:
        buyer.log_in()
        buyer.ask("POST", "/basket", {"product": number})
    with ThreadPoolExecutor(len(buyers)) as threads:
        statuses = list(threads.map(lambda b: b.ask("POST", "/checkout").status, buyers))
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]
    assert shop.ask("GET", f"/products/{number}").body["stock"] == 0


def test_a_full_queue_is_503_with_a_time_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(_: sqlite3.Connection, __: int) -> dict[str, Any]:
        gate.wait(60)
        return {}

    monkeypatch.setattr(sales, "product", slow)
    with (
        open_shop(tmp_path, workers=1, queue_limit=1) as client,
        ThreadPoolExecutor(2) as customers,
    ):
        held = [customers.submit(client.ask, "GET", "/products/1") for _ in range(2)]
        while client.ask("GET", "/health").body["waiting"] < 1:
            pass
        answer = client.ask("GET", "/products/1")
        gate.set()
        assert (answer.status, answer.body["code"]) == (503, "busy")
        assert answer.headers["retry-after"] == "1"
        assert [f.result().status for f in held] == [200, 200]
        health = client.ask("GET", "/health").body
        assert (health["longest_queue"], health["refused"]) == (1, 1)


def test_the_log_has_one_json_line_for_each_answer_and_errors_louder(tmp_path: Path) -> None:
    with open_shop(tmp_path) as client:
        client.ask("GET", "/products/1")
        client.ask("GET", "/products/61")
        client.ask("GET", "/nowhere")
    lines = client.lines()
    assert [(line["level"], line["message"]) for line in lines] == [
        ("info", "GET /products/1 200"),
        ("warning", "GET /products/61 404"),
        ("warning", "GET /nowhere 404"),
    ]
    assert {line["service"] for line in lines} == {"shop"}


def test_a_broken_database_is_500_and_an_error_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: sqlite3.Connection, __: int) -> dict[str, Any]:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(sales, "product", broken)
    with open_shop(tmp_path) as client:
        assert client.ask("GET", "/products/1").status == 500
    assert [(line["level"], line["status"]) for line in client.lines()] == [("error", 500)]


def test_each_demo_sells_the_same_things(tmp_path: Path) -> None:
    def contents(path: Path) -> list[Any]:
        goods.build(path)
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT * FROM products").fetchall()
        connection.close()
        return rows

    first = contents(tmp_path / "a.db")
    assert len(first) == goods.PRODUCTS
    assert first == contents(tmp_path / "b.db")


def test_building_again_forgets_the_orders(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    goods.build(path)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("INSERT INTO orders (customer, cents) VALUES (1, 100)")
    connection.close()
    goods.build(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM orders").fetchone() == (0,)
    connection.close()
