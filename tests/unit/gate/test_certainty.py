"""What failed whatever is missing, and whatever is doubtful."""

import pytest

from swarmscope.gate.certainty import UNTOLD, Known, is_certain
from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import Rule, Severity


@pytest.mark.parametrize(
    ("sentence", "value", "missing", "certain"),
    [
        ("failures < 10", 10, 1_000, True),
        ("dropped_arrivals == 0", 10, 1_000, True),
        # There may be more, and never fewer.
        ("failures == 12", 10, 1_000, False),
        ("dropped_arrivals <= 0", 10, 1_000, True),
        ("failure_rate < 1%", 0.02, 0, True),
        # All of those that are missing may have succeeded.
        ("failure_rate < 1%", 0.02, 99, True),
        ("failure_rate < 1%", 0.02, 100, False),
        ("failure_rate < 1% for 3s", 0.02, 0, False),
        ("p95 < 1s", 2_000, 0, False),
        ("requests > 10", 5, 1, False),
        # Of the hundred that are known nobody says how many are of this part.
        ('failure_rate of "/a" < 1%', 0.02, 1, False),
        ("failure_rate < 1% in stage 2", 0.02, 1, False),
        ('failure_rate{env="test"} < 1%', 0.02, 1, False),
        # What a machine reached it reached.
        ("max(cpu.usage_user) < 80", 90, 1, True),
        ("min(cpu.usage_idle) > 20", 10, 1, True),
        ("max(cpu.usage_idle) > 20", 10, 1, False),
        ("avg(cpu.usage_user) < 80", 90, 1, False),
        ("increase(orders.lost) < 1", 2, 1, True),
        ("increase(orders.made) > 5", 2, 1, False),
        ("increase(orders.lost) == 0", 2, 1, True),
        ("min(cpu.usage_idle) == 20", 30, 1, False),
        # As "max < 1s": a part of them is the generator's.
        ("max(locust_stats.max_response_time) < 1000", 2_000, 0, False),
        ("min(locust_request.response_time) > 5", 2, 0, False),
        ("max(locust_phases.longest_tls_ms) < 10", 20, 0, False),
        ("max(locust_summary.p95) < 10", 20, 0, False),
        ("max(locust_transactions.max_time) < 10", 20, 0, False),
        ("max(locust_worker.loop_lag_ms) < 10", 20, 0, True),
        ("max(locust_user_error.count) < 1", 2, 0, True),
        ("max(shop.response_time) < 10", 20, 0, True),
        # It ended its run, and was kept again at the end of it.
        ("failures < 10", 9, 0, False),
        ("requests < 10", 10, 1_000, True),
    ],
)
def test_what_failed_whatever_is_missing(
    sentence: str, value: float, missing: int, *, certain: bool
) -> None:
    threshold = read(sentence)
    rule = Rule(threshold, Severity.FAIL, sentence)
    result = Result(threshold, Outcome.BROKEN, value=value)
    assert is_certain(rule, result, Known(100, missing)) is certain


@pytest.mark.parametrize(
    ("sentence", "value", "placed", "warmed_up", "certain"),
    [
        ("failures < 10", 10, False, False, True),
        # Whether these are of that stage, that minute, or of the warm-up another clock tells.
        ("failures < 10 in stage 2", 10, True, False, True),
        *(
            (f"failures < 10{part}", 10, False, False, False)
            for part in (" in stage 2", " within 1m", " over 1m", " for 3s", " in the last 5m")
        ),
        ('failures of "/a" < 10', 10, False, False, True),
        ("failures < 10", 10, False, True, False),
        ("failures < 10", 10, True, True, True),
        ("failure_rate < 1%", 0.02, True, True, True),
        ("failure_rate < 1%", 0.02, False, True, False),
        ("failure_rate < 1%", 0.02, False, False, True),
        ("dropped_arrivals < 10", 10, False, True, True),
        ("max(locust_worker.cpu_percent) < 80 in stage 2", 90, False, False, False),
        ("max(cpu.usage_user) < 80 in stage 2", 90, False, False, True),
    ],
)
def test_what_is_of_a_part_of_the_run_hangs_on_the_clocks(
    sentence: str, value: float, *, placed: bool, warmed_up: bool, certain: bool
) -> None:
    rule = Rule(read(sentence), Severity.FAIL, sentence)
    result = Result(rule.threshold, Outcome.BROKEN, value=value)
    known = Known(100, 0, warmed_up=warmed_up, placed=placed)
    assert is_certain(rule, result, known) is certain


def test_of_a_part_nobody_knows_how_many_are_missing() -> None:
    sentence = "failure_rate < 1%"
    rule = Rule(read(sentence), Severity.FAIL, sentence)
    result = Result(rule.threshold, Outcome.BROKEN, value=0.5)
    assert is_certain(rule, result, Known(100, 1))
    assert not is_certain(rule, result, Known(100, 1, warmed_up=True))
    assert not is_certain(rule, result, Known(100, UNTOLD))


def test_what_is_kept_is_certain_of_nothing() -> None:
    """It was named among what is broken."""
    sentence = "failures < 10"
    rule = Rule(read(sentence), Severity.FAIL, sentence)
    kept = Result(rule.threshold, Outcome.KEPT, value=3)
    assert not is_certain(rule, kept, Known(100))
