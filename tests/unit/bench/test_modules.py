"""Measurements that nobody runs for weeks still fit the code."""

from importlib import import_module

import pytest
from tests.bench.__main__ import BUDGETS, MODULES


@pytest.mark.parametrize("name", MODULES)
def test_each_measurement_can_be_imported(name: str) -> None:
    assert callable(import_module(f"tests.bench.{name}").measure)


def test_each_budget_is_of_a_measurement() -> None:
    assert {figure.partition(".")[0] for figure in BUDGETS} - {"percentiles"} <= set(MODULES)
