"""Sums of whatever numbers a locustfile hands over: Python's own, or those of a library."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from swarmscope.recording import histogram
from swarmscope.recording.tally import Raw, Tally


class Int16:
    """A whole number of 16 bits, as arrays have them: its sums are of 16 bits, too."""

    def __init__(self, value: int) -> None:
        self._value = (value + 2**15) % 2**16 - 2**15

    def __index__(self) -> int:
        return self._value

    def __float__(self) -> float:
        return float(self._value)

    def __add__(self, other: Any) -> "Int16":
        return Int16(self._value + int(other))

    __radd__ = __add__

    def __lt__(self, other: Any) -> bool:
        return self._value < float(other)

    def __gt__(self, other: Any) -> bool:
        return self._value > float(other)


class Float16(float):
    """A number of 16 bits: above 65,504 its sums are infinite."""

    def __add__(self, other: float) -> "Float16":
        total = float(self) + float(other)
        return Float16(total if total <= 65_504 else math.inf)

    __radd__ = __add__


class Spoilt:
    """A number whose every use raises."""

    def __repr__(self) -> str:
        return "Spoilt()"

    def __float__(self) -> float:
        raise RuntimeError("no")

    __add__ = __radd__ = __lt__ = __gt__ = __float__  # type: ignore[assignment]


def fold(times: list[Any], lengths: list[Any]) -> Tally:
    return Raw(("/a", "GET"), times, lengths, 0).fold()


@pytest.mark.parametrize(
    "beside",
    [[], [None], ["x"], [math.nan], [Decimal("NaN")], [Decimal("sNaN")], [Spoilt()]],
    ids=repr,
)
@pytest.mark.parametrize("kind", [int, float, Int16, Float16, Decimal, Fraction, str, bool])
def test_a_number_counts_as_itself_whatever_stands_beside_it(kind: Any, beside: list[Any]) -> None:
    values = [1] * 50 if kind is bool else [700] * 50
    tally = fold([*map(kind, values), *beside], [*map(kind, values), *beside])
    assert tally.count == 50 + len(beside)
    assert (tally.timed, tally.total, tally.length) == (50, sum(values), sum(values))
    assert (tally.min, tally.max) == (values[0], values[0])
    assert sum(tally.histogram.values()) == 50
    assert {type(n) for n in (tally.total, tally.min, tally.max)} == {float}
    assert type(tally.length) is int


def test_sums_of_a_small_kind_do_not_overflow() -> None:
    """In sixteen bits the first would be -14,464, the second infinite."""
    assert fold([Int16(30_000)] * 39, [Int16(30_000)] * 39).length == 1_170_000
    assert fold([Int16(30_000)] * 39, []).total == 1_170_000
    assert fold([Float16(60_000)] * 9, [Float16(60_000)] * 9).total == 540_000
    assert fold([Float16(60_000)] * 9, [Float16(60_000)] * 9).length == 540_000


def test_kinds_may_be_mixed() -> None:
    mixed = [1, 2.5, Int16(3), Decimal("4.5"), Fraction(11, 2), "6", True]
    tally = fold(mixed, mixed)
    assert (tally.timed, tally.total) == (7, 23.5)
    assert tally.length == 23


@pytest.mark.parametrize(
    ("length", "counted"),
    [
        pytest.param(10**400, 2**53, id="a number of 400 digits"),
        pytest.param(-(10**400), -(2**53), id="one below zero"),
        (math.inf, 0),
        (1e300, 2**53),
        (math.nan, 0),
        ("", 0),
    ],
)
def test_a_length_that_can_not_be_is_cut(length: object, counted: int) -> None:
    assert fold([1.0], [length]).length == counted
    assert fold([1.0], [length, None]).length == counted


def test_numbers_of_numpy_count_as_themselves() -> None:
    numpy = pytest.importorskip("numpy", reason="numpy isn't installed: stand-ins are used alone")
    for kind in (numpy.int16, numpy.uint16, numpy.int64, numpy.float16, numpy.float32):
        for beside in ([], [None]):
            tally = fold([*[kind(30_000)] * 39, *beside], [*[kind(30_000)] * 39, *beside])
            exact = int(kind(30_000)) * 39
            assert (tally.timed, tally.total, tally.length) == (39, exact, exact), kind


@pytest.mark.parametrize("with_histogram", [True, False])
def test_what_is_merged_of_windows_and_of_sums_is_the_same(with_histogram: bool) -> None:
    windows = [Raw(("/a", ""), [1.0, 5.0, 5.0], [1, 1, 1], 0), Raw(("/a", ""), [5.0], [1], 1)]
    minute, again = Tally(), Tally()
    for window in windows:
        minute.merge(window.fold(), with_histogram=with_histogram)
    again.merge(minute, with_histogram=with_histogram)
    # a fold that took in another is no longer of one window
    first = windows[0].fold()
    first.merge(windows[1].fold(), with_histogram=with_histogram)
    into = Tally()
    into.merge(first, with_histogram=with_histogram)
    assert minute.histogram == again.histogram
    if with_histogram:
        assert into.histogram == again.histogram
        assert sum(again.histogram.values()) == 4


def test_a_response_in_no_time_is_counted_among_others() -> None:
    tally = fold([0.0, 5.0], [])
    assert (tally.timed, tally.total, tally.min, tally.max) == (2, 5.0, 0.0, 5.0)
    assert sum(tally.histogram.values()) == 2


@pytest.mark.parametrize("with_histogram", [True, False])
def test_tallies_add_up_and_extremes_stay_extreme(with_histogram: bool) -> None:
    together = Tally()
    for times, failures in (([5.0, 7.0], 1), ([1.0, 2.0, 9.0], 2), ([3.0, None], 4)):
        one = Raw(("/a", "GET"), times, [10] * len(times), failures).fold()
        together.merge(one, with_histogram=with_histogram)
    assert (together.count, together.timed, together.failures) == (7, 6, 7)
    assert (together.total, together.min, together.max) == (27.0, 1.0, 9.0)
    assert together.length == 70
    assert sum(together.histogram.values()) == (6 if with_histogram else 0)


class Watched(list[Any]):
    """Numbers that count how often somebody went through them."""

    passes = 0

    def __iter__(self) -> Any:
        self.passes += 1
        return super().__iter__()


def test_plain_lengths_are_gone_through_once_and_others_looked_at_one_by_one() -> None:
    """The load generator's time is at stake: a window may hold thousands."""
    plain, odd = Watched([1, 2, 3]), Watched([1, None, 3])
    assert (fold([], plain).length, plain.passes) == (6, 1)
    assert (fold([], odd).length, odd.passes) == (4, 2)


def test_response_times_of_failures_are_told_apart_and_add_up() -> None:
    times: list[Any] = [5.0, 900.0, None, 5.0]
    one = Raw(("/a", "GET"), times, [1] * 4, 2, {}, [5.0, None])  # type: ignore[list-item]
    two = Raw(("/a", "GET"), [900.0], [1], 1, {}, [900.0])
    fine = Raw(("/a", "GET"), [900.0], [1], 0)
    together = Tally()
    for raw in (one, two, fine):
        together.merge(raw.fold())
    quick, slow = histogram.index(5.0), histogram.index(900.0)
    assert one.fold().failed == {quick: 1}
    assert together.failed == {quick: 1, slow: 1}
    assert together.histogram == {quick: 2, slow: 3}
    assert fine.fold().failed is None
    assert Raw(("/a", "GET"), [None], [1], 1, {}, [None]).fold().failed is None  # type: ignore[list-item]
