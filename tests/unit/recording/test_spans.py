"""Spans: each endpoint's tallies of several windows, handed over once, and again when more came."""

import pytest

from swarmscope.recording.spans import Part, Spans
from swarmscope.recording.tally import Key, Raw, Tally

A, B = ("/a", "GET"), ("/b", "GET")


def tally(*times: float) -> Tally:
    return Raw(A, list(times), [1] * len(times), 0).fold()


def counts(part: Part | None) -> tuple[int, dict[Key, int], dict[Key, int]]:
    assert part
    new = {key: sum(of.histogram.values()) for key, of in part.new.items()}
    assert new == {key: of.count for key, of in part.new.items()}
    whole = {key: sum(of.histogram.values()) for key, of in part.whole.items()}
    return part.start, new, whole


@pytest.fixture
def spans() -> Spans:
    return Spans(10)


def test_a_span_is_the_windows_up_to_a_multiple_of_its_length(spans: Spans) -> None:
    for window in (1_000, 1_001, 1_009):
        spans.begin(window)
        spans.add(A, tally(1.0, 2.0))
        spans.add(B, tally(3.0))
    assert not spans.over(1_009)
    assert spans.over(1_010)
    both = {A: 6, B: 3}
    assert counts(spans.take()) == (1_000, both, both)


def test_its_time_is_that_of_the_first_window_there_was(spans: Spans) -> None:
    """A range that begins with the run has all of it then."""
    spans.begin(1_007)
    spans.add(A, tally(1.0))
    spans.begin(1_008)
    spans.add(A, tally(1.0))
    assert counts(spans.take()) == (1_007, {A: 2}, {A: 2})
    spans.begin(1_010)
    spans.add(A, tally(1.0))
    assert counts(spans.take()) == (1_010, {A: 1}, {A: 1})


def test_nothing_is_handed_over_twice(spans: Spans) -> None:
    assert not spans.over(10**10)
    assert spans.take() is None
    spans.begin(1_000)
    spans.add(A, tally(1.0))
    assert spans.take()
    assert spans.take() is None
    assert not spans.over(1_010)


def test_what_comes_late_is_new_and_makes_the_whole_larger(spans: Spans) -> None:
    spans.begin(1_000)
    spans.add(A, tally(1.0, 2.0))
    spans.add(B, tally(3.0))
    first = spans.take()
    spans.begin(1_001)
    spans.add(A, tally(9.0))
    assert counts(spans.take()) == (1_000, {A: 1}, {A: 3})
    spans.add(A, tally(9.0))
    again = spans.take()
    assert counts(again) == (1_000, {A: 1}, {A: 4})
    assert again
    assert (again.whole[A].min, again.whole[A].max) == (1.0, 9.0)
    # whoever keeps the first still has what it was told
    assert counts(first) == (1_000, {A: 2, B: 1}, {A: 2, B: 1})


def test_spans_as_long_as_a_window_are_over_with_it() -> None:
    spans = Spans(5)
    for window in (1_000, 1_005):
        spans.begin(window)
        spans.add(A, tally(1.0))
        assert spans.over(window + 5)
        assert counts(spans.take()) == (window, {A: 1}, {A: 1})


def test_what_was_handed_over_first_is_in_all_that_is_handed_over_later(spans: Spans) -> None:
    """A point takes the place of the one before: it must never be smaller."""
    for key in (A, B, A):
        spans.begin(1_000)
        spans.add(key, tally(1.0))
        part = spans.take()
    assert counts(part) == (1_000, {A: 1}, {A: 2})


def test_what_nobody_took_of_a_span_is_not_the_next_ones(spans: Spans) -> None:
    spans.begin(1_000)
    spans.add(A, tally(1.0))
    spans.begin(1_010)
    spans.add(B, tally(1.0))
    assert counts(spans.take()) == (1_010, {B: 1}, {B: 1})
