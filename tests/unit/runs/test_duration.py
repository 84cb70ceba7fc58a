"""How long a run lasted, by what is known of its end."""

import time

import pytest

from swarmscope.runs.duration import seconds_of

START = 1_780_000_000_000


@pytest.mark.parametrize(
    ("stop", "last", "seconds"),
    [
        # Workers say their last word, and an audit its verdict, when it is over.
        (START + 150_000, START + 160_000, 150.0),
        (START + 150_000, None, 150.0),
        (None, START + 70_500, 70.5),
        (None, None, 0.0),
        (START - 1, START + 70_500, 0.0),
    ],
)
def test_it_lasted_until_its_stop_or_a_worker_s_last_word(
    stop: int | None, last: int | None, seconds: float
) -> None:
    assert seconds_of({"start": START, "stop": stop, "last": last}) == seconds


def test_a_clock_that_is_years_ahead_makes_no_run_longer() -> None:
    now = time.time_ns() // 1_000_000
    lasted = seconds_of({"start": now - 5_000, "stop": None, "last": now + 10**11})
    assert 5.0 <= lasted < 600.0
