"""In which windows every store is asked, and which are whole, over a store in memory."""

import time

import pytest
from tests.fixtures.memory_store import Memory

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.store.backend import (
    LAST_MS,
    MAX_WINDOWS,
    BackendReader,
    choose_window,
    usable_resolution,
)
from swarmscope.store.question import Question
from swarmscope.store.watermark import HEARD_MS, SETTLED_MS

DAY = 86_400


@pytest.mark.parametrize("name", ["requests_per_second", "percentiles", "endpoint_p95"])
def test_of_a_run_that_goes_on_the_window_that_is_being_filled_is_left_out(name: str) -> None:
    store = Memory()
    before = time.time_ns() // 1_000_000
    stop = before + 60_000
    table = BackendReader(store, "b").ask(Question(name, "r", start=before - 3_600_000, stop=stop))
    after = time.time_ns() // 1_000_000
    ((asked),) = store.asked
    length = asked.window * 1_000
    assert (asked.stop % length, table.stop) == (0, stop)
    assert before - SETTLED_MS - length < asked.stop <= after - SETTLED_MS


def test_a_window_is_drawn_as_soon_as_all_workers_that_go_on_have_stored_it() -> None:
    store = Memory()
    now = time.time_ns() // 1_000_000 // 10_000 * 10_000
    question = Question("requests_per_second", "r", now - 3_600_000, now + 60_000, window=10)
    store.newest = [now + 3_000, now]
    BackendReader(store, "b").ask(question)
    store.newest = [now + 3_000, now - 1_000]
    BackendReader(store, "b").ask(question)
    assert [asked.stop for asked in store.asked] == [now, now - 10_000]


@pytest.mark.parametrize(
    ("name", "over", "ahead_ms"),
    [
        ("requests_per_second", True, 60_000),
        # Whole by now, whether the run goes on or not.
        ("requests_per_second", False, -HEARD_MS),
        # No load: a part of a window is as good as the whole.
        ("users", False, 60_000),
        ("endpoint_counts", False, 60_000),
    ],
)
def test_what_is_whole_or_needs_not_be_is_all_asked_for(
    name: str, over: bool, ahead_ms: int
) -> None:
    store = Memory()
    store.over = over
    now = time.time_ns() // 1_000_000
    BackendReader(store, "b").ask(Question(name, "r", start=now - 3_600_000, stop=now + ahead_ms))
    ((asked),) = store.asked
    assert asked.stop == now + ahead_ms


def test_where_no_window_is_whole_the_store_is_not_asked() -> None:
    store = Memory(rows=3)
    now = time.time_ns() // 1_000_000
    question = Question("requests_per_second", "r", now - 5_000, now, window=86_400)
    assert BackendReader(store, "b").ask(question).rows == []
    assert store.asked == []


@pytest.mark.parametrize(
    ("said", "used"), [(None, 1), (0, 1), (-5, 1), (7, 7), (86_400, 86_400), (2**63 - 1, 1)]
)
def test_a_resolution_that_no_run_has_is_taken_for_a_second(said: int | None, used: int) -> None:
    assert usable_resolution(said) == used


@pytest.mark.parametrize(
    ("question", "window"),
    [
        (Question("users", "r"), 10),
        (Question("users", "r", window=20), 20),
        (Question("users", "r", 0, 24_000_000), 120),
        (Question("users", "r", 23_000_000, 24_000_000), 10),
        (Question("users", "r", 0, 60_000, bucket="long"), 60),
        (Question("users", "r", 0, 60_000, bucket="other"), 1),
        (Question("endpoint_p95", "r"), 30),
        (Question("endpoint_p95", "r", window=90), 90),
        (Question("endpoint_p95", "r", 0, 24_000_000), 120),
        (Question("endpoint_p95", "r", 0, 60_000, bucket="long"), 60),
        (Question("run_events", "r"), 1),
        (Question("run_events", "r", bucket="long", start=0, stop=60_000), 1),
        (Question("host_cpu", start=0, stop=60_000), 1),
    ],
)
def test_windows_are_whole_multiples_of_those_that_were_recorded(
    question: Question, window: int
) -> None:
    store = Memory()
    BackendReader(store, "b", "long").ask(question)
    assert [asked.window for asked in store.asked] == [window]


def test_minutes_are_in_the_usual_bucket_where_no_other_is_named() -> None:
    store = Memory(resolution=None)
    BackendReader(store, "b").ask(Question("users", "r", 0, 60_000, bucket=schema.BUCKET_LONG))
    BackendReader(store, "b").ask(Question("users", "r"))
    assert [asked.window for asked in store.asked] == [schema.RESOLUTION_LONG, 1]


@pytest.mark.parametrize(
    ("range_s", "resolution", "window"),
    [
        (0, 1, 1),
        (MAX_WINDOWS, 1, 1),
        (MAX_WINDOWS + 1, 1, 2),
        (MAX_WINDOWS * 2, 1, 2),
        (MAX_WINDOWS * 10, 1, 10),
        (MAX_WINDOWS * 43_200, 1, 43_200),
        (MAX_WINDOWS * 43_200 + 1, 1, DAY),
        (MAX_WINDOWS * DAY + 1, 1, 2 * DAY),
        (10, 10, 10),
        (MAX_WINDOWS * 10 + 1, 10, 30),
        (0, 7, 7),
        (MAX_WINDOWS * 7, 7, 7),
        (MAX_WINDOWS * 7 + 1, 7, 14),
        (MAX_WINDOWS * DAY + 1, 7, DAY + 1),
        (MAX_WINDOWS * DAY + 1, 7 * DAY, 7 * DAY),
    ],
)
def test_a_window_that_nobody_names_is_a_usual_one_of_which_few_fill_the_range(
    range_s: int, resolution: int, window: int
) -> None:
    assert choose_window(None, range_s * 1_000, resolution) == window


def test_a_window_that_is_named_is_taken_up_to_the_length_of_all_times() -> None:
    longest = LAST_MS // 1_000
    assert choose_window(1, 10**9) == 1
    assert choose_window(longest, 1) == longest
    with pytest.raises(ConfigurationError, match="too far"):
        choose_window(longest + 1, 1)
    with pytest.raises(ConfigurationError, match="no whole multiple"):
        choose_window(0, 1)
