"""What a master makes of its workers' reports: sums, once all is there, and larger when more is."""

import random
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.merging_master import (
    BEGAN,
    FIRST,
    LATENCY,
    NS,
    PACKED,
    STATS,
    SUMMARY,
    A,
    B,
    Master,
    parsed,
)
from tests.fixtures.reports import Reporter, message

from swarmscope.recording import histogram
from swarmscope.recording.points import rounded
from swarmscope.recording.reading import read
from swarmscope.recording.reports import Report
from swarmscope.recording.tally import Key


def test_a_window_is_written_when_all_who_are_there_reported_beyond_it() -> None:
    master, one, other = Master(), Reporter(), Reporter()
    for reporter, times in ((one, [5.0, None]), (other, [7.0])):
        reporter.second(FIRST, {A: times})
    master.hear("one", one.reports(FIRST + 1))
    assert not master.write(FIRST + 1.1, ["one", "other"])
    master.hear("other", other.reports(FIRST + 1))
    new = master.write(FIRST + 1.2, ["one", "other"])
    assert new.keys() == {(STATS, "Aggregated", 0.0), (LATENCY, "Aggregated", 0.0)}
    stats = new[STATS, "Aggregated", 0.0]
    assert (stats["count"], stats["total_response_time"], stats["max_response_time"]) == (3, 12, 7)
    assert "current_user_count" not in stats
    assert sum(new[LATENCY, "Aggregated", 0.0].values()) == 2
    assert not master.write(FIRST + 1.3, ["one", "other"]), "nothing new"


def test_a_worker_that_is_silent_is_waited_for_also_when_it_is_gone() -> None:
    master, one, other = Master(), Reporter(), Reporter()
    for reporter in (one, other):
        reporter.second(FIRST, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 11))
    for now in range(11, 40):
        assert not master.write(FIRST + now, ["one", "other"])
    assert not master.write(FIRST + 40, ["one"])
    master.hear("other", other.reports(FIRST + 11))
    master.write(FIRST + 41, ["one"])
    assert master.counts(STATS, "Aggregated") == {0: 2}
    assert master.counts(SUMMARY, "/a") == {0: 2}


@pytest.mark.parametrize("pace", [1, 10])
def test_after_a_minute_and_the_pace_of_reports_nothing_is_written_any_more(pace: int) -> None:
    """Its last seconds may be stored, and nobody told of them."""
    master, one, other = Master(), Reporter(), Reporter()
    for reporter in (one, other):
        reporter.second(FIRST, {A: [5.0]})
    master.hear("other", other.reports(FIRST + 1))
    for now in range(FIRST, FIRST + 60 + pace):
        one.second(now + 1, {A: [5.0]})
        master.hear("one", one.reports(now + 2), now)
        master.write(now + 2, ["one"], pace)
    assert not master.silent
    master.write(FIRST + 80, ["one"], pace)
    assert master.silent == [["other"]]
    assert master.merger.over, "nobody is waited for"
    master.hear("other", other.reports(FIRST + 80, final=True), FIRST + 80)
    master.hear("one", one.reports(FIRST + 80, final=True), FIRST + 80)
    assert not master.write(FIRST + 82, ["one"], pace)
    assert master.counts(STATS, "Aggregated") == {0: 2}
    assert not master.counts(SUMMARY, "/a")
    assert not master.merger._windows.open


def test_a_master_that_stood_still_itself_calls_nobody_silent() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 1))
    master.write(FIRST + 3_600, ["one"])
    assert not master.silent
    assert master.counts(STATS, "Aggregated") == {0: 1}


def test_endpoints_are_written_each_span_and_the_first_at_the_run_s_start() -> None:
    master, one, other = Master(), Reporter(), Reporter()
    for now in range(FIRST, FIRST + 17):
        one.second(now, {A: [5.0]})
        if now > FIRST + 7:
            other.second(now, {A: [5.0], B: [6.0]})
    for worker, reporter in (("one", one), ("other", other)):
        master.hear(worker, reporter.reports(FIRST + 17))
    master.write(FIRST + 17, ["one", "other"])
    assert master.counts(STATS, "/a") == {BEGAN - FIRST: 6, 6: 10 + 8}
    assert master.counts(STATS, "/b") == {6: 8}
    assert sum(master.points[LATENCY, "/a", 6.0].values()) == 18
    assert master.points[STATS, "/a", 6.0]["current_rps"] == 1.8


def test_what_was_requested_before_the_run_stands_at_its_own_time() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST - 20, {A: [5.0]})
    one.second(FIRST, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 10, final=True))
    master.write(FIRST + 10, ["one"])
    assert master.counts(STATS, "/a") == {-24: 1, BEGAN - FIRST: 1}


