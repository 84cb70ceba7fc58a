"""A store that means harm, or who stands in its place: what it answers costs little, and ends.

A load generator must survive it, and so must whoever asks. All that reads an answer is asked here.
"""

import time
import tracemalloc
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import urllib3
from tests.fixtures import hostile_store as harm
from tests.fixtures.askers import ASKERS, EVERYBODY, Asker
from tests.fixtures.hostile_store import hostile
from tests.fixtures.server_process import swarmscope

from swarmscope.errors import ExitCode, SwarmscopeError
from swarmscope.grafana.careful import be_careful
from swarmscope.settings import Settings
from swarmscope.transport import bounded
from swarmscope.transport.bounded import Brief, Long
from swarmscope.transport.causes import chain
from swarmscope.transport.http import send
from swarmscope.transport.pools import Pool

GIB = 2**30
MOST_MEMORY = 400 * 2**20
"""Six times the longest answer: its bytes, its text, and what is made of it."""
IN_FLIGHT = 16 * 2**20
"""What may be in the kernel's buffers when the client has seen enough."""

ATTACKS = {
    "a bomb as an error": harm.bomb("500 x", GIB),
    "a bomb as a table": harm.bomb("200 OK", GIB),
    "an endless error": harm.endless_body("500 x"),
    "an endless table": harm.endless_body("200 OK"),
    "endless chunks": harm.endless_chunks("200 OK"),
    "endless headers": harm.endless_headers,
    "endless continues": harm.endless_continues,
    "a petabyte promised": harm.promise("200 OK", 2**50),
    "a petabyte of an error promised": harm.promise("500 x", 2**50),
    "a chunk of a petabyte": harm.big_chunk("200 OK"),
}


def settings(url: str) -> Settings:
    return Settings(url=url, token="token-to-lose", timeout_ms=20_000)


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("kind", ["influxdb", None], ids=["after its health", "at once"])
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("ask", EVERYBODY.values(), ids=EVERYBODY)
def test_an_answer_is_read_no_further_than_it_may_be_long(
    ask: Asker, attack: Callable[[], harm.Pieces], kind: str | None
) -> None:
    with hostile(attack, kind=kind, most=GIB // 2) as store:
        tracemalloc.start()
        try:
            told = str(ask(settings(store.url)))
        except SwarmscopeError as error:
            told = str(error)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < MOST_MEMORY
        assert len(told) < 2_000
        assert told.isprintable()
        assert store.sent < bounded.LONG_BYTES + IN_FLIGHT


def test_a_list_of_nothing_is_no_way_to_fill_a_memory() -> None:
    """Three bytes of it are sixty-four in Python's."""
    body = b"[" + b"[]," * (20 * 2**20) + b"[]]"
    with hostile(lambda: iter([harm.whole("200 OK", body)]), kind=None) as store:
        tracemalloc.start()
        with pytest.raises(SwarmscopeError):
            ASKERS["questions"](settings(store.url))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY


DRIPS = {
    "nothing": b"",
    "the status": b"HTTP/1.1 20",
    "a header": b"HTTP/1.1 200 OK\r\nX: ",
    "the body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    "a body without length": b"HTTP/1.1 200 OK\r\n\r\n",
    "the size of a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
}
_ENOUGH = 60
"""Bytes of a drip after which the server ends by itself: ten times as long as the time-outs."""


@pytest.fixture(params=DRIPS.values(), ids=DRIPS)
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    begin: bytes = request.param
    with hostile(harm.drip(begin), kind=None, most=len(begin) + _ENOUGH) as store:
        yield store.url


@pytest.mark.sample(3)
@pytest.mark.parametrize("answer", [Brief, Long])
def test_a_drip_ends_with_the_time_out_of_the_whole_answer(
    dripping: str, answer: type[Long]
) -> None:
    request = urllib.request.Request(dripping)
    with (
        pytest.raises(OSError, match=r"too slowly|timed out"),
        send(request, 0.3, answer=answer) as response,
    ):
        response.read()


def test_a_drip_ends_for_influxdb_client_as_well(dripping: str) -> None:
    pool = Pool(urllib3.PoolManager(retries=False))
    with pytest.raises(urllib3.exceptions.HTTPError) as caught:
        assert pool.request("GET", dripping, timeout=urllib3.Timeout(total=0.3)).data
    assert any(isinstance(one, TimeoutError) for one in chain(caught.value))


def test_a_drip_ends_for_a_grafana_s_client_as_well(dripping: str) -> None:
    with requests.Session() as session:
        be_careful(session)
        with pytest.raises((requests.RequestException, urllib3.exceptions.HTTPError)) as caught:
            session.get(dripping, timeout=0.3)
    assert any(isinstance(one, TimeoutError) for one in chain(caught.value))


def test_who_is_far_away_is_not_taken_for_a_drip() -> None:
    """Slow, but steady: longer than the time-out, and read to its end."""

    def steady() -> harm.Pieces:
        yield harm.head("200 OK", "Content-Length: 1200000")
        for _ in range(60):
            time.sleep(0.05)
            yield b"x" * 20_000

    with (
        hostile(steady, kind=None) as store,
        send(urllib.request.Request(store.url), 2) as response,
    ):
        assert len(response.read()) == 1_200_000


@pytest.mark.release
@pytest.mark.long_sample(4)
@pytest.mark.long
@pytest.mark.parametrize("kind", ["influxdb", "swarmscope", None])
def test_a_command_on_a_dripping_store_ends(tmp_path: Path, kind: str | None) -> None:
    """One that drips its health is given up after ten seconds, an answer after sixty."""
    with hostile(harm.drip(DRIPS["the body"]), kind=kind) as store:
        done = swarmscope("runs", cwd=tmp_path, env=harm.environment(store.url), timeout=100)
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert "Traceback" not in done.stderr
