"""What requests reads for us: no more than it needs, nothing unpacked, and the status stands."""

import gzip

import pytest
import requests
from tests.fixtures import hostile_store as harm
from tests.fixtures.hostile_store import hostile
from urllib3.exceptions import HTTPError

from swarmscope.grafana.careful import be_careful
from swarmscope.transport.bounded import BRIEF_BYTES, DOCUMENT_BYTES, Document


def asked(answer: bytes) -> requests.Response:
    """Return what becomes of *answer*."""
    with hostile(lambda: iter([answer]), kind=None) as server, requests.Session() as session:
        be_careful(session)
        return session.get(server.url, timeout=60)


def test_a_good_answer_is_read_to_its_end() -> None:
    board = b'{"title": "' + b"x" * 2**20 + b'"}'
    got = asked(harm.whole("200 OK", board))
    assert len(got.json()["title"]) == 2**20


def test_nothing_is_asked_to_be_packed() -> None:
    with hostile(lambda: iter([harm.whole("200 OK", b"{}")]), kind=None) as server:
        with requests.Session() as session:
            be_careful(session)
            session.get(server.url, timeout=60)
        [head] = server.asked
    assert "accept-encoding: identity" in head.lower()


def test_a_packed_answer_is_refused_and_a_packed_refusal_is_one() -> None:
    packed = gzip.compress(b'{"message": "no"}')
    with pytest.raises(HTTPError, match="compressed, which nobody asked for"):
        asked(harm.whole("200 OK", packed, "Content-Encoding: gzip"))
    got = asked(harm.whole("403 x", packed, "Content-Encoding: gzip"))
    assert (got.status_code, got.content) == (403, b"")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (harm.whole("500 x", b"why"), b"why"),
        (harm.head("500 x") + b"x" * (BRIEF_BYTES + 9), b"x" * BRIEF_BYTES),
        (harm.head("500 x", "Content-Length: 99") + b"short", b""),
        (harm.head("500 x", "Transfer-Encoding: chunked") + b"-1\r\nfoo", b""),
    ],
    ids=["short", "long", "cut off", "a negative chunk"],
)
def test_the_status_of_a_refusal_stands_whatever_its_body_is(said: bytes, told: bytes) -> None:
    got = asked(said)
    assert (got.status_code, got.content) == (500, told)


def test_an_answer_without_a_charset_is_json_s_own() -> None:
    assert asked(harm.whole("500 x", "größer".encode())).text == "größer"


@pytest.mark.parametrize("through_a_proxy", [False, True])
def test_an_answer_longer_than_a_board_is_given_up(*, through_a_proxy: bool) -> None:
    with (
        hostile(harm.endless_body("200 OK"), kind=None) as server,
        requests.Session() as session,
    ):
        be_careful(session)
        session.trust_env = False
        if through_a_proxy:
            session.proxies = {"http": server.url}
        with pytest.raises(HTTPError) as caught:
            session.get("http://grafana.example/" if through_a_proxy else server.url, timeout=60)
    assert f"longer than {Document.most // 1024:,} KiB" in str(caught.value)
    assert Document.most == DOCUMENT_BYTES