def test_a_summary_stands_at_the_newest_second_that_it_covers_with_all_before() -> None:
    master, one, other = Master(), Reporter(), Reporter()
    for now in range(FIRST, FIRST + 25):
        if now != FIRST + 5:
            one.second(now, {A: [5.0]})
        if now < FIRST + 5:
            other.second(now, {A: [7.0, None], B: [6.0]})
        for worker, reporter in (("one", one), ("other", other)):
            master.hear(worker, reporter.reports(now + 1), now + 1)
        master.write(now + 1.02, ["one", "other"])
    # The spans end at 6, 16 and 26 s.
    assert master.counts(SUMMARY, "Aggregated") == {4: 5 + 15, 15: 15 + 15}
    assert master.counts(SUMMARY, "/a") == {4: 15, 15: 25}
    newest = master.points[SUMMARY, "/a", 15.0]
    assert newest["seconds"] == 16
    assert (newest["timed"], newest["min"], newest["max"]) == (20, 5, 7)
    assert newest["avg"] == rounded((15 * 5 + 5 * 7) / 20)
    assert newest["total_content_length"] == 250


def test_the_last_summary_is_there_at_once_and_again_when_more_comes() -> None:
    master, one, other = Master(), Reporter(), Reporter()
    for reporter in (one, other):
        reporter.second(FIRST, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 2, final=True))
    assert (SUMMARY, "/a", 0) not in master.write(FIRST + 2, ["one", "other"])
    assert not master.merger.over
    assert master.merger.unfinished == ["other"]
    master.hear("other", other.reports(FIRST + 2, final=True))
    assert master.merger.over
    master.write(FIRST + 2.1, ["one", "other"])
    assert master.counts(SUMMARY, "Aggregated") == {0: 2}
    assert not master.write(FIRST + 3, ["one", "other"]), "nothing new"
    other.second(FIRST + 2, {A: [5.0]})
    master.hear("other", other.reports(FIRST + 3))
    master.write(FIRST + 4, ["one", "other"])
    assert master.counts(SUMMARY, "Aggregated") == {0: 2, 2: 3}
    assert master.counts(SUMMARY, "/a") == {0: 2, 2: 3}
    assert master.counts(STATS, "/a") == {BEGAN - FIRST: 3}


def test_of_a_run_of_which_one_was_killed_nothing_is_written_of_what_it_never_told() -> None:
    master, one, killed = Master(), Reporter(), Reporter()
    for now in (FIRST, FIRST + 1):
        for reporter in (one, killed):
            reporter.second(now, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 2, final=True))
    master.hear("killed", killed.reports(FIRST + 1))
    master.write(FIRST + 2, ["one"])
    # It had a second one, which may be stored. Boards see that the master's points end before it.
    assert master.counts(STATS, "Aggregated") == {0: 2}
    assert not master.counts(SUMMARY, "/a")


def test_a_local_run_has_summaries_and_no_series() -> None:
    master, one = Master(merged=False, minutes=False), Reporter()
    for now in range(FIRST, FIRST + 200):
        one.second(now, {A: [5.0]})
        master.hear("own", one.reports(now + 1), now + 1)
        master.write(now + 1, ["own"])
    assert {name for name, _, _ in master.points} == {SUMMARY}
    assert len(master.merger._windows.open) < 100, "what is written of no more is let go"
    assert len(master.merger._spans.open) < 10


def test_minutes_have_four_percent_buckets_and_no_summary() -> None:
    master, one = Master(), Reporter()
    for now in range(FIRST, FIRST + 150):
        one.second(now, {A: [5.0, 9.0]})
        master.hear("one", one.reports(now + 1), now + 1)
        master.write(now + 1, ["one"])
    # Minutes of the clock begin at 16 s and 76 s.
    counts = {
        (name, of, time): fields["count"]
        for (name, of, time), fields in master.minutes.items()
        if name == STATS
    }
    assert counts[STATS, "/a", -44.0] == counts[STATS, "Aggregated", -44.0] == 32
    assert counts[STATS, "/a", 16.0] == 120
    assert counts[STATS, "/a", 76.0] == 120
    buckets = {float(bound) for bound in master.minutes[LATENCY, "/a", 16.0]}
    even = {histogram.BOUNDS[i] for i in histogram.BOUNDS if i % 2 == 0}
    assert buckets <= even


def test_the_minute_that_goes_on_is_kept_at_the_end() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 1, final=True))
    master.write(FIRST + 1, ["one"])
    assert master.minutes[STATS, "/a", -44.0]["count"] == 1


@pytest.mark.parametrize("part", ["windows", "endpoints"])
def test_when_something_comes_of_a_time_long_gone_nothing_is_written_any_more(part: str) -> None:
    """A point of the stragglers alone would take the place of the whole one."""
    master, one = Master(), Reporter()
    for now in range(FIRST, FIRST + 200):
        one.second(now, {A: [5.0]})
        master.hear("one", one.reports(now + 1), now + 1)
        master.write(now + 1, ["one"])
    told = {"windows": [[FIRST, PACKED]], "endpoints": [[*A, *PACKED]]}[part]
    master.hear("other", [read(message(start=FIRST, **{part: told}))], FIRST + 200)
    assert master.silent == [["other"]]
    one.second(FIRST + 200, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 201, final=True), FIRST + 201)
    assert not master.write(FIRST + 202, ["one"])
    assert master.counts(STATS, "Aggregated")[0] == 1
    assert master.counts(STATS, "/a")[0.5] == 6


