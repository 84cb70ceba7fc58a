"""One write over HTTP: what is asked of the store, and what its answer is taken for."""

import gzip
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

BODY = gzip.compress(b"m f=1i 1\n", mtime=0)


@dataclass
class Store:
    """Answers with what is in *replies*, one after the other, then 204; keeps what was asked."""

    url: str = ""
    replies: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, list[str]], dict[str, str], bytes]] = field(
        default_factory=list
    )
    connections: int = 0

    def reply(self, status: int, body: bytes | str = b"", **headers: str) -> None:
        text = body.encode() if isinstance(body, str) else body
        self.replies.append((status, text, {k.replace("_", "-"): v for k, v in headers.items()}))

    @property
    def tokens(self) -> list[str]:
        return [headers["authorization"] for _, _, headers, _ in self.asked]


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            made.connections += 1

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.asked.append((target.path, parse_qs(target.query), headers, body))
            status, text, more = made.replies.pop(0) if made.replies else (204, b"", {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status != 204 and "Content-Length" not in more:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def writer(store: Store, **more: object) -> Writer:
    return Writer(Settings(url=store.url, org="team", timeout_ms=5_000, **more))  # type: ignore[arg-type]


def answered(store: Store, status: int, body: bytes | str = b"", **headers: str) -> Answer:
    store.reply(status, body, **headers)
    return writer(store).write("b", BODY)


def test_a_write_is_one_post_of_the_compressed_lines(store: Store):
    answer = writer(store, token="secret").write("my bucket", BODY)
    assert answer == Answer(AnswerKind.TAKEN, 204)
    ((path, query, headers, body),) = store.asked
    assert path == "/api/v2/write"
    assert query == {"org": ["team"], "bucket": ["my bucket"], "precision": ["ns"]}
    assert headers["authorization"] == "Token secret"
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/plain")
    assert body == BODY


def test_a_store_without_tokens_is_given_any(store: Store):
    writer(store).write("b", BODY)
    assert store.tokens == ["Token none"]


def test_writes_share_a_connection(store: Store):
    one = writer(store)
    for _ in range(3):
        one.write("b", BODY)
    store.reply(503, "busy")
    one.write("b", BODY)
    one.write("b", BODY)
    assert store.connections == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"code": "x", "message": "no such bucket"}', "no such bucket"),
        ("  plain words \n", "plain words"),
        ('{"message": 5}', '{"message": 5}'),
        ('{"code": "x"}', '{"code": "x"}'),
        ('["message"]', '["message"]'),
        ('{"message": ', '{"message":'),
        ("[" * 50_000, "[" * 50_000),
        (b"\xff bytes", "\ufffd bytes"),
        ("", ""),
    ],
)
def test_the_store_s_own_words_are_its_message_or_all_of_its_answer(
    store: Store, body: bytes | str, message: str
):
    answer = answered(store, 404, body)
    assert (answer.kind, answer.status, answer.message) == (AnswerKind.REFUSED, 404, message)


def test_a_page_that_is_answered_instead_of_a_write_is_no_write(store: Store):
    """Of a login before the store, or of another server: nothing is stored, and all is kept."""
    answer = answered(store, 200, "<html>Log in</html>", Content_Type="text/html")
    assert (answer.kind, answer.message) == (AnswerKind.REFUSED, "<html>Log in</html>")
    assert answered(store, 200).kind is AnswerKind.TAKEN
    assert answered(store, 204).kind is AnswerKind.TAKEN


def test_no_more_of_an_answer_is_read_than_a_message_needs(store: Store):
    assert len(answered(store, 404, "x" * 100_000).message) == 2**16


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Length": "100", "Connection": "close"},
        {"Content_Encoding": "gzip"},
        {"Transfer_Encoding": "chunked", "Connection": "close"},
    ],
    ids=["cut off", "garbage", "chunk of a negative length"],
)
def test_a_status_stands_whatever_becomes_of_the_words(store: Store, headers: dict[str, str]):
    answer = answered(store, 404, "-1e\r\nno such bucket", **headers)
    assert (answer.kind, answer.status, answer.message) == (AnswerKind.REFUSED, 404, "")


