"""A list of runs: what is asked for beforehand, and which of its rows are told."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from swarmscope.queries.catalogue import query
from swarmscope.queries.counted import COUNTED_RUNS, NEWEST_RUNS, counting
from swarmscope.store.backend import LAST_MS, Parameters
from swarmscope.store.flux_lists import listing, milliseconds

FLUX = query("runs").flux
Row = Mapping[str, Any]


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1_000, UTC)


class Store:
    """What an InfluxDB says of its runs: their starts in ms, and which must be *counted*."""

    def __init__(self, starts: Mapping[str, int | None], counted: Iterable[str] = ()) -> None:
        self._answers: dict[str, list[Row]] = {
            COUNTED_RUNS: [{"run": run} for run in counted],
            NEWEST_RUNS: [
                *({"run": run} for run in starts),
                *({"run": r, "_time": at(ms)} for r, ms in starts.items() if ms is not None),
            ],
        }
        self.asked: list[tuple[str, int]] = []

    def ask(self, flux: str, parameters: Parameters, name: str) -> Iterable[Row]:
        self.asked.append((name, parameters.start))
        return self._answers[flux]


def parameters(newest: int | None = None, start: int = -LAST_MS) -> Parameters:
    return Parameters("", "b", start, LAST_MS, 1, newest=newest)


def test_where_all_are_wanted_it_asks_which_must_be_counted() -> None:
    store = Store({}, ["b", "a"])
    told = listing(FLUX, parameters(), store.ask)
    assert told.flux == counting(FLUX, ["b", "a"])
    assert store.asked == [("the runs to be counted", -LAST_MS)]
    assert told.has({"run": "anything"})
    assert told.has({})


def test_of_the_newest_alone_summaries_are_read_from_a_minute_before_the_first() -> None:
    store = Store({"old": 1_000_000, "a": 2_000_000, "b": 3_000_000}, ["old", "b"])
    told = listing(FLUX, parameters(2), store.ask)
    since = 2_000_000 - 60_000
    assert told.flux == counting(FLUX, ["b"], since)
    assert store.asked == [("the newest runs", -LAST_MS), ("the runs to be counted", since)]
    assert [told.has({"run": run}) for run in ("old", "a", "b")] == [False, True, True]


def test_a_range_is_not_left() -> None:
    store = Store({"a": 2_000_000, "b": 3_000_000})
    listing(FLUX, parameters(1, start=2_990_000), store.ask)
    assert store.asked[-1] == ("the runs to be counted", 2_990_000)


def test_a_run_of_unknown_start_may_be_among_the_newest_and_is_counted() -> None:
    store = Store({"old": 1_000_000, "new": 2_000_000, "unknown": None})
    told = listing(FLUX, parameters(1), store.ask)
    assert told.flux == counting(FLUX, ["unknown"], 1_940_000)
    assert [told.has({"run": run}) for run in ("old", "new", "unknown")] == [False, True, True]


def test_runs_that_began_together_are_all_told() -> None:
    store = Store({"a": 1_000_000, "b": 2_000_000, "c": 2_000_000})
    told = listing(FLUX, parameters(1), store.ask)
    assert told.only == {"b", "c"}


@pytest.mark.parametrize("wanted", [2, 3])
def test_where_there_are_no_more_than_wanted_nothing_is_left_out(wanted: int) -> None:
    store = Store({"a": 1_000_000, "b": 2_000_000}, ["a"])
    told = listing(FLUX, parameters(wanted), store.ask)
    assert (told.flux, told.only) == (counting(FLUX, ["a"]), None)


def test_of_a_run_with_two_starts_the_first_counts() -> None:
    store = Store({"a": 5_000_000, "b": 2_000_000, "c": 1_000_000})
    store._answers[NEWEST_RUNS].append({"run": "a", "_time": at(1_500_000)})
    store._answers[NEWEST_RUNS].append({"run": "c", "_time": at(9_000_000)})
    assert listing(FLUX, parameters(1), store.ask).only == {"b"}


@pytest.mark.parametrize("odd", [{}, {"run": None, "_time": "yesterday"}, {"run": "", "_time": 7}])
def test_rows_that_tell_no_start_are_of_a_run_without_one(odd: Row) -> None:
    store = Store({"a": 1_000_000, "b": 2_000_000})
    store._answers[NEWEST_RUNS].append(odd)
    assert listing(FLUX, parameters(1), store.ask).only == {"b", ""}


@pytest.mark.parametrize("ms", [0, -1, 1_780_000_023_250, -LAST_MS + 10**6])
def test_a_moment_is_exact_to_the_millisecond(ms: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + (at(1) - at(0)) * ms
    assert milliseconds(moment) == ms
