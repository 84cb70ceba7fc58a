"""Questions put to a store's own server: what is sent, and what its refusals mean."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.errors import ConfigurationError, NoDataError, StoreUnreachableError
from swarmscope.store.backend import LAST_MS
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question, Table

USERS = {"query": "users", "columns": ["time", "user_class", "value"], "window": 5, "from": 1}
AT = 1_780_000_023_250


def answer(*rows: list[object], **more: object) -> Said:
    return Said(json.dumps({**USERS, "to": 9, "rows": rows, **more}).encode())


def ask(said: Said, heard: list[Heard] | None = None, question: Question | None = None) -> Table:
    with answering({"/": said}, heard) as url, HttpReader(f"{url}/", "t") as reader:
        return reader.ask(question or Question("users", "r"))


def test_an_answer_is_a_table() -> None:
    table = ask(answer([AT, "two\nlines, 🙂", 1], [AT, "", 2.5], [AT, "b", None]))
    assert table.rows == [(AT, "two\nlines, 🙂", 1), (AT, "", 2.5), (AT, "b", None)]
    assert (table.window, table.start, table.stop) == (5, 1, 9)
    assert ask(answer()).rows == []


def test_only_what_was_said_is_asked_with_the_token() -> None:
    heard: list[Heard] = []
    ask(answer(), heard)
    full = Question("users", "a b&c", 0, 60_000, 5, "b", believed=False, apdex_t=800)
    ask(answer(), heard, full)
    paths = [urlsplit(one.path) for one in heard]
    assert {path.path for path in paths} == {"/api/queries/users"}
    assert [parse_qs(path.query) for path in paths] == [
        {"run": ["r"]},
        {
            "run": ["a b&c"],
            "from": ["0"],
            "to": ["60000"],
            "window": ["5"],
            "bucket": ["b"],
            "believed": ["no"],
            "apdex_t": ["800"],
        },
    ]
    assert {one.headers["Authorization"] for one in heard} == {"Token t"}


def test_without_a_token_none_is_sent() -> None:
    heard: list[Heard] = []
    with answering({"/": answer()}, heard) as url:
        HttpReader(url).ask(Question("users", "r"))
    assert "Authorization" not in heard[0].headers


def test_a_question_that_nobody_knows_is_not_asked() -> None:
    heard: list[Heard] = []
    with pytest.raises(ConfigurationError, match="user_errors"):
        ask(answer(), heard, Question("usres"))
    assert heard == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ConfigurationError),
        (404, NoDataError),
        (403, StoreUnreachableError),
        (503, StoreUnreachableError),
    ],
)
def test_a_refusal_is_told_in_the_server_s_words(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        ask(Said(b'{"code": "x", "message": "no\\nsuch thing"}', status))
    assert type(caught.value) is kind
    assert str(caught.value) == "no such thing"


def test_a_token_that_is_refused_says_which_is_meant() -> None:
    with pytest.raises(StoreUnreachableError, match=r"refused the token \(401\)") as caught:
        ask(Said(b'{"message": "unauthorized access"}', 401))
    assert "the one that the server was started with" in caught.value.remedy


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{}", b'{"message"', b"\xff"])
def test_a_refusal_without_a_reason_is_told_as_one(body: bytes) -> None:
    with pytest.raises(StoreUnreachableError, match="HTTP 500, without a reason"):
        ask(Said(body, 500))


def test_one_that_is_away_or_hangs_up_is_told() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnreachableError, match=f"at {nowhere} does not answer") as caught:
        HttpReader(nowhere).ask(Question("users", "r"))
    assert "swarmscope serve" in caught.value.remedy
    with pytest.raises(StoreUnreachableError, match="does not answer"):
        ask(Said(b'{"query"', missing=50))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ([2**63, "a", 1], "time"),
        ([LAST_MS + 1, "a", 1], "time"),
        ([AT, "a", 2**63], "value"),
        ([AT, "half \ud800", 1], "user_class"),
        ([AT, None, 1], "user_class"),
        ([AT, "a", True], "value"),
    ],
)
def test_what_no_store_has_is_an_odd_answer(row: list[object], column: str) -> None:
    with pytest.raises(StoreUnreachableError, match=f"the column '{column}' of users"):
        ask(answer(row))


@pytest.mark.parametrize(
    "more", [{"window": 2**70}, {"from": LAST_MS + 1}, {"to": 1.5}, {"columns": ["time"]}]
)
def test_nor_are_such_ranges(more: dict[str, object]) -> None:
    with pytest.raises(StoreUnreachableError, match="not as `swarmscope serve`"):
        ask(answer(**more))


def test_a_list_of_nothing_is_not_built_up_in_memory() -> None:
    with pytest.raises(StoreUnreachableError, match="its answer is no JSON"):
        ask(Said(b"[" + b"[]," * 4_000_001 + b"[]]"))
