"""Thresholds, held against Locust's own files: what these can tell, and what they can't."""

import csv
from pathlib import Path

import pytest
from tests.unit.gate.csvs import GET, POST, history, stats

from swarmscope.gate.csv_evaluation import NOTE, _rounded_by, judge_csv
from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.locust_csv import statistics
from swarmscope.gate.thresholds_file import given
from swarmscope.gate.verdict import RunVerdict, Verdict


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The mean of all is 140 ms, a percentile as much more as its percents; GET's mean is 120."""
    return stats(tmp_path / "run_stats.csv")


def held(path: Path, *sentences: str, warm_up: str = "") -> RunVerdict:
    return judge_csv(statistics(path), given([*sentences], [], warm_up))


@pytest.mark.parametrize(
    ("sentence", "outcome", "value"),
    [
        ("p95 < 300ms", Outcome.KEPT, 235),
        ("p95 < 200ms", Outcome.BROKEN, 235),
        ("p50 < 300ms", Outcome.KEPT, 190),
        ('p95 of GET "/items" < 200ms', Outcome.BROKEN, 215),
        ("avg < 150ms", Outcome.KEPT, 140),
        ("min > 1ms", Outcome.KEPT, 1.5),
        ("max < 1s", Outcome.KEPT, 280),
        ("requests >= 1000", Outcome.KEPT, 1_000),
        ("failures < 10", Outcome.BROKEN, 10),
        ("failure_rate <= 1%", Outcome.KEPT, 0.01),
        ("requests_per_second > 16/s", Outcome.KEPT, 1_000 / 60),
        ('failures of glob "*" <= 10', Outcome.KEPT, 10),
        ('avg of matching "items|say" < 150ms', Outcome.KEPT, 140),
        ('max of matching "items|say" < 1s', Outcome.KEPT, 640),
        ('requests of "Aggregated" == 0', Outcome.KEPT, 0),
    ],
)
def test_what_it_tells(path: Path, sentence: str, outcome: Outcome, value: float) -> None:
    (one,) = held(path, sentence).judged
    assert (one.result.outcome, one.result.value) == (outcome, pytest.approx(value))


@pytest.mark.parametrize(
    ("sentence", "outcome"),
    [
        ('requests of "Aggregated" < 1', Outcome.KEPT),
        ('requests of "Aggregated" > 0', Outcome.BROKEN),
        ('requests_per_second of "Aggregated" < 1/s', Outcome.KEPT),
        ('requests_per_second of "Aggregated" > 1/s', Outcome.BROKEN),
        ('failures of "Aggregated" == 0', Outcome.UNKNOWN),
        ('failures of "Aggregated" < 1', Outcome.UNKNOWN),
        ('failure_rate of "Aggregated" < 1%', Outcome.UNKNOWN),
        ('max of "Aggregated" < 1s', Outcome.UNKNOWN),
        ('p50 of "Aggregated" < 1s', Outcome.UNKNOWN),
    ],
)
def test_of_an_endpoint_without_a_request_it_tells_only_that_there_was_none(
    path: Path, sentence: str, outcome: Outcome
) -> None:
    """It is in the file, since it was requested before --reset-stats."""
    (one,) = held(path, sentence).judged
    assert one.result.outcome is outcome
    assert (outcome is Outcome.UNKNOWN) == bool(one.result.why)


def test_each_endpoint_is_held_by_itself(path: Path) -> None:
    found = held(path, "p95 < 300ms of each endpoint")
    told = {one.result.endpoint: one.result.outcome for one in found.judged}
    assert told == {
        ("/items", "GET"): Outcome.KEPT,
        (POST[1], "POST"): Outcome.BROKEN,
    }, "an endpoint that was called before --reset-stats alone is none of this run"
    (one,) = held(path, 'requests of each "Aggregated" > 0').judged
    assert one.result.outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("p97 < 1s", "p97 isn't in it: there are p50, p66, p75, p80, p90, p95, p98, p99, p99.9,"),
        ("p99.9 < 1s", "p99.9 takes 2,995 requests"),
        ("apdex(500ms) > 0.9", "doesn't say how many requests took how long"),
        ("99% under 300ms", "doesn't say how many requests took how long"),
        ("dropped_arrivals == 0", "a CSV knows of no arrivals"),
        ("max(cpu.usage_idle) > 1", "a CSV has requests alone"),
        ('p95{env="test"} < 1s', "a CSV has no tags"),
        ("p95 < 1s in stage 2", "a CSV knows of no stages"),
        ('p95 of glob "*" < 1s', "percentiles of several endpoints can't be put together"),
        ('p95 of "/item" < 1s', 'no request was made to such an endpoint: did you mean "/items"?'),
        ("p95 < 1s within 1m", "has it of the whole run, and nothing of p95 of parts of it"),
        ("max < 1s for 10s", "nothing of max of parts of it"),
        ("failures < 1 within 1m", "run_stats_history.csv, which tells of parts of a run, isn't"),
    ],
)
def test_what_it_can_t_tell_has_its_reason(path: Path, sentence: str, why: str) -> None:
    found = held(path, sentence)
    (one,) = found.judged
    assert (one.result.outcome, found.verdict) == (Outcome.UNKNOWN, Verdict.INCONCLUSIVE)
    assert why in one.result.why


