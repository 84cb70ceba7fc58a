"""Which versions of what swarmscope stands on are in order."""

import pytest
from packaging.requirements import Requirement

from swarmscope.doctor.finding import Level
from swarmscope.doctor.packages import check_packages, fits


@pytest.mark.parametrize(
    ("present", "requirement", "right"),
    [
        ("2.47.0", "locust<3,>=2.47", True),
        ("2.46.9", "locust<3,>=2.47", False),
        ("3.0.0", "locust<3,>=2.47", False),
        ("2.47.0.dev1", "locust<3,>=2.47", True),
        ("2.0.0", 'duckdb<3,>=2.0; extra == "cli"', True),
        ("10.0", "x>=9", True),
        ("2.47", "locust>=2.47.0", True),
        ("2.47.0", "locust>=2.47", True),
        ("2.47", "locust<2.47.0", False),
        ("2.47", "locust>=2.47.0.1", False),
        ("2.47.0.1", "locust>=2.47.0.1", True),
        ("2.47.0rc1", "locust>=2.47", True),
        ("unknown", "locust>=2.47", False),
        ("3", "locust<3.0,>=2.47", False),
    ],
)
def test_versions_are_compared_as_numbers(present: str, requirement: str, right: bool) -> None:
    assert fits(present, Requirement(requirement)) is right


def test_what_is_locked_is_in_order() -> None:
    found = list(check_packages())
    assert [one.topic for one in found] == ["locust", "influxdb-client", "duckdb"]
    assert {one.level for one in found} == {Level.FINE}
