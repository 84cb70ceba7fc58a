"""Reports of workers: whole on the other side, in small messages, and read with suspicion."""

import random
from collections.abc import Iterator

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.reports import message, tallied

from swarmscope.recording import histogram
from swarmscope.recording.endpoint import endpoint_key
from swarmscope.recording.reading import OddReportError, is_key, read
from swarmscope.recording.reports import MOST, Collector, Report, pace_of, pack
from swarmscope.recording.tally import Tally

START = 1_000_000


def sent(messages: Iterator[Report]) -> list[Report]:
    """Return what arrives of *messages* over Locust's channel."""
    return [read(msgpack.loads(msgpack.dumps(pack(one)))) for one in messages]


def known(tally: Tally) -> dict[str, object]:
    names = ("count", "failures", "timed", "total", "min", "max", "length", "histogram")
    return {name: getattr(tally, name) for name in names}


@pytest.fixture
def collector() -> Collector:
    made = Collector(seconds=10)
    made.pace = 1
    return made


def test_a_report_arrives_as_it_was_collected(collector: Collector) -> None:
    together, apart = tallied([1.0, 5.5, None]), tallied([5.5], failures=1)
    collector.window(START, together)
    collector.span(START, {("/a\\ b", "GET"): apart, ("none", ""): tallied([None])})
    collector.closed(START + 13)
    first, last = sent(collector.take("r"))
    assert (first.run, first.number, last.number) == ("r", 1, 2)
    assert [(start, known(tally)) for start, tally in first.windows] == [(START, known(together))]
    assert (first.until, last.until, last.spans_until) == (0, START + 13, START + 10)
    assert last.start == START
    assert [key for key, _ in last.endpoints] == [("/a\\ b", "GET"), ("none", "")]
    assert known(last.endpoints[0][1]) == known(apart)
    assert known(last.endpoints[1][1]) == known(tallied([None]))
    assert not last.final


def test_many_endpoints_are_told_of_in_many_messages(collector: Collector) -> None:
    collector.span(START, {(f"/{i}", "GET"): tallied([1.0]) for i in range(2 * MOST + 1)})
    collector.closed(START + 10)
    reports = sent(collector.take("r"))
    assert [len(report.endpoints) for report in reports] == [MOST, MOST, 1]
    # Only with the last one is all there that it tells of.
    assert [report.until for report in reports] == [0, 0, START + 10]


def test_nothing_is_collected_for_a_master_that_merges_nothing() -> None:
    collector = Collector(seconds=10)
    collector.window(START, tallied([1.0]))
    collector.closed(START + 1)
    assert not collector.due(START)
    assert not list(collector.take("r", final=True))
    collector.pace = 1
    collector.closed(START + 2)
    (report,) = sent(collector.take("r"))
    assert not report.windows


def test_reports_are_due_at_the_master_s_pace(collector: Collector) -> None:
    collector.pace = 5
    assert [collector.due(START + second) for second in range(11)] == [
        *(True, False, False, False, False),
        *(True, False, False, False, False),
        True,
    ]


def test_nothing_new_is_no_message_but_the_end_is_one(collector: Collector) -> None:
    collector.closed(START)
    assert len(sent(collector.take("r"))) == 1
    assert not list(collector.take("r"))
    (last,) = sent(collector.take("r", final=True))
    assert last.final
    collector.window(START, tallied([1.0]))
    (straggler,) = sent(collector.take("r"))
    assert straggler.final, "more that came late is the end again"


TALLY = [1, 0, 1, 5.0, 5.0, 5.0, 10, [80], [1]]
NAN, INFINITE = float("nan"), float("inf")


def window(**other: object) -> object:
    """Return a report of one window, of whose tally the *other* values are odd."""
    names = ("count", "failures", "timed", "total", "min", "max", "length", "index", "counts")
    packed = dict(zip(names, TALLY, strict=True)) | other
    return message(windows=[[START, list(packed.values())]])


def endpoint(name: object, method: object = "GET") -> object:
    return message(endpoints=[[name, method, *TALLY]])