def few(path: Path, count: int, least: float, *percentiles: int) -> Path:
    """Write a file of *count* requests: the shortest, and p50, p66, p75, p80, p90, p95, p98."""
    stats(path, (("GET", "/slow", count, 0, 100.0),))
    head, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    for row in rows:
        row[head.index("Min Response Time")] = str(least)
        at = head.index("50%")
        row[at:] = map(str, [*percentiles, *[percentiles[-1]] * (len(row) - at - len(percentiles))])
    path.write_text("\n".join(map(",".join, [head, *rows])), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "sentence", "broken"),
    [
        ((40, 3_900, 4_000), "p95 < 300ms", True),
        ((3, 3_900, 4_000), "p95 <= 300ms", True),
        ((2, 3_900, 4_000), "p95 < 300ms", False),
        # Half of them, a third, a fifth, a tenth are above.
        ((40, 5, 400), "p95 < 300ms", True),
        ((40, 5, 10, 400), "p95 < 300ms", True),
        ((40, 5, 10, 10, 10, 400), "p95 < 300ms", True),
        ((40, 5, 10, 10, 10, 10, 400), "p95 < 300ms", False),
        # It may be 300 or less, and what isn't above a limit keeps none.
        ((40, 5, 300), "p95 < 296ms", False),
        ((40, 5, 310), "p95 < 300ms", True),
        ((40, 5, 10), "p95 < 300ms", False),
        ((40, 3_900, 4_000), "p95 > 5s", False),
        ((40, 3_900, 4_000), "p97 < 300ms", False),
    ],
)
def test_few_slow_requests_break_a_percentile_where_chance_doesn_t_explain_it(
    tmp_path: Path, file: tuple[int, ...], sentence: str, broken: bool
) -> None:
    found = held(few(tmp_path / "all_stats.csv", *file), sentence)
    (one,) = found.judged
    if broken:
        assert found.verdict is Verdict.FAILED
        assert one.result.beside == f"of {file[0]} requests alone"
        assert one.result.value == file[-1]
    else:
        assert found.verdict is Verdict.INCONCLUSIVE
        assert "requests, and there never were so many" in one.result.why


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        # Locust keeps two digits: what it says is 235 ms was 230 to 240.
        ("p95 < 229ms", Outcome.BROKEN),
        ("p95 < 231ms", Outcome.UNKNOWN),
        ("p95 <= 235ms", Outcome.UNKNOWN),
        ("p95 < 240ms", Outcome.UNKNOWN),
        ("p95 <= 240ms", Outcome.KEPT),
        ("p95 > 236ms", Outcome.UNKNOWN),
    ],
)
def test_a_limit_within_what_locust_rounds_can_t_be_told(
    path: Path, sentence: str, kept: Outcome
) -> None:
    (one,) = held(path, sentence).judged
    assert one.result.outcome is kept
    assert (kept is Outcome.UNKNOWN) == ("it is between 230 ms and 240 ms" in one.result.why)


@pytest.mark.parametrize(
    ("ms", "far"),
    [(42, 0.5), (99, 0.5), (100, 5), (990, 5), (1_000, 50), (9_900, 50), (10_000, 500)],
)
def test_what_is_rounded_is_what_locust_rounds(ms: float, far: float) -> None:
    """What lies farther away is another number there."""
    assert _rounded_by(ms) == far
    for away in (-far * 1.01, far * 1.01):
        assert _by_locust(ms + away) != ms
    assert _by_locust(ms + far * 0.99) == ms


def _by_locust(ms: float) -> float:
    """Round as locust.stats.bucket_response_time does (2.47)."""
    return round(ms, 0 if ms < 100 else -1 if ms < 1_000 else -2 if ms < 10_000 else -3)


def test_that_nobody_can_audit_it_is_said_and_decides_nothing(path: Path) -> None:
    found = held(path, "p95 < 1s")
    assert (found.verdict, found.doubts, found.notes) == (Verdict.PASSED, (), (NOTE,))
    assert (found.run, found.source) == ("run", f"{path}, written by Locust")


