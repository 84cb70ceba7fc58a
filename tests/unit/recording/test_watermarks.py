"""How far workers have told what they counted: as far as the slowest of all who ever took part."""

from math import inf

import pytest
from tests.fixtures.reports import message

from swarmscope.recording.reading import OddReportError, read
from swarmscope.recording.reports import Report
from swarmscope.recording.watermarks import Watermarks


def watermarks_of(*workers: str) -> Watermarks:
    watermarks = Watermarks()
    watermarks.expect(workers)
    return watermarks


def up_to(until: int, spans_until: int = 0, *, final: bool = False) -> Report:
    return read(message(until=until, spans_until=spans_until, final=final))


def test_all_have_told_what_the_slowest_has() -> None:
    watermarks = watermarks_of("a", "b")
    watermarks.reach("a", up_to(20, 10))
    assert watermarks.until == (-inf, -inf)
    watermarks.reach("b", up_to(15, 12))
    assert watermarks.until == (15, 10)
    watermarks.reach("b", up_to(0))
    assert watermarks.until == (15, 10), "a part of a report, of which more follows"
    watermarks.reach("a", up_to(20, 10, final=True))
    assert watermarks.until == (15, 12)
    assert watermarks.unfinished == ["b"]
    watermarks.reach("b", up_to(15, 12, final=True))
    assert watermarks.over
    assert watermarks.unfinished == []


def test_what_comes_after_the_end_takes_nothing_back() -> None:
    watermarks = watermarks_of("a")
    watermarks.reach("a", up_to(20, final=True))
    watermarks.reach("a", up_to(25, 20))
    assert watermarks.over


def test_of_nobody_nothing_is_told() -> None:
    assert Watermarks().until == (-inf, -inf)
    assert not Watermarks().over


def test_numbers_say_how_many_reports_never_came() -> None:
    watermarks = Watermarks()
    assert watermarks.take_number("a", 1) == (0, 0)
    assert watermarks.expects("a")
    assert watermarks.take_number("a", 2) == (1, 0)
    assert watermarks.take_number("a", 5) == (2, 2)
    assert watermarks.take_number("b", 4) == (0, 3)
    for number in (5, 4, 0):
        with pytest.raises(OddReportError):
            watermarks.take_number("a", number)


def test_who_says_nothing_for_so_many_looks_is_silent_unless_it_has_ended() -> None:
    watermarks = watermarks_of("a", "b", "c")
    watermarks.reach("c", up_to(20, final=True))
    for number in range(1, 4):
        assert not watermarks.look(3)
        watermarks.take_number("a", number)
    assert watermarks.look(3) == ["b"]
    watermarks.expect(["b"])
    assert watermarks.look(3) == ["b"], "it took part all the time"
