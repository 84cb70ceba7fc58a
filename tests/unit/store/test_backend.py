"""How every store is asked: ranges and limits, over a store in memory."""

import time

import pytest
from tests.fixtures.memory_store import Memory

from swarmscope.errors import ConfigurationError, NoDataError, SwarmscopeError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.store import backend
from swarmscope.store.backend import (
    LAST_MS,
    BackendReader,
    Parameters,
)
from swarmscope.store.question import Question


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
