"""How far workers have told what they counted: as far as the slowest of all who ever took part."""

from math import inf

import pytest
from tests.fixtures.reports import message

from swarmscope.recording.reading import OddReportError, read
from swarmscope.recording.reports import Report
from swarmscope.recording.told import Told


def told_of(*workers: str) -> Told:
    told = Told()
    told.expect(workers)
    return told


def up_to(until: int, spans_until: int = 0, *, final: bool = False) -> Report:
    return read(message(until=until, spans_until=spans_until, final=final))


def test_all_have_told_what_the_slowest_has() -> None:
    told = told_of("a", "b")
    told.reach("a", up_to(20, 10))
    assert told.until == (-inf, -inf)
    told.reach("b", up_to(15, 12))
    assert told.until == (15, 10)
    told.reach("b", up_to(0))
    assert told.until == (15, 10), "a part of a report, of which more follows"
    told.reach("a", up_to(20, 10, final=True))
    assert told.until == (15, 12)
    assert told.unfinished == ["b"]
    told.reach("b", up_to(15, 12, final=True))
    assert told.over
    assert told.unfinished == []


def test_what_comes_after_the_end_takes_nothing_back() -> None:
    told = told_of("a")
    told.reach("a", up_to(20, final=True))
    told.reach("a", up_to(25, 20))
    assert told.over


def test_of_nobody_nothing_is_told() -> None:
    assert Told().until == (-inf, -inf)
    assert not Told().over


def test_numbers_say_how_many_reports_never_came() -> None:
    told = Told()
    assert told.take_number("a", 1) == (0, 0)
    assert told.expects("a")
    assert told.take_number("a", 2) == (1, 0)
    assert told.take_number("a", 5) == (2, 2)
    assert told.take_number("b", 4) == (0, 3)
    for number in (5, 4, 0):
        with pytest.raises(OddReportError):
            told.take_number("a", number)


def test_who_says_nothing_for_so_many_looks_is_silent_unless_it_has_ended() -> None:
    told = told_of("a", "b", "c")
    told.reach("c", up_to(20, final=True))
    for number in range(1, 4):
        assert not told.look(3)
        told.take_number("a", number)
    assert told.look(3) == ["b"]
    told.expect(["b"])
    assert told.look(3) == ["b"], "it took part all the time"
