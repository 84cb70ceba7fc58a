"""Requests that can't be counted as they are: each counts all the same."""

import pytest
from tests.fixtures.recorders import closed, record, tallies

from swarmscope.recording.window import Recorder


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


class Waiting:
    """An answer, or an exception, in which the user's time runs out."""

    @property
    def status_code(self) -> int:
        raise KeyboardInterrupt

    def __bool__(self) -> bool:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("odd", "failures"),
    [
        ({"response": Waiting(), "exception": ValueError("bad")}, 1),
        ({"response": Waiting(), "exception": False}, 0),
        ({"response": Waiting()}, 0),
        ({"exception": Waiting()}, 1),
    ],
    ids=["failed", "said not to have failed", "not failed", "nobody knows"],
)
def test_a_request_that_is_broken_off_while_it_is_looked_at_counts_whole(
    recorder: Recorder, odd: dict[str, object], failures: int
) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            record(recorder, ms=12.0, response_length=34, **odd)
    assert recorder.cells.heard() == {("/a", "GET"): (2, 2 * failures)}
    (window,) = closed(recorder)
    (raw,) = window.endpoints
    assert (raw.times, raw.lengths, raw.failures) == ([12.0] * 2, [34] * 2, 2 * failures)
    named = {(f.name, f.method, f.exception): n for f, (n, _) in window.failures.items()}
    kind = type(odd.get("exception")).__name__
    assert named == ({("/a", "GET", kind): 2} if failures else {})


def test_an_exception_that_can_not_say_whether_it_is_one_is_none(
    recorder: Recorder, warnings: list[str]
) -> None:
    class Undecided:
        def __bool__(self) -> bool:
            raise RuntimeError("neither")

    record(recorder, exception=Undecided())
    (window,) = closed(recorder)
    assert [raw.failures for raw in window.endpoints] == [0]
    assert "neither: RuntimeError" in warnings[0]
