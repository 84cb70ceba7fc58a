"""What a run adds up to: over the time that is covered, and only when there is something new."""

from tests.fixtures.reports import tallied

from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.summary import Summary

A = ("/a", "GET")


def told(summary: Summary) -> list[tuple[str, float, int]]:
    """Return name, seconds and second of each point that is written."""
    found = []
    for line in summary.lines():
        series, fields, at = line.rsplit(" ", 2)
        seconds = float(fields.partition("seconds=")[2].partition(",")[0])
        found.append((series.partition("name=")[2].partition(",")[0], seconds, int(at) // 10**9))
    return found


def test_it_lasts_from_the_first_window_to_the_end_of_the_newest() -> None:
    summary = Summary(MergedEncoder({"run": "r"}), 5)
    summary.add(A, tallied([1.0]))
    summary.reach(110)
    assert told(summary) == [("/a", 5.0, 110), ("Aggregated", 5.0, 110)]
    summary.reach(130)
    summary.reach(120)
    summary.reach(100)
    assert told(summary) == [("/a", 35.0, 130), ("Aggregated", 35.0, 130)]


def test_of_nothing_there_is_none() -> None:
    summary = Summary(MergedEncoder({"run": "r"}), 1)
    assert told(summary) == []
    summary.reach(1)
    assert told(summary) == []
    other = Summary(MergedEncoder({"run": "r"}), 1)
    other.add(A, tallied([1.0]))
    assert told(other) == []
    assert other.changed


def test_it_is_known_whether_more_is_in_it_than_was_written() -> None:
    summary = Summary(MergedEncoder({"run": "r"}), 1)
    assert not summary.changed
    summary.add(A, tallied([1.0]))
    summary.reach(1)
    assert summary.changed
    told(summary)
    assert not summary.changed
    summary.add(A, tallied([1.0]))
    assert summary.changed
