"""What docs/verdicts.md says of duets: few of many, quickly, and each claim can turn red."""

from dataclasses import replace
from math import log
from typing import Any

import pytest
from tests.bench.verdicts import duets, duets_played
from tests.bench.verdicts.duets_played import METRICS, errors
from tests.bench.verdicts.duets_simulated import Scene, alarmed, answers, found

from swarmscope.duets import comparison
from swarmscope.inference.comparison import Answer

ROUGH = Scene(per_second=10, endpoints=1)


def test_equal_sides_hardly_ever_differ_in_a_burst_and_dependent_seconds() -> None:
    assert sum(alarmed(seed, ROUGH) for seed in range(40)) <= 3


def test_a_rule_that_is_too_sure_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = comparison.compare_blocks
    monkeypatch.setattr(
        comparison,
        "compare_blocks",
        lambda samples, **how: honest(samples, **how | {"confidence": 0.3}),
    )
    assert sum(alarmed(seed, ROUGH) for seed in range(12)) > 3


def test_a_slower_side_is_found_and_a_little_slower_one_is_not() -> None:
    assert sum("p50" in found(seed, ROUGH, 1.3) for seed in range(10)) >= 9
    assert sum("p50" in found(seed, ROUGH, 1.005) for seed in range(10)) <= 3


def test_same_is_never_said_of_what_differs_by_twice_the_margin() -> None:
    calm = replace(ROUGH, own=0.01, per_second=40, endpoints=1)
    for seed in range(10):
        for one in answers(seed, calm, 1.1):
            if one.of != "failure_rate":
                assert one.difference.answer is not Answer.SAME


def test_blocks_are_as_long_as_the_table_says() -> None:
    independent = {block: duets.width(60, block, 0.0) for block in (1, 2, 5, 10, 15)}
    assert min(independent, key=lambda block: independent[block]) == 5


def told(answer: str, ratio: float) -> dict[str, Any]:
    each = [{"endpoint": None, "metric": name, "ratio": ratio} for name in METRICS]
    return {"answer": answer, "compared": each}


def played(answer: str) -> dict[str, Any]:
    runs = {side: dict.fromkeys(METRICS, value) for side, value in (("a", 10.0), ("b", 11.0))}
    return {
        "duets": [told(answer, 1.01), told("can't tell", 1 / 1.01)],
        "runs": [runs, {"a": runs["b"], "b": runs["a"]}],
        "slowed": [told("worse", 1.1)],
    }


def figures(alarms: int) -> dict[str, Any]:
    smallest = {"60": {"p50": 0.05, "p95": 0.12}, "180": {"p50": 0.02, "p95": None}}
    return {"alarms": {"somewhere": alarms}, "smallest": smallest}


def test_the_page_says_what_was_found() -> None:
    assert duets.missed(figures(30)) == []
    page = "\n".join(duets.told(figures(30)))
    assert "| somewhere | 3.0 % |" in page
    assert "| 60 s | 1 run | +5% | +12% |" in page
    assert "| 180 s | 3 runs | +2% | more than +40% |" in page


def test_the_page_says_by_how_much_a_duet_is_nearer_than_runs() -> None:
    assert duets_played.missed(played("same")) == []
    page = "\n".join(duets_played.told(played("same")))
    assert "1 said *same*" in page
    assert "| p50 | 1.0 % | 10.0 % | +3% | +31% |" in page
    assert errors(played("same"), "p50")["runs"] == pytest.approx([log(1.1), -log(1.1)])


def test_each_claim_can_turn_red() -> None:
    assert "somewhere" in duets.missed(figures(51))[0]
    assert "say worse" in duets_played.missed(played("worse"))[0]
