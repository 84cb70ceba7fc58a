"""What an audit found, as it is kept: when it is news, where it stands, what it puts right."""

from typing import Any

import pytest
from tests.fixtures.answers import Answers, event
from tests.fixtures.audits import LONG_AGO, NOW, RAN, START, worker

from swarmscope.runs.audit import Audit, audit
from swarmscope.runs.record import Record, corrected, is_final, keep_record, kept_of
from swarmscope.runs.summary import numbers_of

BEGAN = START - 5
SUMS = {
    **{"name": "Aggregated", "method": "", "requests": 10, "failures": 0, "untimed": 10},
    **{"shortest": None, "longest": None, "total_response_time": None},
    **{"total_content_length": 0, "start": START, "last": LONG_AGO},
}


class Store(Answers):
    """A store of one run, of which somebody may have kept an audit."""

    def __init__(self, *workers: dict[str, Any], events: Any = RAN, **rows: Any) -> None:
        answers = {"delivery": list(workers), "run_events": events, "endpoint_sums": [SUMS], **rows}
        super().__init__(BEGAN, NOW, **answers)
        self.written: list[str] = []

    @property
    def audit(self) -> Audit:
        return audit(self, "r", now_ms=NOW)

    def keep(self, *, anew: bool = False) -> bool:
        numbers = numbers_of(self, "r") if anew else None  # type: ignore[arg-type]
        return keep_record(self, self.audit, self.written.extend, numbers)  # type: ignore[arg-type]


def kept(store: Store, *, final: bool = True, time: int = 7, **more: object) -> dict[str, Any]:
    """Return the row of what was kept when *store* said the same as now."""
    return {**vars(Record.of(store.audit)), "time": time, "final": final, **more}


def test_what_nobody_kept_is_news_and_stands_where_the_run_began() -> None:
    store = Store(worker())
    assert kept_of(store, "r") is None  # type: ignore[arg-type]
    assert store.keep()
    kinds = [text.partition(",")[0] for text in store.written]
    assert kinds == ["locust_audit", "locust_run_summary"]
    assert {text.rpartition(" ")[2] for text in store.written} == {str(START * 10**6)}
    assert 'verdict="complete"' in store.written[0]
    assert "requests_seen=10i" in store.written[0]
    assert "final=true" in store.written[1]


def test_the_same_again_is_no_news_unless_it_is_wanted_anew() -> None:
    store = Store(worker())
    store.rows = {**store.rows, "run_audit": [kept(store)]}
    assert not store.keep()
    assert store.written == []
    assert store.keep(anew=True)
    # Where it stands already: at another time it would be a second one.
    assert {text.rpartition(" ")[2] for text in store.written} == {str(7 * 10**6)}


@pytest.mark.parametrize("more", [{"seen": 9}, {"said": "incomplete"}, {"final": False}])
def test_whatever_differs_is_news(more: dict[str, Any]) -> None:
    store = Store(worker())
    store.rows = {**store.rows, "run_audit": [kept(store) | more]}
    assert store.keep()


@pytest.mark.parametrize(
    ("workers", "events", "final"),
    [
        ([worker()], RAN, True),
        ([worker(lost=1, stored=9, totals=9)], RAN, True),
        ([worker(stored=9, delivered=9, pending=1)], RAN, False),
        ([worker(final=False, last=NOW)], [event("start", START)], False),
    ],
)
def test_only_of_what_nothing_more_is_expected_a_summary_is_final(
    workers: list[dict[str, Any]], events: Any, final: bool
) -> None:
    store = Store(*workers, events=events)
    assert is_final(store.audit) is final
    store.keep()
    assert f"final={str(final).lower()}" in store.written[1]


@pytest.mark.parametrize("more", [0, 101.0])
def test_what_is_doubtful_of_a_run_is_kept_with_it_and_that_nothing_is(more: float) -> None:
    store = Store(worker(), clock_error=[{"clock_error_ms": more}])
    store.keep()
    kept = store.written[1].partition('doubts="')[2].partition('"')[0]
    assert kept.partition(" off")[0] == ("a worker's clock was up to 101 ms" if more else "")
    assert "doubts=" in store.written[1]


def test_what_is_doubtful_of_a_run_that_goes_on_is_not_known_yet() -> None:
    going_on = Store(worker(final=False, last=NOW), events=[event("start", START)])
    going_on.keep()
    assert "doubts=" not in going_on.written[1]


def told(requests: int | None, name: str = "Aggregated") -> dict[str, Any]:
    return {"name": name, "method": "", "requests": requests, "time": 5, "tags": "{}"}


@pytest.mark.parametrize(
    ("summaries", "why", "lines"),
    [
        ([told(10)], "", 0),
        ([], "", 1),
        ([told(7)], "10 requests are stored, and it said 7", 1),
        ([told(10), told(3, "/gone")], "1 endpoint had other numbers", 2),
        ([told(None)], "10 requests are stored, and it said 0", 1),
    ],
)
def test_a_wrong_summary_is_put_right_and_it_is_said_why(
    summaries: list[dict[str, Any]], why: str, lines: int
) -> None:
    store = Store(worker(), kept_summaries=summaries)
    found = corrected(store, store.audit)  # type: ignore[arg-type]
    assert (found[0], len(found[1])) == (why, lines)


def test_more_than_is_stored_may_be_all_that_tells_of_an_expired_begin() -> None:
    gone = Store(worker(), kept_summaries=[told(99)])
    assert corrected(gone, gone.audit) == ("", [])  # type: ignore[arg-type]
    begun = Store(worker(), kept_summaries=[told(99)], run_tags=[{"tags": "{}"}])
    assert corrected(begun, begun.audit)[0] == "10 requests are stored, and it said 99"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("workers", "events"),
    [
        ([worker(final=False, last=NOW)], [event("start", START)]),
        ([worker(stored=9, delivered=9, pending=1)], RAN),
        ([worker(seen=0, locust=0, delivered=0, stored=0, totals=0)], RAN),
    ],
)
def test_of_a_run_of_which_more_may_come_or_nothing_came_nothing_is_put_right(
    workers: list[dict[str, Any]], events: Any
) -> None:
    store = Store(*workers, events=events, kept_summaries=[told(7)])
    assert corrected(store, store.audit) == ("", [])  # type: ignore[arg-type]