def test_a_part_of_a_file_passes_nothing(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    found = held(path, "p95 < 1s")
    assert found.verdict is Verdict.INCONCLUSIVE
    (doubt,) = found.doubts
    assert doubt.startswith("its endpoints have 100 requests, and 1,000 it says")


def test_failures_that_all_together_do_not_have_pass_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Aggregated,1000,10,", "Aggregated,1000,0,"), encoding="utf-8")
    found = held(path, "failures < 1")
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.doubts == (
        "its endpoints have 10 failures, and 0 it says that they have together: the file was "
        "changed",
    )


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("failures < 6 within 1m", Verdict.INCONCLUSIVE),
        ("failure_rate < 1% for 10s", Verdict.INCONCLUSIVE),
        ("failures < 1 in the last 10s", Verdict.INCONCLUSIVE),
        # What it has is known all the same; and who asks for nothing of it needs none.
        ("failures < 5 within 1m", Verdict.FAILED),
        ("failures < 11", Verdict.PASSED),
    ],
)
def test_a_history_that_ends_before_its_run_passes_nothing(
    path: Path, sentence: str, verdict: Verdict
) -> None:
    beside(path)
    found = held(path, sentence)
    assert found.verdict is verdict
    if verdict is not Verdict.PASSED:
        assert found.doubts == (
            "run_stats_history.csv ends with 600 requests and 5 failures, and run_stats.csv has "
            "1,000 and 10: a part of it is missing, or they are of two runs",
        )


def test_a_history_of_all_its_run_may_pass(tmp_path: Path) -> None:
    path = stats(tmp_path / "run_stats.csv", (("GET", "/items", 600, 5, 100.0),))
    beside(path)
    found = held(path, "failures < 6 within 1m")
    assert (found.verdict, found.doubts) == (Verdict.PASSED, ())


def test_more_failures_than_requests_pass_nothing(tmp_path: Path) -> None:
    """Locust writes so what was logged without a request: a rate of 200 % was judged."""
    path = stats(tmp_path / "a_stats.csv", (GET, ("GET", "/log", 5, 10, 1.0)))
    found = held(path, "failure_rate < 99% of each endpoint")
    assert found.verdict is Verdict.INCONCLUSIVE
    (doubt,) = found.doubts
    assert doubt.startswith("GET /log has 10 failures of 5 requests: some were logged without a")


def test_a_run_without_a_request_passes_nothing(tmp_path: Path) -> None:
    found = held(stats(tmp_path / "a_stats.csv", ()), "failures < 1")
    assert (found.verdict, found.doubts) == (Verdict.INCONCLUSIVE, ("it has no request",))


def beside(path: Path, *, full: bool = False) -> None:
    """Write a history of 60 s with ten requests a second, and a failure in each of five seconds."""
    rows = []
    for i in range(61):
        failures = max(0, min(i, 35) - 30)
        if full:
            rows.append((2_000 + i, GET[0], GET[1], 9 * i, failures, 100.0))
        rows.append((2_000 + i, "", "Aggregated", 10 * i, failures, 100.0))
    history(path.with_name("run_stats_history.csv"), rows)


@pytest.mark.parametrize(
    ("sentence", "outcome", "value"),
    [
        ("failures < 5 within 10s", Outcome.BROKEN, 5),
        ("failure_rate < 5% within 10s", Outcome.BROKEN, 0.05),
        ("failure_rate < 5% within 20s", Outcome.KEPT, 0.025),
        ("failures < 1 for 20s", Outcome.KEPT, 5),
        ("failures < 1 in the last 20s", Outcome.KEPT, 0),
        ("requests_per_second >= 10/s over 10s", Outcome.KEPT, 10),
        ("avg < 100ms in the last 10s", Outcome.BROKEN, 100),
        ("requests > 601 over 1m", Outcome.BROKEN, 600),
    ],
)
def test_of_its_parts_a_history_has_counts_and_means(
    path: Path, sentence: str, outcome: Outcome, value: float
) -> None:
    beside(path)
    (one,) = held(path, sentence).judged
    assert (one.result.outcome, one.result.value) == (outcome, pytest.approx(value))


def test_without_its_warm_up_a_run_is_a_part_of_itself(path: Path) -> None:
    beside(path)
    counts, percentile = held(path, "requests > 1", "p95 < 1s", warm_up="20s").judged
    assert counts.result.value == 400
    assert "nothing of p95 without its warm-up" in percentile.result.why


def test_endpoints_are_in_a_full_history_alone(path: Path) -> None:
    beside(path)
    sentence = 'requests of "/items" > 1 in the last 30s'
    (one,) = held(path, sentence).judged
    assert "`locust --csv-full-history` writes them" in one.result.why
    beside(path, full=True)
    (one,) = held(path, sentence).judged
    assert one.result.value == 270