def test_of_what_comes_of_a_time_long_gone_after_the_end_no_half_is_written() -> None:
    master, one = Master(), Reporter()
    for now in range(FIRST, FIRST + 200):
        one.second(now, {A: [5.0]})
        master.hear("one", one.reports(now + 1, final=now == FIRST + 199), now + 1)
        master.write(now + 1, ["one"])
    assert master.merger.over
    minutes = dict(master.minutes)
    endpoints = [[*key, *PACKED] for key in (A, B)]
    number, start = master.heard["one"] + 1, FIRST + 100
    late = message(number=number, start=start, endpoints=endpoints, final=True)
    master.hear("one", [read(late)], FIRST + 200)
    assert master.silent == [["one"]]
    assert not master.write(FIRST + 201, ["one"])
    assert master.minutes == minutes


def test_a_summary_has_the_time_of_the_newest_window_that_it_covers() -> None:
    """One later, and it would tell of fewer requests than the workers up to its time."""
    master, one = Master(), Reporter()
    for now in range(FIRST, FIRST + 7):
        one.second(now, {A: [5.0]})
    # Of the next span the first window is there already, and one more comes before it is written.
    master.hear("one", one.reports(FIRST + 7), FIRST + 7)
    _ = [*master.merger.lines(FIRST + 7.1, 1)]
    master.hear("other", [read(message(windows=[[FIRST + 6, PACKED]]))], FIRST + 7)
    (time, count) = next(
        (time, fields["count"])
        for (_, name, time), fields in parsed(list(master.merger.summary_lines())).items()
        if name == "Aggregated"
    )
    assert (time, count) == (5, 6)


def test_what_comes_while_a_span_is_added_to_the_summary_is_in_it_once() -> None:
    master, one = Master(), Reporter()
    one.second(FIRST, {A: [5.0], B: [5.0]})
    master.hear("one", one.reports(FIRST + 10), FIRST + 10)
    lines = master.merger.lines(FIRST + 10.1, 1)
    while next(lines):
        pass  # the first moment to let others run
    endpoints = [[*key, *PACKED] for key in (A, B)]
    late = message(start=FIRST, endpoints=endpoints, until=FIRST + 10, final=True)
    master.hear("other", [read(late)], FIRST + 10)
    _ = [*lines]
    master.hear("one", one.reports(FIRST + 11, final=True), FIRST + 11)
    master.write(FIRST + 11, ["one"])
    assert max(master.counts(SUMMARY, "/a").values()) == 2
    assert max(master.counts(SUMMARY, "/b").values()) == 2


def test_a_span_before_that_of_the_runs_start_stays_apart_from_it() -> None:
    """A worker whose clock is a little behind may begin before the master does."""
    master, one = Master(began_ns=(FIRST + 6) * NS), Reporter()
    for now in (FIRST + 5, FIRST + 6):
        one.second(now, {A: [5.0]})
    master.hear("one", one.reports(FIRST + 7, final=True), FIRST + 7)
    master.write(FIRST + 7, ["one"])
    assert master.counts(STATS, "/a") == {-4: 1, 6: 1}


requests = st.lists(
    st.tuples(
        st.integers(0, 2),  # worker
        st.integers(0, 25),  # second
        st.sampled_from([A, B, ("other", "")]),
        st.none() | st.floats(0.01, 1e5),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=40)
@given(requests, st.randoms(use_true_random=False), st.booleans())
def test_whatever_the_order_of_reports_all_is_there_at_the_end(
    told: list[tuple[int, int, Key, float | None]], rnd: random.Random, slow: bool
) -> None:
    master = Master()
    workers = [f"worker-{i}" for i in range(3)]
    reporters = {name: Reporter() for name in workers}
    apart: dict[tuple[str, int], dict[Key, list[float | None]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for worker, second, key, ms in told:
        apart[workers[worker], second][key].append(ms)
    waiting: dict[str, list[Report]] = {name: [] for name in workers}
    for second in range(26):
        for name in workers:
            reporters[name].second(FIRST + second, dict(apart[name, second]))
            waiting[name] += reporters[name].reports(FIRST + second + 1, final=second == 25)
        for name in rnd.sample(workers, rnd.randint(0, 3)):
            master.hear(name, waiting[name], FIRST + second + 1)
            waiting[name] = []
        master.write(FIRST + second + (9 if slow else 1), workers)
    for name in workers:
        master.hear(name, waiting[name], FIRST + 27)
    master.write(FIRST + 27, workers)
    sums = Counter(key[0] for _, _, key, _ in told)
    for name, count in sums.items():
        assert sum(master.counts(STATS, name).values()) == count
        assert list(master.counts(SUMMARY, name).values())[-1] == count
    assert sum(master.counts(STATS, "Aggregated").values()) == len(told)
    assert master.merger.over
    minutes = sum(
        fields["count"]
        for (name, of, _), fields in master.minutes.items()
        if (name, of) == (STATS, "Aggregated")
    )
    assert minutes == len(told)
    summaries = master.counts(SUMMARY, "Aggregated")
    newest = max((second for _, second, _, _ in told), default=0)
    assert not told or (max(summaries), summaries[max(summaries)]) == (newest, len(told))
