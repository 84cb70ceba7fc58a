"""Endpoints that are called gone by chance, or are: each figure of the page can turn red."""

import json
from typing import Any

import pytest
from tests.bench.verdicts import __main__ as command
from tests.bench.verdicts import missing
from tests.bench.verdicts.figures import Design


def kept(alarms: int = 40, found: int = 500) -> dict[str, Any]:
    designs = [str(design) for design in missing.DESIGNS]
    return {
        "pairs": 4_000,
        "falls": 500,
        "alarms": {"10, 1": dict.fromkeys(designs, alarms), "10, 5": dict.fromkeys(designs, 400)},
        "found": {"70, 0.0": dict.fromkeys(designs, found), "70, 0.25": dict.fromkeys(designs, 1)},
    }


def test_one_that_fell_to_nothing_is_found_and_of_equal_ones_hardly_any_is() -> None:
    design = Design(10, 1)
    assert all(missing.found(design, 70, 0.0, pair) for pair in range(20))
    assert not any(missing.found(design, 70, 1.0, pair) for pair in range(20))
    assert sum(missing.alarmed(Design(1, 1), 10, 1, pair) for pair in range(200)) <= 4


def test_what_comes_many_at_a_time_is_what_chance_makes_more_of() -> None:
    assert sum(missing.alarmed(Design(1, 1), 10, 10, pair) for pair in range(200)) > 20


def test_claims_that_are_kept_are_fine() -> None:
    """And of requests that come many at a time nothing is claimed."""
    assert missing.missed(kept()) == []


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (kept(alarms=41), "1 against 1 misses one of 10 endpoints by chance in 1.0 %"),
        (kept(found=489), "1 against 1 finds 97.8 % of the endpoints that are gone"),
    ],
)
def test_each_claim_can_be_missed(figures: dict[str, Any], said: str) -> None:
    assert missing.missed(figures)[0] == said


def test_the_page_has_what_was_measured_last() -> None:
    text = "\n".join(missing.told(kept()))
    assert "| runs | 10 endpoints | 10 endpoints, 5 at a time |" in text
    assert "| 10 against 3 | 1.0 % | 10.0 % |" in text
    assert "| runs | 70 → 0 | 70 → 18 |" in text
    assert "| 1 against 1 | 100.0 % | 0.20 % |" in text
    measured = json.loads((command.KEPT / "missed.json").read_text(encoding="utf-8"))["figures"]
    assert "\n".join(missing.told(measured)) in command.PAGE.read_text(encoding="utf-8")
    assert missing.missed(measured) == []
