"""How every store is asked: ranges, windows and limits, over a store in memory."""

import time

import pytest

from swarmscope import schema
from swarmscope.errors import ConfigurationError, NoDataError, SwarmscopeError
from swarmscope.queries.catalogue import CATALOGUE, Query
from swarmscope.store import backend
from swarmscope.store.backend import (
    LAST_MS,
    MAX_WINDOWS,
    BackendReader,
    Batches,
    Parameters,
    choose_window,
    usable_resolution,
)
from swarmscope.store.question import Question
from swarmscope.store.watermark import HEARD_MS, SETTLED_MS, Course

DAY = 86_400


class Memory:
    """A store in memory, of one run: what a backend must be able to do, and no more."""

    name = "The memory"

    def __init__(self, rows: int = 0, resolution: int | None = 10, spans: int | None = 30) -> None:
        self.asked: list[Parameters] = []
        self.given = 0
        self.ended = False
        self.closed = False
        self.over = False
        self.newest: list[int] = []
        self._rows = rows
        self._resolution, self._spans = resolution, spans

    def extent(self, run: str, bucket: str, start: int, stop: int) -> tuple[int, int] | None:
        return (10_000, 70_000) if (run, bucket) == ("r", "b") else None

    def course(self, run: str, bucket: str) -> Course:
        if (run, bucket) != ("r", "b"):
            return Course()
        return Course(self._resolution, self._spans, self.over)

    def told(self, run: str, bucket: str) -> list[int]:
        assert not self.over, "nobody is waited for"
        return self.newest

    def rows(self, asked: Query, parameters: Parameters) -> Batches:
        self.asked.append(parameters)
        try:
            for number in range(self._rows):
                self.given += 1
                yield [(number,) * len(asked.columns)]
        finally:
            self.ended = True

    def close(self) -> None:
        self.closed = True


def test_a_run_is_asked_about_from_its_first_point_to_the_end_of_its_last_second() -> None:
    store = Memory(rows=2)
    with BackendReader(store, "b") as reader:
        table = reader.ask(Question("users", "r"))
    assert store.asked == [Parameters("r", "b", 10_000, 71_000, 10)]
    assert (table.start, table.stop, table.window) == (10_000, 71_000, 10)
    assert (table.query, table.columns) == ("users", tuple(CATALOGUE["users"].columns))
    assert table.rows == [(0, 0, 0), (1, 1, 1)]
    assert store.closed


@pytest.mark.parametrize(
    ("question", "start", "stop"),
    [
        (Question("users", "r", start=20_000), 20_000, 71_000),
        (Question("users", "r", stop=20_000), 10_000, 20_000),
        (Question("users", "gone", start=1, stop=2), 1, 2),
        (Question("runs", start=-LAST_MS, stop=LAST_MS), -LAST_MS, LAST_MS),
        (Question("runs"), -LAST_MS, LAST_MS),
        (Question("runs", stop=5), -LAST_MS, 5),
    ],
)
def test_what_is_said_of_the_range_is_taken_and_the_rest_is_the_run_s(
    question: Question, start: int, stop: int
) -> None:
    store = Memory()
    BackendReader(store, "b").ask(question)
    ((asked),) = store.asked
    assert (asked.start, asked.stop) == (start, stop)


NOW = 1_700_000_000_000


class Clocks(Memory):
    """A store of a run with points at these times, in ms."""

    def __init__(self, *times: int) -> None:
        super().__init__()
        self._times = times

    def extent(self, run: str, bucket: str, start: int, stop: int) -> tuple[int, int] | None:
        times = [at for at in self._times if start <= at < stop]
        return (min(times), max(times)) if times else None


@pytest.mark.parametrize(
    ("times", "curves", "sums"),
    [
        ((-LAST_MS, NOW, LAST_MS - 1), (NOW, NOW + 1_000), (-LAST_MS, LAST_MS)),
        ((5, NOW), (NOW, NOW + 1_000), (5, NOW + 1_000)),
        ((5, 7), (5, 1_007), (5, 1_007)),
        ((LAST_MS - 1,), (LAST_MS - 1_000, LAST_MS), (LAST_MS - 1_000, LAST_MS)),
    ],
    ids=["at both ends", "a clock that began in 1970", "no other", "at the end alone"],
)
def test_a_point_far_off_is_in_the_sums_and_stretches_no_curve(
    times: tuple[int, ...], curves: tuple[int, int], sums: tuple[int, int]
) -> None:
    store = Clocks(*times)
    for name in ("users", "run_events"):
        BackendReader(store, "b").ask(Question(name, "r"))
    assert [(asked.start, asked.stop) for asked in store.asked] == [curves, sums]


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


