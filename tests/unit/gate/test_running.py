"""What is known of a run that goes on: held as long as it is needed, and no more of it."""

import pytest

from swarmscope.gate import running
from swarmscope.gate.live import Live
from swarmscope.gate.running import Running
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import Rule, Severity, Thresholds
from swarmscope.recording.reports import Report
from swarmscope.recording.tally import Tally
from swarmscope.runs.arrivals import NONE_DUE

BEGAN = 1_000


def tally(count: int = 1) -> Tally:
    found = Tally()
    found.count = count
    return found


def test_names_are_as_people_read_them_and_endpoints_nobody_asks_for_are_not_held() -> None:
    found = Running(BEGAN, 1, 10, lambda key: key[1] == "GET")
    endpoints = [((r"/a\ b\,c\=d\e", "GET"), tally()), (("/x", "POST"), tally())]
    found.hear("w", Report("r", 1, start=BEGAN + 3, endpoints=endpoints, final=True))
    course = found.whole(BEGAN + 10, ())
    windows = {key: len(some) for key, some in course.endpoints.items()}
    assert windows == {("/a b,c=d\\e", "GET"): 1, ("/x", "POST"): 0}


def test_it_reaches_as_far_as_all_have_told_of_windows_and_of_endpoints() -> None:
    found = Running(BEGAN, 2, 10)
    found.expect(["a", "b"])
    assert found.until(apart=False) == BEGAN
    found.hear("a", Report("r", 1, until=BEGAN + 7, spans_until=BEGAN))
    found.hear("b", Report("r", 1, until=BEGAN + 15, spans_until=BEGAN + 10))
    assert (found.until(apart=False), found.until(apart=True)) == (BEGAN + 6, BEGAN)
    found.hear("a", Report("r", 2, final=True))
    assert (found.until(apart=False), found.until(apart=True)) == (BEGAN + 14, BEGAN + 10)
    assert not found.over
    found.hear("b", Report("r", 2, final=True))
    assert found.over


def test_what_a_warm_up_cuts_is_in_no_sum_and_what_comes_late_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = Running(BEGAN + 0.5, 1, 10, warm_up=3)
    windows = [(BEGAN + n, tally(10**n)) for n in range(6)]
    found.hear("a", Report("r", 1, windows=windows, until=BEGAN + 6))
    (window,) = found.summed(BEGAN + 5, apart=False).together
    assert window.tally.count == 10_000, "the fourth second is cut, the sixth isn't over"
    late = [(BEGAN + 4, tally(7)), (BEGAN + 1, tally(50))]
    found.hear("a", Report("r", 2, windows=late, until=BEGAN + 6))
    (window,) = found.summed(BEGAN + 6, apart=False).together
    assert window.tally.count == 110_007
    monkeypatch.setattr(running, "_MOST", 2)
    found.let_go(BEGAN + 6)
    assert found.short
    (window,) = found.summed(BEGAN + 6, apart=False).together
    assert window.tally.count == 110_007, "sums outlive their windows"


def test_of_a_run_too_long_to_be_held_whole_the_worst_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "_MOST", 30)
    sentences = ("requests < 5 over 2s", "requests < 100000")
    wanted = Thresholds(tuple(Rule(read(one), Severity.FAIL, one) for one in sentences))
    found = Live(wanted, Running(BEGAN, 1, 10))
    for n in range(200):
        count = 9 if n == 3 else 1
        report = Report("r", n + 1, windows=[(BEGAN + n, tally(count))], until=BEGAN + n + 1)
        found.running.hear("a", report)
        for _ in found.look(BEGAN + n + 1, NONE_DUE, ()):
            pass
    assert found.running.short
    assert [one.result.value for one in found.judged] == [10, 208]
