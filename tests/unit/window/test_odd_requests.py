"""Requests that can't be counted as they are: each counts all the same."""

import pytest
from tests.fixtures.recorders import record, tallies

from swarmscope.window import Recorder


def test_a_request_never_raises(recorder: Recorder, warnings: list[str]):
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no text")

        __hash__ = None

    record(recorder, name=Hostile())
    record(recorder, exception=Hostile())
    recorder.record()
    assert sum(t.count for t in tallies(recorder).values()) == 3
    assert warnings == []


class Broken:
    """What a client of one's own may make: an answer that can't be looked at."""

    @property
    def status_code(self) -> int:
        raise KeyError("status")

    @property
    def response(self) -> object:
        raise RuntimeError("closed")

    def __bool__(self) -> bool:
        return True


class Unhashable:
    """A name that raises whatever is asked of it."""

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "odd",
    [
        {"response": Broken(), "exception": ValueError("bad")},
        {"exception": Broken()},
        {"response": Broken(), "exception": Broken()},
    ],
    ids=["the answer", "the exception", "both"],
)
def test_a_failure_whose_properties_raise_counts_as_one_and_is_said_once(
    recorder: Recorder, warnings: list[str], odd: dict[str, object]
) -> None:
    for _ in range(10):
        record(recorder, **odd)
    recorder.close()
    (window,) = recorder.take()
    assert [raw.failures for raw in window.endpoints] == [10]
    ((failure, (count, _)),) = window.failures.items()
    assert (failure.name, failure.status, count) == ("/a", "", 10)
    assert failure.exception in {"ValueError", "Broken"}
    assert len(warnings) == sum(isinstance(value, Broken) for value in odd.values())
    assert all("can't be read" in text and "Broken" in text for text in warnings)


def test_a_name_that_raises_is_counted_all_the_same(recorder: Recorder) -> None:
    for _ in range(10):
        record(recorder, name=Unhashable())
    ((key, tally),) = tallies(recorder).items()
    assert tally.count == 10
    assert "Unhashable" in key[0]


def test_what_can_not_be_counted_whole_is_said_once(
    recorder: Recorder, warnings: list[str]
) -> None:
    class UndecidedError(ValueError):
        def __bool__(self) -> bool:
            raise RuntimeError("neither")

    for _ in range(10):
        record(recorder, exception=UndecidedError())
    assert sum(t.count for t in tallies(recorder).values()) == 10
    assert len(warnings) == 1


def test_what_keeps_a_request_from_being_counted_whole_is_said_once_a_kind(
    recorder: Recorder, warnings: list[str]
):
    class Odd:
        def __init__(self, error: Exception) -> None:
            self._error = error

        def __bool__(self) -> bool:
            raise self._error

    for error in (ValueError("odd"), ValueError("again"), KeyError("k")):
        record(recorder, exception=Odd(error))
    assert all(
        text.endswith("totals. Further ones of this kind are not told.") for text in warnings
    )
    assert [text.split("; ")[0] for text in warnings] == [
        "A request could not be counted whole (odd: ValueError)",
        "A request could not be counted whole ('k': KeyError)",
    ]
    assert tallies(recorder)["/a", "GET"].count == 3
