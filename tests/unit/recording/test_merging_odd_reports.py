"""What a master makes of reports that are missing, come twice, or are too many or impossible."""

from math import inf

import pytest
from tests.fixtures.merging_master import FIRST, PACKED, STATS, SUMMARY, A, Master
from tests.fixtures.reports import Reporter, message

from swarmscope.recording.endpoint import FOLDED
from swarmscope.recording.reading import OddReportError, read
from swarmscope.recording.reports import MOST


def test_names_past_the_limit_are_in_no_sum_and_said_once() -> None:
    """Nobody's points would say what another name says: boards read the workers' own then."""
    master, one = Master(max_names=2), Reporter()
    for now in (FIRST, FIRST + 1):
        one.second(now, {(f"/{i}", "GET"): [float(i + 1)] for i in range(6)} | {FOLDED: [9.0]})
    master.hear("one", one.reports(FIRST + 2, final=True))
    master.write(FIRST + 2, ["one"])
    assert master.full == [4]
    names = {name for measurement, name, _ in master.points if measurement == SUMMARY}
    assert names == {"/0", "/1", "/2", "/3", "(other)", "Aggregated"}
    assert master.counts(SUMMARY, "(other)") == {1: 2}, "what the workers call so stays"
    assert master.counts(SUMMARY, "Aggregated") == {1: 10}
    assert sum(master.counts(STATS, "Aggregated").values()) == 14, "all that there was"


def test_a_report_that_got_lost_is_said_once() -> None:
    master, one = Master(), Reporter()
    for now in range(FIRST, FIRST + 6):
        one.second(now, {A: [5.0]})
        reports = one.reports(now + 1)
        if now % 2:
            master.hear("one", reports)
    assert master.lost == [("one", 1)]


def test_a_report_that_comes_again_is_refused() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0]})
    reports = one.reports(FIRST + 1)
    master.hear("one", reports)
    with pytest.raises(OddReportError):
        master.hear("one", reports)
    master.write(FIRST + 2, ["one"])
    assert master.counts(STATS, "Aggregated") == {0: 1}


def test_a_window_of_a_time_to_come_is_refused() -> None:
    master = Master()
    with pytest.raises(OddReportError):
        master.hear("one", [read(message(windows=[[FIRST + 10_000, PACKED]]))])
    assert not master.write(FIRST + 20_000, ["one"])


def test_spans_of_another_length_are_refused_with_what_helps() -> None:
    """Of a worker with a setting of its own: a minute would be drawn as ten seconds."""
    master, one = Master(), Reporter(seconds=60)
    one.second(FIRST, {A: [5.0]})
    windows, spans = one.reports(FIRST + 1, final=True)
    master.hear("one", [windows])
    with pytest.raises(OddReportError, match="same SWARMSCOPE_LATENCY_RESOLUTION"):
        master.hear("one", [spans])
    master.write(FIRST + 20, ["one"], over=True)
    assert master.counts(STATS, "Aggregated") == {0: 1}
    assert not master.counts(STATS, "/a")


def test_a_name_that_would_be_another_series_is_refused() -> None:
    master = Master()
    with pytest.raises(OddReportError):
        master.hear("one", [read(message(start=FIRST, endpoints=[["a,run=x", "GET", *PACKED]]))])
    assert not master.write(FIRST + 20, ["one"], over=True)


def test_more_than_a_master_may_hold_is_let_go_and_stays_in_the_summary() -> None:
    master = Master()
    endpoints = [[f"/{i}", "GET", *PACKED] for i in range(MOST)]
    for number in range(1, 901):
        report = read(message(number=number, start=FIRST - 10 * number, endpoints=endpoints))
        master.hear("one", [report])
    assert master.merger._spans._held <= 40_000, "however much comes between two looks"
    master.write(FIRST + 1, ["one"])
    assert master.merger._spans._held <= 20_000
    master.write(FIRST + 2, ["one"], over=True)
    assert max(master.counts(SUMMARY, "/1").values()) == 900


def test_a_worker_that_was_never_heard_has_not_ended() -> None:
    master = Master()
    assert not master.merger.over(["one"])
    assert not master.merger.heard_of("one")
    assert master.merger._told("one") == (-inf, -inf)
