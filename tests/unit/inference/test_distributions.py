"""Quantiles and tails, against published tables."""

import subprocess
import sys
from math import inf

import pytest

from swarmscope.inference import distributions


@pytest.mark.parametrize(
    ("share", "degrees", "table"),
    [(0.975, 9, 2.262), (0.975, 1, 12.706), (0.95, 4, 2.132), (0.995, 12, 3.055)],
)
def test_students_quantiles_are_those_of_the_table(
    share: float, degrees: int, table: float
) -> None:
    assert distributions.student_quantile(share, degrees) == pytest.approx(table, abs=5e-4)
    two_sided = 2 * (1 - share)
    assert distributions.student_p(-table, degrees) == pytest.approx(two_sided, rel=2e-3)


def test_a_normal_quantile_is_that_of_the_table() -> None:
    assert distributions.normal_quantile(0.975) == pytest.approx(1.96, abs=5e-4)


def test_a_beta_variate_of_a_uniform_one_stays_below_as_often_as_it_says() -> None:
    assert distributions.beta_share(0.3, 1, 1) == pytest.approx(0.3)
    assert distributions.beta_quantile(0.3, 1, 1) == pytest.approx(0.3)


def test_without_successes_or_failures_a_beta_variate_is_an_end() -> None:
    assert distributions.beta_quantile(0.975, 0, 5) == 0
    assert distributions.beta_quantile(0.025, 5, 0) == 1
    assert distributions.beta_share(0.3, 0, 5) == 1
    assert distributions.beta_share(0.3, 5, 0) == 0


def test_none_seen_leaves_three_possible() -> None:
    """The rule of three: 0 seen, at most 3.0 with 95 %, one-sided."""
    assert distributions.gamma_quantile(0.95, 1) == pytest.approx(2.996, abs=1e-3)
    assert distributions.gamma_quantile(0.05, 0) == 0
    assert distributions.gamma_quantile(1, 1) == inf


def test_who_compares_nothing_waits_for_no_scipy() -> None:
    """It takes longer to import than most commands; `swarmscope check` imports what compares."""
    rooms = "from swarmscope.inference import comparison, divisive, sudden; import sys; "
    asked = f"{rooms}print({{'numpy', 'scipy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