def test_a_pause_that_the_store_asks_for_is_known(store: Store):
    assert answered(store, 429, "", Retry_After="17").retry_after == 17.0


@pytest.mark.parametrize("place", ["/login", "http://[::1"])
def test_an_answer_that_points_elsewhere_or_nowhere_is_an_answer(store: Store, place: str):
    answer = answered(store, 302, "", Location=place)
    assert (answer.kind, answer.status) == (AnswerKind.REFUSED, 302)
    assert len(store.asked) == 1


def test_a_failed_write_is_one_attempt(store: Store):
    assert answered(store, 503, "busy").kind is AnswerKind.RETRY
    assert len(store.asked) == 1


def test_a_store_that_is_not_there_is_said_in_plain_words():
    answer = Writer(Settings(url="http://127.0.0.1:9", timeout_ms=5_000)).write("b", BODY)
    assert (answer.kind, answer.status) == (AnswerKind.RETRY, None)
    assert answer.message == "Failed to establish a new connection: [Errno 111] Connection refused"


def test_what_nobody_expects_of_the_client_is_said_with_its_kind(monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object, **__: object) -> None:
        raise KeyError("no such pool")

    monkeypatch.setattr(urllib3.PoolManager, "request", fails)
    answer = Writer(Settings(url="http://127.0.0.1:9", timeout_ms=5_000)).write("b", BODY)
    assert answer == Answer(AnswerKind.RETRY, None, "KeyError: 'no such pool'")


def test_a_store_that_does_not_answer_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        answer = Writer(Settings(url=url, timeout_ms=50)).write("b", BODY)
    assert (answer.kind, answer.status) == (AnswerKind.RETRY, None)
    assert answer.message.startswith("Read timed out. (read timeout=0.0")


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_was_replaced_in_its_file_is_used_at_once(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
):
    caplog.set_level("INFO")
    file = tmp_path / "token"
    file.write_text("new\n")
    one = writer(store, token="old", token_file=file)
    store.reply(status, "no")
    assert one.write("b", BODY) == Answer(AnswerKind.TAKEN, 204)
    assert one.write("b", BODY).kind is AnswerKind.TAKEN
    assert store.tokens == ["Token old", "Token new", "Token new"]
    assert [body for *_, body in store.asked] == [BODY] * 3
    assert {query["bucket"][0] for _, query, _, _ in store.asked} == {"b"}
    assert caplog.messages == [f"The store refused the token: the new one in {file} is used."]


@pytest.mark.parametrize("content", ["old", "", " \n"])
def test_the_same_token_or_none_is_not_tried_again(store: Store, tmp_path: Path, content: str):
    file = tmp_path / "token"
    file.write_text(content)
    store.reply(401, "no")
    assert writer(store, token="old", token_file=file).write("b", BODY).status == 401
    assert store.tokens == ["Token old"]


def test_a_file_that_is_not_there_is_said_beside_the_store_s_words(store: Store, tmp_path: Path):
    file = tmp_path / "token"
    store.reply(401, '{"message": "unauthorized"}')
    answer = writer(store, token="old", token_file=file).write("b", BODY)
    assert answer.status == 401
    assert answer.message.startswith("unauthorized; ")
    assert str(file) in answer.message


@pytest.mark.parametrize("status", [400, 404, 503])
def test_a_file_is_read_for_no_other_refusal(store: Store, tmp_path: Path, status: int):
    file = tmp_path / "token"
    file.write_text("new")
    store.reply(status, "no")
    assert writer(store, token="old", token_file=file).write("b", BODY).status == status
    assert len(store.asked) == 1


def test_a_refused_token_without_a_file_is_refused(store: Store):
    store.reply(401, "no")
    assert writer(store, token="old").write("b", BODY).status == 401
    assert len(store.asked) == 1