def test_machines_are_asked_about_their_last_quarter_of_an_hour() -> None:
    store = Memory()
    before = time.time_ns() // 1_000_000
    BackendReader(store, "b").ask(Question("host_cpu"))
    after = time.time_ns() // 1_000_000
    ((asked),) = store.asked
    assert asked.stop - asked.start == 901_000
    assert before <= asked.stop - 1_000 <= after
    assert type(asked.start) is int


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
    ("question", "kind", "said"),
    [
        (
            Question("users"),
            ConfigurationError,
            "The query users is about one run, and no run was named. Name one; `swarmscope runs` "
            "lists them.",
        ),
        (
            Question("users", "gone"),
            NoDataError,
            "The memory has no run 'gone' in the bucket 'b'. `swarmscope runs` lists those it has.",
        ),
        (
            Question("users", "r", bucket="c"),
            NoDataError,
            "The memory has no run 'r' in the bucket 'c'. `swarmscope runs` lists those it has.",
        ),
        (
            Question("users", "r", window=9),
            ConfigurationError,
            "A window of 9 s is no whole multiple of the resolution. This run was recorded in "
            "windows of 10 s: ask for one of as many seconds, or of a multiple.",
        ),
        (
            Question("users", "r", window=15),
            ConfigurationError,
            "A window of 15 s is no whole multiple of the resolution. This run was recorded in "
            "windows of 10 s: ask for one of as many seconds, or of a multiple.",
        ),
        (
            Question("endpoint_p95", "r", window=40),
            ConfigurationError,
            "A window of 40 s is no whole multiple of the resolution. Its endpoints' histograms "
            "were recorded in windows of 30 s: ask for one of as many seconds, or of a multiple.",
        ),
        (
            Question("users", "r", stop=10_000),
            ConfigurationError,
            "The range from 10000 to 10000 is empty. `from` must lie before `to`: ms since 1970, "
            "or RFC 3339.",
        ),
        (
            Question("users", "r", stop=10**17),
            ConfigurationError,
            "The range from 10000 to 100000000000000000 reaches too far. A store's times lie "
            "between the years 1678 and 2262, in ms since 1970.",
        ),
        (
            Question("users", "r", start=-LAST_MS - 1),
            ConfigurationError,
            f"The range from {-LAST_MS - 1} to 71000 reaches too far. A store's times lie "
            "between the years 1678 and 2262, in ms since 1970.",
        ),
        (
            Question("users", "r", window=LAST_MS),
            ConfigurationError,
            f"A window of {LAST_MS} s reaches too far. No store is that old.",
        ),
    ],
)
def test_what_no_store_can_be_asked_is_asked_of_none(
    question: Question, kind: type[SwarmscopeError], said: str
) -> None:
    store = Memory()
    with pytest.raises(SwarmscopeError) as caught:
        BackendReader(store, "b").ask(question)
    assert (type(caught.value), str(caught.value)) == (kind, said)
    assert not store.asked


def test_a_question_that_there_is_not_is_said_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no query 'nothing'\. There are: requests_per_"):
        BackendReader(Memory(), "b").ask(Question("nothing"))


def test_rows_are_fetched_as_they_are_read_and_no_more_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "MAX_ROWS", 3)
    store = Memory(rows=10)
    stream = BackendReader(store, "b").stream(Question("users", "r"))
    assert (stream.query, stream.columns) == ("users", tuple(CATALOGUE["users"].columns))
    assert (stream.start, stream.stop, stream.window) == (10_000, 71_000, 10)
    assert store.given == 0
    for number in range(3):
        assert next(stream.batches) == [(number,) * 3]
    assert store.given == 3
    with pytest.raises(ConfigurationError) as caught:
        next(stream.batches)
    assert str(caught.value) == (
        "The answer to users has more than 3 rows, or than 64 MiB. Ask for a shorter range, or for "
        "longer windows."
    )
    assert store.ended


def test_an_answer_that_nobody_reads_to_its_end_is_ended() -> None:
    store = Memory(rows=10)
    stream = BackendReader(store, "b").stream(Question("users", "r"))
    next(stream.batches)
    stream.batches.close()
    assert store.ended


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
