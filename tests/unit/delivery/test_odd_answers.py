"""Nothing that a store can answer ends delivery, and nothing is lost to it."""

import gzip
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.odd_store import DRIP, GOOD, ODD, RESET, answer, serving_oddly
from tests.fixtures.patience import wait_until

from swarmscope.delivery import Delivery
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from swarmscope.transport.write_api import AnswerKind

LINE = "locust_stats,name=/a,run=r count=3i 1"
BODY = gzip.compress((LINE + "\n").encode(), mtime=0)


def one(number: int) -> Batch:
    return Batch("loadtest", "r", 3, [f"locust_stats,name=/a,run=r count=3i {number}"])


def taken(writer: Writer) -> bool:
    """Return whether a write succeeds now; the first may meet a connection that is just closing."""
    return any(writer.write("loadtest", BODY).kind is AnswerKind.TAKEN for _ in range(3))


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_an_answer_and_the_next_write_is_none_the_worse(name: str):
    with serving_oddly(ODD[name]) as odd:
        writer = Writer(Settings(url=odd.url, timeout_ms=20_000))
        first = writer.write("loadtest", BODY)
        assert first.kept, first
        assert len(str(first)) < 600
        assert str(first).isprintable()
        assert taken(writer)
        assert odd.lines == [LINE]


PIECES = st.one_of(
    st.sampled_from(sorted(ODD.values())),
    st.binary(max_size=200),
    st.builds(
        lambda status, body, name, value, reset: (
            answer(f"{status} x", body, name + b": " + value) + (RESET if reset else b"")
        ),
        st.sampled_from([401, 403, 404, 408, 429, 500, 503, 599]),
        st.binary(max_size=300),
        st.sampled_from([b"Retry-After", b"Content-Encoding", b"Transfer-Encoding", b"X"]),
        st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b"")),
        st.booleans(),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, min_size=1, max_size=3))
def test_no_bytes_make_a_write_raise(pieces: list[bytes]):
    with serving_oddly(*pieces) as odd:
        writer = Writer(Settings(url=odd.url, timeout_ms=20_000))
        for _ in pieces:
            writer.write("loadtest", BODY)
        odd.answers.clear()
        assert taken(writer)


@pytest.mark.release
@pytest.mark.long
def test_all_of_it_is_delivered_whatever_the_store_said_before_and_to_the_first_write_too(
    start: Callable[..., Delivery],
):
    with serving_oddly(*ODD.values()) as odd:
        delivery = start(INFLUXDB_V2_URL=odd.url, INFLUXDB_V2_TIMEOUT="1000")
        wait_until(lambda: odd.writes)  # the one at the start, with nothing in it
        numbers = list(range(3))
        for number in numbers:
            delivery.keep(one(number))
        # a flush hurries, and ends when the store refuses: it is asked again
        for _ in ODD:
            if delivery.flush(60):
                break
        account = delivery.account("r")
        assert (account.requests_seen, account.requests_delivered) == (9, 9)
        assert sorted({int(line.rpartition(" ")[2]) for line in odd.lines}) == numbers


@pytest.mark.parametrize("name", ["superscript Retry-After", "many brackets"])
def test_the_first_write_of_all_may_be_answered_oddly(start: Callable[..., Delivery], name: str):
    with serving_oddly(ODD[name], ODD[name], ODD[name]) as odd:
        delivery = start(INFLUXDB_V2_URL=odd.url)
        wait_until(lambda: odd.writes >= 2)
        delivery.keep(one(1))
        assert delivery.flush(60)
        assert delivery.account("r").requests_delivered == 3


def test_a_number_of_dropped_points_that_nobody_can_read_is_all_of_them(
    start: Callable[..., Delivery],
):
    endless = answer("422 x", b'{"message": "dropped=' + b"9" * 6_000 + b'"}')
    with serving_oddly(GOOD, GOOD, endless) as odd:
        delivery = start(INFLUXDB_V2_URL=odd.url)
        wait_until(lambda: odd.writes == 2)
        delivery.keep(one(1))
        assert delivery.flush(60)
        delivery.keep(one(2))
        assert delivery.flush(60)
        account = delivery.account("r")
        assert (account.requests_rejected, account.requests_delivered) == (3, 3)


def test_an_answer_without_an_end_is_read_no_further_than_a_message_needs():
    """Its bytes come faster than the client's time-out, and never stop."""
    huge = b"HTTP/1.1 503 x\r\nContent-Length: 999999999999\r\n\r\n" + b"x" * 100_000 + DRIP
    with serving_oddly(huge) as odd:
        writer = Writer(Settings(url=odd.url, timeout_ms=5_000))
        first = writer.write("loadtest", BODY)
        assert (first.kind, first.status) == (AnswerKind.RETRY, 503)
        assert taken(writer)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (answer("401 x", b"\xff who?"), AnswerKind.REFUSED, "\ufffd who?"),
        (answer("404 x", b'{"message": "no \xff"}'), AnswerKind.REFUSED, "no \ufffd"),
        (answer("422 x", b"\xfe dropped=3"), AnswerKind.PARTLY, "\ufffd dropped=3"),
        (answer("400 x", b"unable to parse \xfe"), AnswerKind.MALFORMED, "unable to parse \ufffd"),
        (b"HTTP/1.1 422 x\r\nContent-Length: 9\r\n\r\ncut", AnswerKind.PARTLY, ""),
        (answer("503 x", b'{"message": 5}'), AnswerKind.RETRY, '{"message": 5}'),
        (answer("503 x", b'{"message": "later"}'), AnswerKind.RETRY, "later"),
    ],
)
def test_the_status_counts_whatever_the_body_is(given: bytes, kind: AnswerKind, message: str):
    with serving_oddly(given) as odd:
        said = Writer(Settings(url=odd.url, timeout_ms=5_000)).write("loadtest", BODY)
    assert (said.kind, said.message) == (kind, message)
