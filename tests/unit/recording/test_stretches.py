"""Windows and spans that a master holds: for a minute, and no more than it may."""

from tests.fixtures.reports import tallied

from swarmscope.recording.stretches import Stretches

A, B = ("/a", "GET"), ("/b", "GET")


def written(stretches: Stretches) -> Stretches:
    for stretch in stretches.open.values():
        stretch.unwritten.clear()
        stretch.unsettled.clear()
    return stretches


def test_what_was_written_is_held_for_a_minute_and_never_begun_anew() -> None:
    spans = Stretches(10, 100)
    assert spans.add(103, A, tallied([5.0]), 110)
    assert spans.add(109, A, tallied([5.0]), 110)
    ((start, span),) = spans.due(110)
    assert (start, span.tallies[A].count) == (100, 2)
    assert not spans.due(109)
    spans.let_go(1_000)
    assert spans.open, "it isn't written"
    written(spans).let_go(170)
    assert spans.open, "for a minute"
    spans.let_go(171)
    assert not spans.open
    assert spans.add(105, A, tallied([5.0]), 171) is None
    assert spans.add(110, A, tallied([5.0]), 171)


def test_of_too_much_the_oldest_that_is_written_is_let_go() -> None:
    spans = Stretches(10, 4)
    for start in (100, 110, 120):
        for key in (A, B):
            assert spans.add(start, key, tallied([5.0]), 130)
    written(spans).let_go(130)
    assert list(spans.open) == [110, 120]


def test_of_twice_as_much_nothing_new_is_begun_until_it_is_cleared() -> None:
    spans = Stretches(10, 1)
    assert spans.add(100, A, tallied([5.0]), 100)
    assert spans.add(110, A, tallied([5.0]), 100)
    assert spans.add(120, A, tallied([5.0]), 100) is None
    spans.clear()
    assert not spans.open
    assert spans.add(120, A, tallied([5.0]), 100)
