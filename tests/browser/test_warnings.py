"""What the live page says when a run's numbers are doubtful."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import Seen
from tests.browser.recording import HOME, Recording

from swarmscope import schema

Look = Callable[..., Seen]


def banners(look: Look, recording: Recording, **health: Any) -> str:
    recording.start()
    recording.requests(0, {HOME: [5.0]})
    recording.users(0, {"Browser": 1})
    recording.health(0, **{"final": True, **health})
    recording.event("stop", 1)
    page = look().open(f"{recording.url}/?run={recording.run}")
    return page.inner_text("#banners")


def test_a_run_in_order_has_no_warning(look: Look, recording: Recording) -> None:
    limits = {
        "cpu_percent": schema.GENERATOR_CPU_LIMIT,
        "loop_lag_ms": schema.GENERATOR_LAG_LIMIT_MS,
        "clock_error_ms": -schema.CLOCK_LIMIT_MS,
        # The machine's clock is wrong, but its points aren't: it was stepped in mid-run.
        "clock_offset_ms": -9_000.0,
    }
    assert banners(look, recording, **limits) == ""


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("cpu_percent", schema.GENERATOR_CPU_LIMIT + 0.1, "worker-0: CPU 90.1 % of a core"),
        ("loop_lag_ms", schema.GENERATOR_LAG_LIMIT_MS + 1, "worker-0: loop lag 101 ms"),
    ],
)
def test_a_saturated_generator_is_said(
    look: Look, recording: Recording, field: str, value: float, says: str
) -> None:
    text = banners(look, recording, **{field: value})
    assert "response times of this run are partly the generator's own" in text
    assert says in text


def test_a_stalled_moment_is_told_from_saturation(look: Look, recording: Recording) -> None:
    for second in range(1, 60):
        recording.health(second, loop_lag_ms=1.0)
    text = banners(look, recording, loop_lag_ms=schema.GENERATOR_LAG_LIMIT_MS + 1)
    assert "stalled for moments" in text
    assert "was saturated" not in text


def test_a_busy_master_is_no_saturated_generator(look: Look, recording: Recording) -> None:
    recording.health(0, worker=schema.MASTER, cpu_percent=99.0)
    assert banners(look, recording) == ""


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("requests_lost", "7 lost, 0 rejected, 0 pending of 107 requests"),
        ("requests_rejected", "0 lost, 7 rejected, 0 pending of 107 requests"),
        ("requests_pending", "0 lost, 0 rejected, 7 pending of 107 requests"),
    ],
)
def test_requests_that_are_not_in_the_store_are_said(
    look: Look, recording: Recording, field: str, says: str
) -> None:
    assert says in banners(look, recording, **{field: 7, "requests_seen": 107})


def test_what_was_pending_and_is_stored_by_now_is_no_warning(
    look: Look, recording: Recording
) -> None:
    """The one request is in the store, whatever its worker's last word was."""
    told = {"requests_seen": 1, "requests_delivered": 0, "requests_pending": 1}
    assert banners(look, recording, **told) == ""


def test_a_clock_that_is_off_is_said(look: Look, recording: Recording) -> None:
    text = banners(look, recording, clock_error_ms=-2500.0)
    assert "its points stand at the wrong time" in text
    assert "worker-0 on gen-a: -2,500 ms from the master's clock" in text


def test_a_clock_that_was_corrected_is_said_as_information(
    look: Look, recording: Recording
) -> None:
    text = banners(look, recording, clock_offset_ms=7_300.0, clock_corrected_ms=7_300.0)
    assert "its points were moved to the master's clock" in text
    assert "worker-0 on gen-a: 7,300 ms taken off" in text
    assert "wrong time" not in text


def test_a_worker_that_never_finished_is_said(look: Look, recording: Recording) -> None:
    text = banners(look, recording, final=False)
    assert "not every worker has said that it sent everything" in text