ODD_MESSAGES = {
    "nothing": None,
    "a number": 5,
    "a list": [1],
    "empty": {},
    "no run": message(run=None),
    "a long run": message(run="r" * 2_000),
    "a number that is a text": message(number="1"),
    "a number that is true": message(number=True),
    "a negative number": message(number=-1),
    "windows that are none": message(windows=5),
    "too many windows": message(windows=[[START, TALLY]] * (MOST + 1)),
    "a window of three": message(windows=[[START, TALLY, 1]]),
    "a window at a fraction": message(windows=[[1.5, TALLY]]),
    "a tally too short": message(windows=[[START, TALLY[:-1]]]),
    "too many endpoints": message(endpoints=[["/a", "GET", *TALLY]] * (MOST + 1)),
    "a name that is a number": endpoint(7),
    "a name too long": endpoint("x" * 5_000),
    "a method that is none": endpoint("/a", None),
    "an endpoint without a tally": message(endpoints=[["/a", "GET"]]),
    "an end that is a number": message(final=1),
    "an end in far future": message(until=2**50),
}
ODD_TALLIES = {
    "more failures than requests": window(failures=2),
    "more times than requests": window(timed=2, counts=[2]),
    "a count that is NaN": window(count=NAN),
    "a huge count": window(count=2**60),
    "a total that is NaN": window(total=NAN),
    "an infinite total": window(total=INFINITE),
    "a negative time": window(min=-1.0),
    "a time that is a text": window(max="5"),
    "a shortest above the longest": window(min=6.0),
    "a huge length": window(length=2**64 - 1),
    "a bucket too low": window(index=[histogram.FIRST - 1]),
    "a bucket too high": window(index=[histogram.LAST + 1]),
    "a bucket that is a fraction": window(index=[80.0]),
    "a bucket that is true": window(index=[True]),
    "a bucket without a count": window(counts=[]),
    "a bucket that is empty": window(index=[80, 81], counts=[1, 0]),
    "a bucket of less than none": window(index=[80, 81], counts=[2, -1]),
    "a bucket twice": window(count=2, timed=2, index=[80, 80], counts=[1, 1]),
    "too many buckets": window(index=[80] * 2_000, counts=[1] * 2_000),
    "buckets of other times": window(timed=0),
    "a list of lists": window(index=[[80]]),
}
ODD = ODD_MESSAGES | ODD_TALLIES


@pytest.mark.parametrize("what", ODD)
def test_an_odd_report_is_refused(what: str) -> None:
    with pytest.raises(OddReportError):
        read(ODD[what])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.data())
def test_whatever_is_sent_is_read_or_refused(data: st.DataObject) -> None:
    whole = message(windows=[[START, [1, 0, 1, 5.0, 5.0, 5.0, 10, [80], [1]]]])
    key = data.draw(st.sampled_from([*whole, "other"]))
    try:
        read({**whole, key: data.draw(anything)})
    except OddReportError:
        return


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("", "GET"),
        ("Aggregated", ""),
        ("Aggregated", "GET"),
        ("a b", "GET"),
        ("a,run=other", "GET"),
        ("a=b", "GET"),
        ("a\nlocust_stats count=1i", "GET"),
        ("a\\", "GET"),
        ("a", "G\\"),
        ("a", "G T"),
        ("a\tb", "GET"),
        ("a\\\\ b", "GET"),
    ],
)
def test_a_name_that_would_be_more_than_a_tag_is_none(name: str, method: str) -> None:
    assert not is_key((name, method))


def test_names_as_workers_escape_them_are_names() -> None:
    for name in ("/a", "/a\\ b\\,c\\=d", "\\n", "ünï 🙂".replace(" ", "\\ "), '"', "x" * 1_024):
        assert is_key((name, "GET"))
        assert is_key((name, ""))


@given(st.text() | st.text(alphabet="\\,= \n\ta"), st.text() | st.none())
def test_whatever_a_worker_counts_under_can_be_reported(name: str, method: str | None) -> None:
    assert is_key(endpoint_key(name, method))


def test_a_message_of_a_hundred_endpoints_is_small_enough_to_be_read() -> None:
    rnd = random.Random(1)
    collector = Collector(seconds=10)
    collector.pace = 1
    each = {
        (f"/{i}" * 20, "GET"): tallied([rnd.lognormvariate(4, 2) for _ in range(500)])
        for i in range(MOST)
    }
    collector.span(START, each)
    (report,) = collector.take("r")
    assert len(msgpack.dumps(pack(report))) < 2**20


@pytest.mark.parametrize(
    ("workers", "pace"), [(0, 1), (1, 1), (20, 1), (21, 2), (200, 10), (5_000, 10)]
)
def test_many_workers_report_less_often_but_each_ten_seconds(workers: int, pace: int) -> None:
    assert pace_of(workers) == pace
