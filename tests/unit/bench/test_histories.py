"""What docs/verdicts.md says of trends: few of many, quickly, and each claim can turn red."""

from typing import Any

import pytest
from tests.bench.verdicts import histories
from tests.bench.verdicts.histories import WEATHERS

NORMAL = WEATHERS[0]


@pytest.mark.release
@pytest.mark.long
def test_histories_that_do_not_change_hardly_ever_do() -> None:
    assert sum(histories.unchanged(NORMAL, number) for number in range(12)) <= 1


def test_a_spike_is_no_level() -> None:
    assert not any(histories.spiked(NORMAL, number) for number in range(12))


@pytest.mark.long
def test_a_rise_is_found() -> None:
    assert sum(histories.stepped(NORMAL, number) for number in range(4)) >= 3


def kept() -> dict[str, Any]:
    figures = {"changed": 0.05, "spikes": 0.0, "found": 0.9, "seen": 0.8}
    return {"weathers": [{"noise": str(one), **figures} for one in WEATHERS]}


def test_figures_that_keep_all_claims_are_fine() -> None:
    assert histories.missed(kept()) == []
    assert len(list(histories.told(kept()))) == 2 + len(WEATHERS)


@pytest.mark.parametrize(
    ("figure", "value", "said"),
    [
        ("changed", 0.06, "6.0 % of unchanged histories changed (normal)"),
        ("spikes", 0.002, "0.2 % of single spikes are levels (normal)"),
        ("found", 0.89, "+10% is found in 89.0 % of histories (normal)"),
        ("seen", 0.7, "70.0 % of the smallest changes are seen (normal)"),
    ],
)
def test_each_claim_can_be_missed(figure: str, value: float, said: str) -> None:
    found = kept()
    found["weathers"][0][figure] = value
    assert histories.missed(found) == [said]
