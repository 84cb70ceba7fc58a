"""What a master makes of reports that are missing, come twice, or are too many or impossible."""

import pytest
from tests.fixtures.merging_master import FIRST, PACKED, STATS, SUMMARY, A, Master
from tests.fixtures.reports import Reporter, message

from swarmscope.recording.endpoint import FOLDED
from swarmscope.recording.reading import OddReportError, read
from swarmscope.recording.reports import MOST


def test_of_names_past_the_limit_nothing_is_written_any_more_and_it_is_said_once() -> None:
    """Nobody's points would say what another name says: boards read the workers' own then."""
    master, one, other = Master(max_names=2), Reporter(), Reporter()
    for reporter, names in ((one, range(4)), (other, range(2, 6))):
        reporter.second(FIRST, {(f"/{i}", "GET"): [5.0] for i in names} | {FOLDED: [9.0]})
    master.hear("one", one.reports(FIRST + 2, final=True))
    master.write(FIRST + 2, ["one"])
    names = {name for measurement, name, _ in master.points if measurement == SUMMARY}
    assert names == {"/0", "/1", "/2", "/3", "(other)", "Aggregated"}
    assert not master.full, "what the workers call (other) is no further one"
    master.hear("other", other.reports(FIRST + 2))
    master.hear("other", other.reports(FIRST + 12, final=True))
    assert master.full == [4]
    assert not master.write(FIRST + 13, ["one", "other"])


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_once_a_report_got_lost_nothing_is_written_any_more_and_it_is_said(lost: int) -> None:
    """What is stored of it may be as many requests as others told of, and couldn't store yet."""
    master, one, other = Master(), Reporter(), Reporter()
    for now in range(FIRST, FIRST + 30):
        for worker, reporter in (("one", one), ("other", other)):
            reporter.second(now, {A: [5.0]})
            reports = reporter.reports(now + 1, final=now == FIRST + 29)
            if worker == "one" or not FIRST + 15 <= now < FIRST + 15 + lost:
                master.hear(worker, reports, now + 1)
        master.write(now + 1, ["one", "other"])
    # Of the second in which a span ended there were two: of all together, and of its endpoint.
    assert master.lost == [("other", lost + 1)]
    assert not master.elsewhere
    assert set(master.counts(STATS, "Aggregated").values()) == {2}
    assert max(time for _, _, time in master.points) == 14
    assert set(master.counts(SUMMARY, "/a").values()) == {12}
    assert master.merger.unfinished == []


def test_a_part_of_a_report_that_got_lost_is_missed_before_the_rest_of_it_counts() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0]})
    first, last = one.reports(FIRST + 1, final=True)
    assert (first.until, last.final) == (0, True)
    master.hear("one", [last])
    assert not master.write(FIRST + 2, ["one"])
    assert master.elsewhere == [("one", 1)]


def test_of_a_worker_that_reported_to_an_earlier_master_nothing_is_written() -> None:
    """A summary would be of the second half alone, and whoever reads it knows of no other."""
    master, old, new = Master(), Reporter(), Reporter()
    for now in (FIRST, FIRST + 1):
        old.second(now, {A: [5.0]})
        reports = old.reports(now + 1, final=now > FIRST)
    new.second(FIRST + 1, {A: [5.0]})
    master.hear("new", new.reports(FIRST + 2, final=True))
    master.hear("old", reports)
    assert not master.write(FIRST + 3, ["new"])
    assert (master.elsewhere, master.lost) == ([("old", 1)], [])


def test_a_report_that_comes_again_is_refused() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0]})
    reports = one.reports(FIRST + 1)
    master.hear("one", reports)
    with pytest.raises(OddReportError, match="before"):
        master.hear("one", reports)
    master.write(FIRST + 2, ["one"])
    assert master.counts(STATS, "Aggregated") == {0: 1}


def test_a_window_of_a_time_to_come_ends_what_is_merged_and_nothing_is_called_lost() -> None:
    """Of a worker whose clock is wrong: the next number must not say that this one got lost."""
    master = Master()
    for number in (1, 2):
        window = message(number=number, windows=[[FIRST + 10_000, PACKED]])
        master.hear("one", [read(window)])
    assert not master.write(FIRST + 20_000, ["one"])
    ((worker, why, remedy),) = master.odd
    assert (worker, why) == ("one", "it is of a time to come")
    assert "clocks" in remedy
    assert (master.lost, master.elsewhere) == ([], [])


def test_spans_of_another_length_end_what_is_merged_and_nothing_is_called_lost() -> None:
    """Of a worker with a setting of its own: a minute would be drawn as ten seconds."""
    master, one = Master(), Reporter(seconds=60)
    one.second(FIRST, {A: [5.0]})
    one.hand_over()
    master.hear("one", one.reports(FIRST + 1))
    one.second(FIRST + 1, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 2, final=True))
    assert not master.write(FIRST + 20, ["one"])
    ((worker, why, remedy),) = master.odd
    assert (worker, why) == ("one", "its spans have 60 s, and the master's 10")
    assert "same SWARMSCOPE_LATENCY_RESOLUTION" in remedy
    assert (master.lost, master.elsewhere) == ([], [])
    assert master.merger.over, "nobody is waited for"


def test_a_name_that_would_be_another_series_ends_what_is_merged() -> None:
    master = Master()
    master.hear("one", [read(message(start=FIRST, endpoints=[["a,run=x", "GET", *PACKED]]))])
    assert not master.write(FIRST + 20, ["one"])
    ((_, why, _),) = master.odd
    assert why == "an endpoint's name is impossible"


def test_more_than_a_master_may_hold_is_let_go_once_it_is_written() -> None:
    master = Master()
    endpoints = [[f"/{i}", "GET", *PACKED] for i in range(MOST)]
    for number in range(1, 601):
        report = message(number=number, start=FIRST - 10 * number, endpoints=endpoints)
        end = {"until": FIRST, "spans_until": FIRST} if number == 600 else {}
        master.hear("one", [read({**report, **end})])
    assert master.merger._spans._held == 30_000
    master.write(FIRST + 1, ["one"])
    assert master.merger._spans._held <= 20_000
    master.hear("one", [read(message(number=601, until=FIRST, final=True))])
    master.write(FIRST + 2, ["one"])
    assert max(master.counts(SUMMARY, "/1").values()) == 600


def test_when_more_waits_than_a_master_may_hold_nothing_is_written_any_more() -> None:
    master = Master()
    endpoints = [[f"/{i}", "GET", *PACKED] for i in range(MOST)]
    for number in range(1, 901):
        report = message(number=number, start=FIRST - 10 * number, endpoints=endpoints)
        master.hear("one", [read(report)])
    assert master.silent == [["one"]]
    assert master.merger._spans._held == 0
    assert not master.write(FIRST + 2, ["one"])


def test_a_worker_that_was_never_heard_has_not_ended() -> None:
    master = Master()
    master.merger.expect(["one"])
    assert not master.merger.over
    assert master.merger.expects("one")
    assert not master.merger.expects("other")
