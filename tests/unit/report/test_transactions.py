"""Transactions in a summary, a line for each name."""

from typing import Any

import pytest

from swarmscope.report.transactions import Transaction


def transaction(**other: Any) -> Transaction:
    row: dict[str, Any] = {
        **{"name": "check out", "transactions": 1_200, "failures": 0, "abandoned": 0},
        **{"mean": 60.0, "p50": 52.0, "p95": 91.4, "p99": 1_234.4, "max": 2_000.0, "pause": 9.0},
    }
    return Transaction.of({**row, **other})


_TIMES = "p50 52.0 ms · p95 91.4 ms · p99 1,234 ms"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, f"check out: 1,200 ended, {_TIMES}"),
        (
            {"failures": 6, "abandoned": 30},
            f"check out: 1,200 ended, 6 failed (0.5 %), 30 abandoned, {_TIMES}",
        ),
        (
            {"transactions": 0, "abandoned": 3, "p50": None, "p95": None, "p99": None},
            "check out: 0 ended, 3 abandoned",
        ),
    ],
)
def test_a_line_says_what_they_came_to(told: dict[str, Any], said: str) -> None:
    assert transaction(**told).line() == said
