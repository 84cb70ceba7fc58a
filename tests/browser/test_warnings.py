"""What the live page says when a run's numbers are doubtful."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser.conftest import Seen
from tests.browser.recording import HOME, Recording

from swarmscope import schema
from swarmscope.runs.judge import PATIENCE_MS

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


@pytest.mark.release
@pytest.mark.long
def test_a_peak_that_the_audit_lets_pass_is_not_in_red(look: Look, recording: Recording) -> None:
    """A loop is late in the moment in which users are started; the table says it all the same."""
    recording.start()
    recording.requests(0, {HOME: [5.0]})
    recording.users(0, {"Browser": 1})
    recording.event("step", 30, user_count=9)
    for second in range(60):
        recording.health(second, loop_lag_ms=250.0 if second == 30 else 1.0)
    recording.health(60, final=True)
    recording.event("stop", 61)
    page = look().open(f"{recording.url}/?run={recording.run}")
    assert page.inner_text("#banners") == ""
    assert page.inner_text("#workers tbody tr td:nth-child(4)") == "250"
    assert page.locator("#workers td.bad").count() == 0


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("cpu_percent", schema.GENERATOR_CPU_LIMIT + 0.1, "CPU up to 90.1 % of a core"),
        ("loop_lag_ms", schema.GENERATOR_LAG_LIMIT_MS + 1, "loop lag up to 101 ms"),
    ],
)
def test_a_saturated_generator_is_said(
    look: Look, recording: Recording, field: str, value: float, says: str
) -> None:
    recording.health(1, **{field: value})
    text = banners(look, recording, **{field: value})
    assert "response times of this run are partly the generator's own" in text
    assert says in text
    assert text.count("response times") == 1
    page = look().open(f"{recording.url}/?run={recording.run}")
    assert page.locator("#workers td.bad").count() == 1


@pytest.mark.release
@pytest.mark.long
def test_a_stalled_moment_is_told_from_saturation(look: Look, recording: Recording) -> None:
    for second in range(1, 60):
        recording.health(second, loop_lag_ms=1.0)
    text = banners(look, recording, loop_lag_ms=schema.GENERATOR_LAG_LIMIT_MS + 1)
    assert "stalled for moments" in text
    assert "was saturated" not in text


@pytest.mark.release
@pytest.mark.long
def test_a_busy_master_is_no_saturated_generator(look: Look, recording: Recording) -> None:
    recording.health(0, worker=schema.MASTER, cpu_percent=99.0)
    assert banners(look, recording) == ""


@pytest.mark.release
@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("requests_lost", "incomplete by 7.\nworker-0 lost 7 requests"),
        ("requests_rejected", "incomplete by 7.\nworker-0 had 7 requests rejected by the store"),
        ("requests_pending", "pending by 7.\nworker-0 has 7 requests on the way or in its spool"),
    ],
)
def test_requests_that_are_not_in_the_store_are_said(
    look: Look, recording: Recording, field: str, says: str
) -> None:
    told = {"requests_seen": 8, "requests_delivered": 1, field: 7}
    said = banners(look, recording, **told)
    assert f"This run's data: {says}" in said
    assert "killed" not in said


@pytest.mark.release
@pytest.mark.long
def test_what_was_pending_and_is_stored_by_now_is_no_warning(
    look: Look, recording: Recording
) -> None:
    """The one request is in the store, whatever its worker's last word was."""
    told = {"requests_seen": 1, "requests_delivered": 0, "requests_pending": 1}
    assert banners(look, recording, **told) == ""


@pytest.mark.release
@pytest.mark.long
def test_a_clock_that_is_off_is_said(look: Look, recording: Recording) -> None:
    text = banners(look, recording, clock_error_ms=-2500.0)
    assert "its points stand at the wrong time" in text
    assert "worker-0 on gen-a: -2,500 ms from the master's clock" in text


@pytest.mark.release
@pytest.mark.long
def test_a_clock_that_was_corrected_is_said_as_information(
    look: Look, recording: Recording
) -> None:
    text = banners(look, recording, clock_offset_ms=7_300.0, clock_corrected_ms=7_300.0)
    assert "its points were moved to the master's clock" in text
    assert "worker-0 on gen-a: 7,300 ms taken off" in text
    assert "wrong time" not in text


@pytest.mark.long
def test_a_worker_that_never_finished_is_said(look: Look, recording: Recording) -> None:
    recording.began -= PATIENCE_MS // 1_000
    text = banners(look, recording, final=False)
    assert "This run's data: incomplete." in text
    assert "worker-0 has no final marker" in text
    assert "A killed worker's last second is gone" in text
    assert "Rejected" not in text
    assert "Lost" not in text


def test_a_run_without_a_request_is_no_good_run(look: Look, recording: Recording) -> None:
    recording.start()
    recording.users(0, {"Browser": 1})
    recording.user_error(0, "KeyError", "shop.py:12 Shopper.buy", 42)
    recording.health(0, cpu_percent=99.0)
    recording.health(1, final=True, cpu_percent=99.0, clock_error_ms=-0.001)
    recording.event("stop", 1)
    page = look().open(f"{recording.url}/?run={recording.run}")
    said = page.inner_text("#banners")
    assert "This run's data: no data to judge." in said
    assert "42 times in shop.py:12 Shopper.buy: KeyError: 'x'" in said
    # It has no response times, and why is known.
    assert "saturated" not in said
    assert "no data to judge" in page.inner_text("#facts .bad")
    assert page.inner_text("#exceptions tbody") == "No failure in this range."
    assert page.inner_text("#workers tbody td:nth-child(5)") == "0"
    step = page.locator("#steps tbody td:last-child")
    assert step.inner_text() == "no requests"
    assert "Nothing was tested" in (step.get_attribute("title") or "")
    cells = page.locator("#user-errors tbody tr").first.inner_text().split("\t")
    assert cells[0] == "shop.py:12 Shopper.buy"
    assert cells[-2:] == ["42", "KeyError: 'x'"]
    # What there is to see stands above five tables of nothing.
    titles = " ".join(page.locator("main h2").all_inner_texts())
    assert 0 < titles.index("Exceptions in the locustfile") < titles.index("Load steps")


@pytest.mark.long
def test_what_is_worst_is_said_first(look: Look, recording: Recording) -> None:
    """Of a run without a request nobody asks first whether its generator stalled."""
    recording.start()
    recording.users(0, {"Browser": 1})
    for second in range(60):
        recording.health(second, loop_lag_ms=1_000.0 if second == 30 else 1.0)
    recording.health(60, final=True)
    recording.event("stop", 61)
    page = look().open(f"{recording.url}/?run={recording.run}")
    said = page.locator("#banners .banner").all_inner_texts()
    assert ["no data to judge" in said[0], "stalled for moments" in said[1]] == [True, True]
    # Nor are response times its own, of which there are none.
    assert "response times" not in said[1]


@pytest.mark.release
@pytest.mark.long
def test_a_run_whose_own_code_let_nothing_out_has_no_table_for_it(
    look: Look, recording: Recording
) -> None:
    assert banners(look, recording) == ""
    page = look().open(f"{recording.url}/?run={recording.run}")
    assert not page.locator("#user-errors-panel").is_visible()
