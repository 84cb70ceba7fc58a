"""What influxdb-client asks through: of each answer the status counts, whatever the rest is."""

import gzip
from collections.abc import Callable, Iterator

import pytest
import urllib3
from tests.fixtures import hostile_store as harm
from tests.fixtures.hostile_store import Hostile, hostile

from swarmscope.transport.bounded import BRIEF_BYTES, Long
from swarmscope.transport.causes import RedirectedError
from swarmscope.transport.pools import BriefAnswer, Pool


class Store:
    """Answers with what it is told, and keeps what it was asked."""

    def __init__(self, running: Hostile) -> None:
        self.running = running
        self.pieces: list[bytes] = []

    def ask(
        self, *pieces: bytes, method: str = "GET", **how: bool
    ) -> "urllib3.BaseHTTPResponse | BriefAnswer":
        self.pieces[:] = pieces
        pool = Pool(urllib3.PoolManager(), **how)
        return pool.request(method, f"{self.running.url}/a", headers={"X": "y"})


@pytest.fixture
def store() -> Iterator[Store]:
    made: list[Store] = []
    # Asked for once before there is a store: an attack is made ready then.
    with hostile(lambda: iter([p for one in made for p in one.pieces]), kind=None) as running:
        made.append(Store(running))
        yield made[0]


def test_a_table_is_handed_on_to_be_read(store: Store) -> None:
    answer = store.ask(harm.whole("200 OK", b"a,b\n1,2\n", "X-AnswerKind: csv"))
    assert isinstance(answer, urllib3.BaseHTTPResponse)
    assert (answer.status, answer.headers["X-AnswerKind"], answer.data) == (
        200,
        "csv",
        b"a,b\n1,2\n",
    )
    (asked,) = store.running.asked
    assert asked.startswith("GET /a HTTP/1.1")
    assert "X: y" in asked


def test_a_table_may_say_that_it_is_packed_in_nothing(store: Store) -> None:
    answer = store.ask(harm.whole("200 OK", b"a", "Content-Encoding: Identity"))
    assert answer.data == b"a"


def test_a_packed_table_is_refused_since_nobody_asked_for_it(store: Store) -> None:
    packed = harm.whole("200 OK", gzip.compress(b"a"), "Content-Encoding: gzip")
    with pytest.raises(
        urllib3.exceptions.DecodeError, match=r"^its answer is compressed, which nobody asked for$"
    ):
        store.ask(packed)


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("status", [400, 503])
def test_of_a_refusal_the_words_are_kept(store: Store, status: int, brief: bool) -> None:
    answer = store.ask(
        harm.whole(f"{status} x", b"no rights\xff", "Retry-After: 7"), brief=brief, method="POST"
    )
    assert (answer.status, answer.data.decode()) == (status, "no rights\ufffd")
    assert answer.getheader("Retry-After") == "7"
    assert answer.getheader("Other") is None
    assert answer.getheader("Other", "none") == "none"
    assert answer.getheaders()["Retry-After"] == "7"
    assert answer.reason == "x"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (harm.head("500 x") + b"x" * (BRIEF_BYTES + 9), b"x" * BRIEF_BYTES),
        (harm.head("500 x", "Content-Length: 99") + b"short", b""),
        (harm.head("500 x", "Transfer-Encoding: chunked") + b"zz\r\nfoo", b""),
        (harm.head("500 x", "Transfer-Encoding: chunked") + b"-1\r\nfoo", b""),
        (harm.head("500 x", "Transfer-Encoding: chunked") + b"-2\r\nfoo", b""),
        (harm.whole("500 x", gzip.compress(b"a"), "Content-Encoding: gzip"), b""),
        (harm.whole("500 x", b"plain", "Content-Encoding: IDENTITY"), b"plain"),
    ],
    ids=["long", "cut off", "garbage", "a negative chunk", "another", "packed", "not packed"],
)
def test_the_status_of_a_refusal_stands_whatever_its_body_is(
    store: Store, said: bytes, told: bytes
) -> None:
    answer = store.ask(said)
    assert (answer.status, answer.data) == (500, told)


def test_a_body_that_comes_in_pieces_is_kept_whole(store: Store) -> None:
    chunks = [b"4\r\nsome\r\n", b"6\r\n words\r\n", b"0\r\n\r\n"]
    answer = store.ask(harm.head("500 x", "Transfer-Encoding: chunked"), *chunks)
    assert answer.data == b"some words"


def test_where_nothing_but_the_status_matters_a_good_one_is_brief_too(store: Store) -> None:
    answer = store.ask(harm.whole("204 No Content", b""), brief=True)
    assert (type(answer), answer.status, answer.data) == (BriefAnswer, 204, b"")
    assert isinstance(store.ask(harm.whole("200 OK", b"a")), urllib3.BaseHTTPResponse)


@pytest.mark.parametrize("endless", [harm.endless_continues, harm.endless_headers])
def test_where_only_the_status_matters_no_head_is_read_for_ever(
    endless: Callable[[], harm.Pieces],
) -> None:
    """A worker's load suffers from what its thread reads."""
    with hostile(endless, kind=None) as running:
        with pytest.raises(urllib3.exceptions.HTTPError):
            Pool(urllib3.PoolManager(), brief=True).request("GET", running.url, retries=False)
        assert running.sent < 2**24


@pytest.mark.parametrize("status", ["300 x", "307 x", "399 x"])
def test_nobody_goes_where_a_store_sends_him(store: Store, status: str) -> None:
    away = harm.whole(status, b"go", "Location: https://other.example/b?c")
    with pytest.raises(RedirectedError) as caught:
        store.ask(away)
    assert (caught.value.status, caught.value.target) == (int(status[:3]), "https://other.example")
    told = store.ask(away, brief=True)
    assert told.status == int(status[:3])
    assert told.data == (
        b"it wants us to ask https://other.example instead, where nothing was sent"
    )
    assert len(store.running.asked) == 2


@pytest.mark.parametrize("location", ["Location: /b", "Location:", "Other: /b"])
def test_nor_elsewhere_on_the_same_store(store: Store, location: str) -> None:
    away = harm.whole("302 x", b"", location)
    place = "/b" if location == "Location: /b" else "/a"
    with pytest.raises(RedirectedError) as caught:
        store.ask(away)
    assert caught.value.target == place
    told = store.ask(away, brief=True).data.decode()
    assert told == f"it wants us to ask {place} instead, where nothing was sent"
    assert [asked.split()[1] for asked in store.running.asked] == ["/a", "/a"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_read_is_bounded_with_tls_and_without(scheme: str) -> None:
    manager = urllib3.PoolManager()
    Pool(manager)
    connections = manager.connection_from_url(f"{scheme}://store.example").ConnectionCls
    assert connections.response_class is Long


def test_a_pool_that_is_cleared_keeps_no_connection(store: Store) -> None:
    manager = urllib3.PoolManager(retries=False)
    pool = Pool(manager)
    store.pieces[:] = [harm.whole("500 x", b"")]
    pool.request("GET", store.running.url)
    assert len(manager.pools) == 1
    pool.clear()
    assert len(manager.pools) == 0
