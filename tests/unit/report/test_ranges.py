"""How requests fared, in one line."""

from swarmscope.report.ranges import Ranges


def test_each_range_is_said_with_its_limit_and_its_share() -> None:
    ranges = Ranges.of(
        {"name": "x", "satisfied": 920, "tolerating": 30, "slow": 17, "failed": 33, "apdex": 0.625},
        800,
    )
    assert ranges.line(1_000) == (
        "0.63: 92 % within 800 ms · 3 % up to 3,200 ms · 1.7 % slower · 3.3 % failed"
    )


def test_a_score_of_few_requests_is_marked_as_the_specification_has_it() -> None:
    ranges = Ranges(500, 99, 0, 0, 0, 1.0)
    assert ranges.line(99).startswith("1.00*: 100 % within 500 ms")
    assert ranges.line(99).endswith("0 % failed (* of fewer than 100 requests)")
    assert ranges.line(101).endswith(" (2 requests untimed; * of fewer than 100 requests)")
    assert Ranges(500, 100, 0, 0, 0, 1.0).line(100).startswith("1.00: ")


def test_requests_that_are_in_no_range_are_said() -> None:
    """A share of failures of fewer requests than the line above it has would be a riddle."""
    assert Ranges(500, 100, 0, 0, 100, 0.5).line(250).endswith("50 % failed (50 requests untimed)")
