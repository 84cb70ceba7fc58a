"""All workers' minutes: written when they are over, anew when more came, and never in part."""

from tests.fixtures.reports import tallied

from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.minutes import Minutes

A, B = ("/a", "GET"), ("/b", "")


def counts(minutes: Minutes, until: float) -> dict[tuple[str, int], int]:
    """Return the requests of each series and minute that is written."""
    found = {}
    for line in minutes.lines(until):
        series, fields, at = line.rsplit(" ", 2)
        if series.startswith("locust_merged_stats,"):
            name = series.partition("name=")[2].partition(",")[0]
            found[name, int(at) // 10**9] = int(fields.partition("count=")[2].partition("i")[0])
    return found


def minutes() -> Minutes:
    return Minutes(MergedEncoder({"run": "r"}))


def test_a_minute_is_written_once_it_is_over_with_all_endpoints_together() -> None:
    made = minutes()
    made.add(60, A, tallied([1.0, 2.0]))
    made.add(119, B, tallied([3.0]))
    made.add(120, A, tallied([1.0]))
    assert counts(made, 119.9) == {}
    assert counts(made, 120) == {("/a", 60): 2, ("/b", 60): 1, ("Aggregated", 60): 3}
    assert counts(made, 120) == {}
    assert counts(made, 180) == {("/a", 120): 1, ("Aggregated", 120): 1}


def test_a_straggler_has_the_whole_minute_written_anew() -> None:
    made = minutes()
    made.add(60, A, tallied([1.0]))
    assert counts(made, 120) == {("/a", 60): 1, ("Aggregated", 60): 1}
    made.add(61, A, tallied([1.0]))
    assert counts(made, 120) == {("/a", 60): 2, ("Aggregated", 60): 2}


def test_what_comes_too_late_takes_nobody_s_place() -> None:
    made = minutes()
    for start in range(60, 360, 60):
        made.add(start, A, tallied([1.0]))
    assert len(counts(made, 360)) == 10
    made.add(60, A, tallied([1.0]))  # gone: of it alone a point would say that there was one
    made.add(180, A, tallied([1.0]))  # of the last three
    assert counts(made, 360) == {("/a", 180): 2, ("Aggregated", 180): 2}
    made.add(120, B, tallied([1.0]))
    assert counts(made, 360) == {}
