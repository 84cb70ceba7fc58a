"""A run on one worker: what is written of it, when, and that no request is told of twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.sessions import World, fields, last

from swarmscope import schema
from swarmscope.recording.points import requests_of


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., World]:
    return lambda **more: World(tmp_path, **more)


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    return make()


def test_windows_wait_for_the_runs_name_and_are_written_once(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.request()
    world.tick()
    assert world.kept.batches == []
    world.request()
    world.identify()
    world.tick()
    world.tick()
    assert [line.split(" ")[0] for line in world.kept.lines("locust_stats")] == [
        "locust_stats,method=GET,name=/a,run=r,worker=worker-0",
        "locust_stats,name=Aggregated,run=r,worker=worker-0",
    ] * 2
    assert world.times("locust_stats") == [0, 0, 1, 1]
    assert world.kept.account("r").requests_seen == world.requests() == 2
    assert not caplog.text


def test_a_batch_stands_for_the_requests_that_its_lines_tell_of(world: World):
    world.identify()
    for count in (3, 2):
        for _ in range(count):
            world.request()
        world.tick()
    assert [(batch.run, batch.requests) for batch in world.kept.batches] == [("r", 3), ("r", 2)]
    assert [sum(map(requests_of, batch.lines)) for batch in world.kept.batches] == [3, 2]


def test_a_window_says_how_many_users_there_were_of_all_classes(world: World):
    world.identify()
    world.request()
    world.mono += 1
    world.session.tick({"Shopper": 3, "Admin": 1}, {})
    assert last(world, "locust_stats")["current_user_count"] == "4i"
    assert [fields(line)["count"] for line in world.kept.lines("locust_users")] == ["3i", "1i"]


def test_failures_and_exceptions_in_users_code_are_written(world: World):
    world.identify()
    world.request(exception=ValueError("no"))
    world.session.user_errors.record("Shopper", KeyError("k"), None)
    world.tick()
    assert last(world, "locust_exception_stats")["count"] == "1i"
    (line,) = world.kept.lines("locust_user_error")
    assert "exception=KeyError" in line
    assert world.times("locust_exception_stats") == [0]
    assert world.times("locust_user_error") == [1]


def test_each_second_has_its_users_and_its_health_also_without_a_request(world: World):
    world.identify()
    world.tick()
    world.tick()
    assert world.times("locust_users") == world.times("locust_worker") == [1, 2]
    (_, line) = world.kept.lines("locust_worker")
    assert line.split(" ")[0] == "locust_worker,host=box,run=r,worker=worker-0"
    assert last(world, "locust_worker")["cpu_percent"] == "7.0"
    assert last(world, "locust_worker")["final"] == "false"


def test_seconds_that_a_late_tick_left_out_have_the_users_from_before(world: World):
    """Or all workers together have fewer in them, as if users had left and come back."""
    world.identify()
    world.tick(users=20)
    world.tick(4, users=30)
    assert world.times("locust_users") == [1, 2, 3, 4, 5]
    counts = [fields(line)["count"] for line in world.kept.lines("locust_users")]
    assert counts == ["20i", "20i", "20i", "20i", "30i"]
    assert world.times("locust_worker") == [1, 5]


def test_of_the_time_that_a_machine_slept_nobody_tells_users(world: World):
    world.identify()
    world.tick()
    world.tick(3_600)
    assert world.times("locust_users") == [1, 3_601]


def test_health_is_written_at_whole_seconds(world: World):
    world.identify()
    world.tick(1.75)
    assert world.times("locust_worker") == world.times("locust_users") == [1]


def test_health_is_no_newer_than_the_windows_that_are_written_with_it(world: World):
    """Readers take what ended by then for stored; a second may end while the last one is told."""

    class Busy(dict[str, int]):
        def values(self) -> Any:
            world.mono += 1.5
            return super().values()

    world.identify()
    world.request()
    world.mono += 1
    world.session.tick(Busy(Shopper=2), {})
    assert world.times("locust_worker") == [1]
    world.tick(0.5)
    assert world.times("locust_worker") == [1, 3]


def test_a_worker_says_what_became_of_its_requests_and_what_locust_counted(world: World):
    world.identify()
    world.kept.spool_bytes = 1_234
    for _ in range(3):
        world.request()
    world.tick()
    account = world.kept.account("r")
    account.taken(2, 9)
    world.tick()
    told = last(world, "locust_worker")
    assert (told["requests_seen"], told["requests_delivered"]) == ("3i", "2i")
    assert (told["requests_pending"], told["points_written"]) == ("1i", "9i")
    assert (told["requests_locust"], told["spool_bytes"]) == ("3i", "1234i")


def test_locusts_count_is_that_of_this_run_alone(make: Callable[..., World]):
    world = make(since=4)
    for _ in range(6):
        world.request()
    world.identify()
    world.tick()
    assert last(world, "locust_worker")["requests_locust"] == "2i"
    world.session.leave()
    world.environment.stats.log_request("GET", "/of-the-next-run", 1, 1)
    world.finish()
    world.session.mark_final({}, {})
    assert last(world, "locust_worker")["requests_locust"] == "2i"


def test_totals_are_written_every_ten_seconds_and_at_the_end(world: World):
    world.identify()
    for _ in range(25):
        world.request()
        world.tick()
    assert world.times("locust_entry_point_stats") == [10, 10, 20, 20]
    world.mono += 0.5
    world.finish()
    assert world.times("locust_entry_point_stats")[4:] == [25.5, 25.5]
    told = last(world, "locust_entry_point_stats")
    assert (told["count"], told["total_response_time"]) == ("25i", "250.0")
    assert float(told["current_rps"]) == pytest.approx(25 / 25.5)


def test_a_run_begins_when_it_is_told_to(world: World):
    world.mono += 100
    world.session.begin()
    world.identify()
    world.request()
    world.tick()
    assert world.kept.lines("locust_entry_point_stats") == []
    world.mono += 1
    world.finish()
    assert float(last(world, "locust_entry_point_stats")["current_rps"]) == pytest.approx(1 / 2)


def test_a_session_in_the_middle_of_a_run_begins_when_it_is_made(make: Callable[..., World]):
    world = make(begun=False)
    world.identify()
    world.request()
    world.tick(9)
    assert world.kept.lines("locust_entry_point_stats") == []
    world.tick()
    assert world.times("locust_entry_point_stats") == [10, 10]


def test_totals_hold_no_histogram_and_minutes_do(world: World):
    world.identify()
    world.request()
    world.tick()
    world.finish()
    assert len(world.kept.lines("locust_latency")) == 2
    assert len(world.kept.lines("locust_latency", "loadtest_long")) == 2


def test_minutes_go_to_the_long_bucket_when_the_next_one_begins(world: World):
    world.identify()
    for _ in range(61):
        world.request()
        world.tick(users=3)
    world.tick(39)
    assert world.times("locust_stats", "loadtest_long") == [-20, -20]
    assert world.requests("loadtest_long") == 40
    (line, _) = world.kept.lines("locust_stats", "loadtest_long")
    assert fields(line)["current_user_count"] == "3i"
    world.finish(users=1)
    assert world.times("locust_stats", "loadtest_long") == [-20, -20, 40, 40]
    assert world.requests("loadtest_long") == 61
    assert world.kept.account("r").requests_seen == 61


def test_without_a_long_bucket_there_are_no_minutes(make: Callable[..., World]):
    world = make(SWARMSCOPE_BUCKET_LONG="")
    world.identify()
    world.request()
    world.finish()
    assert {batch.bucket for batch in world.kept.batches} == {"loadtest"}


def test_windows_follow_the_resolution(make: Callable[..., World]):
    world = make(SWARMSCOPE_RESOLUTION="10s")
    world.identify()
    for _ in range(10):
        world.request()
        world.tick()
    assert world.times("locust_stats") == [0, 0]
    assert last(world, "locust_stats")["current_rps"] == "1.0"


def test_settings_of_names_hold_for_a_session(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture
):
    world = make(SWARMSCOPE_MAX_NAMES="2", SWARMSCOPE_TEMPLATE_NAMES="on")
    world.identify()
    for name in ("/item/1", "/item/2", "/b", "/c", "/d"):
        world.request(name)
    world.tick()
    names = [line.split("name=")[1].split(",")[0] for line in world.kept.lines("locust_stats")]
    assert len(names) == 4
    assert names[1:] == ["/b", "(other)", "Aggregated"]
    assert "More than 2 endpoints" in caplog.text


def test_that_users_code_fails_in_too_many_places_is_said(
    world: World, caplog: pytest.LogCaptureFixture
):
    for i in range(schema.MAX_USER_CLASSES + 1):
        world.session.user_errors.record(f"User{i}", KeyError("k"), None)
    assert "user classes" in caplog.text


@pytest.mark.parametrize(("ahead", "word"), [(7.0, "ahead of"), (-7.0, "behind")])
def test_a_clock_that_is_off_is_corrected_before_anything_is_written(
    world: World, caplog: pytest.LogCaptureFixture, ahead: float, word: str
):
    world.request()
    world.tick()
    offset = world.identify(ahead=ahead)
    assert f"7000 ms {word} the master's" in caplog.text
    told = world.session.clock_fields(offset)
    assert (told["clock_corrected_ms"], told["clock_error_ms"]) == (ahead * 1000, 0.0)
    for _ in range(8):
        world.tick()
    assert world.kept.lines("locust_entry_point_stats") == []
    world.tick()
    assert world.times("locust_stats") == [-ahead, -ahead]
    assert world.times("locust_worker")[-1] == 10 - ahead
    assert world.times("locust_entry_point_stats") == [10 - ahead] * 2
    assert float(last(world, "locust_entry_point_stats")["current_rps"]) == pytest.approx(1 / 10)


def test_half_a_second_is_said_too(world: World, caplog: pytest.LogCaptureFixture):
    world.identify(ahead=0.5)
    assert "500 ms ahead of the master's" in caplog.text


def test_nothing_is_corrected_before_the_run_has_a_name(world: World):
    assert world.session.clock_fields(world.offset(7.0))["clock_corrected_ms"] == 0.0


def test_a_clock_that_is_right_is_left_alone(world: World, caplog: pytest.LogCaptureFixture):
    offset = world.identify(ahead=0.01)
    assert not caplog.text
    assert world.session.clock_fields(offset)["clock_corrected_ms"] == 0.0
