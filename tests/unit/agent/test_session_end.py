"""The end of a run on one worker, and what comes after it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.sessions import World, fields, last


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., World]:
    return lambda **more: World(tmp_path, **more)


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    return make()


def test_after_the_end_there_are_no_users_no_health_and_no_new_totals_of_a_tick(world: World):
    world.identify()
    world.request()
    world.tick()
    world.finish()
    before = [len(world.kept.lines(m)) for m in ("locust_users", "locust_worker")]
    totals = len(world.kept.lines("locust_entry_point_stats"))
    world.tick(30)
    assert all(batch.lines for batch in world.kept.batches)
    assert [len(world.kept.lines(m)) for m in ("locust_users", "locust_worker")] == before
    assert len(world.kept.lines("locust_entry_point_stats")) == totals


def test_the_last_window_is_written_at_the_end_however_short(world: World):
    world.identify()
    world.tick()
    world.request()
    world.finish()
    assert (world.requests(), world.session.ended) == (1, True)


def test_the_marker_says_that_nothing_more_will_come(world: World):
    world.identify()
    world.request()
    world.finish()
    world.session.mark_final({}, {"cpu_percent": 9.0})
    told = last(world, "locust_worker")
    assert (told["final"], told["cpu_percent"]) == ("true", "9.0")
    assert (told["requests_seen"], told["requests_locust"]) == ("1i", "1i")
    assert (told["requests_unheard"], told["failures_unheard"]) == ("0i", "0i")
    world.session.take_back({}, {})
    assert last(world, "locust_worker")["final"] == "false"


def test_the_marker_says_what_only_locust_heard_of(world: World):
    world.identify()
    world.request()
    for _ in range(2):
        world.environment.stats.log_request("GET", "/by-hand", 1, 1)
        world.environment.stats.log_error("GET", "/by-hand", "found wrong later")
    world.session.record(request_type="GET", name="/not-of-locust", response_time=1)
    world.finish()
    world.session.mark_final({}, {})
    told = last(world, "locust_worker")
    assert (told["requests_unheard"], told["failures_unheard"]) == ("2i", "2i")
    # and again of what comes later
    world.environment.stats.log_request("GET", "/by-hand", 1, 1)
    world.request()
    world.session.catch_up({}, {}, early=True)
    told = last(world, "locust_worker")
    assert (told["requests_unheard"], told["failures_unheard"]) == ("3i", "2i")


def test_a_marker_without_any_tick_tells_of_no_request(world: World):
    world.identify()
    world.session.mark_final({}, {})
    assert last(world, "locust_worker")["requests_locust"] == "0i"


def test_a_run_of_which_something_was_missed_gets_no_final_marker(world: World):
    world.identify()
    world.request()
    world.session.gap = True
    world.finish()
    world.session.mark_final({}, {})
    assert last(world, "locust_worker")["final"] == "false"


def test_stragglers_are_written_with_new_totals_a_whole_minute_and_a_new_marker(world: World):
    world.identify()
    world.request()
    world.finish()
    world.session.mark_final({}, {})
    assert not world.session.catch_up({}, {}, early=True)
    world.request()
    assert world.session.catch_up({}, {}, early=True)
    assert world.requests() == 2
    assert last(world, "locust_entry_point_stats")["count"] == "2i"
    assert fields(world.kept.lines("locust_stats", "loadtest_long")[-1])["count"] == "2i"
    finals = [fields(line)["final"] for line in world.kept.lines("locust_worker")]
    assert finals == ["false", "true", "false", "true"]
    assert last(world, "locust_worker")["final"] == "true"
    assert last(world, "locust_worker")["requests_seen"] == "2i"


def test_a_run_that_goes_on_has_no_stragglers(world: World):
    world.identify()
    world.request()
    assert not world.session.catch_up({}, {}, early=True)
    assert world.kept.batches == []


def test_a_session_without_a_name_writes_nothing_at_its_end(world: World):
    world.request()
    world.finish()
    world.session.mark_final({}, {})
    assert not world.session.catch_up({}, {}, early=True)
    assert world.kept.batches == []
    assert world.session.account.requests_seen == 0


def test_a_quiet_session_speaks_only_once_it_had_a_request(make: Callable[..., World]):
    world = make(quiet=True)
    world.identify()
    world.session.mark_final({}, {})
    world.tick()
    world.session.mark_final({}, {})
    assert world.session.untold
    assert world.kept.lines("locust_worker") == []
    world.request()
    world.tick()
    assert not world.session.untold
    world.finish()
    world.session.mark_final({}, {})
    told = [fields(line)["final"] for line in world.kept.lines("locust_worker")]
    assert (told[0], told[-1], told.count("true")) == ("false", "true", 1)


def test_windows_that_could_not_be_held_are_lost_and_said(
    world: World, caplog: pytest.LogCaptureFixture
):
    for _ in range(3_602):
        world.request()
        world.mono += 1
    world.identify()
    world.tick()
    account = world.kept.account("r")
    assert (account.requests_seen, account.requests_lost) == (3_602, 2)
    assert "2 requests are lost" in caplog.text
    assert world.requests() == 3_600


def test_a_window_that_is_not_over_waits_unless_the_process_ends(world: World):
    """Each window that is closed before its time would move the next, into the future."""
    world.identify()
    world.finish()
    world.request()
    assert not world.session.catch_up({}, {})
    assert world.session.catch_up({}, {}, early=True)


def test_a_marker_stands_until_it_is_taken_back(world: World):
    world.identify()
    world.request()
    world.finish()
    assert not world.session.marked
    world.session.mark_final({}, {})
    assert world.session.marked
    world.session.take_back({}, {})
    assert not world.session.marked
    assert last(world, "locust_worker")["final"] == "false"


def test_what_came_during_the_last_flush_is_kept_before_the_marker_is_written(world: World):
    world.identify()
    world.request()
    world.finish()
    world.request()
    world.session.mark_final({}, {})
    assert world.requests() == 2
    told = last(world, "locust_worker")
    assert (told["final"], told["requests_seen"], told["requests_locust"]) == ("true", "2i", "2i")
    assert last(world, "locust_entry_point_stats")["count"] == "2i"


def test_no_marker_is_written_while_the_last_flush_goes_on(world: World):
    world.identify()
    world.finish()
    world.request()
    assert world.session.catch_up({}, {}, early=True)
    assert world.requests() == 1
    assert {fields(line)["final"] for line in world.kept.lines("locust_worker")} == {"false"}


def test_no_marker_is_written_while_more_comes_all_the_time(world: World):
    world.identify()
    world.finish()
    world.request()
    world.kept.on_keep = world.request  # as a greenlet that outlives its user
    world.session.mark_final({}, {})
    assert not world.session.marked
    assert 3 <= world.requests() < 12  # it gives up after some looks
    assert world.session.catch_up({}, {})  # and goes on, though that window isn't over
    world.kept.on_keep = None
    assert world.session.catch_up({}, {}, early=True)
    assert world.session.marked
    assert last(world, "locust_worker")["requests_seen"] == f"{world.requests()}i"


def test_what_locust_alone_counts_after_the_marker_is_written_with_a_new_one(world: World):
    world.identify()
    world.request()
    world.finish()
    world.session.mark_final({}, {})
    world.environment.stats.log_error("GET", "/a", "found wrong later")
    assert world.session.catch_up({}, {})
    assert last(world, "locust_worker")["failures_unheard"] == "1i"
    assert not world.session.catch_up({}, {})


def test_a_marker_that_was_taken_back_is_written_anew_unless_it_was_for_good(world: World):
    world.identify()
    world.finish()
    world.session.mark_final({}, {})
    world.request()
    world.session.take_back({}, {})
    told = last(world, "locust_worker")
    assert (told["final"], told["requests_seen"]) == ("false", "1i")
    assert world.session.catch_up({}, {})
    assert last(world, "locust_worker")["final"] == "true"
    world.session.take_back({}, {}, for_good=True)
    assert not world.session.catch_up({}, {})
    assert last(world, "locust_worker")["final"] == "false"


def test_a_quiet_session_tells_of_the_first_request_that_comes_after_its_end(
    make: Callable[..., World],
):
    world = make(quiet=True)
    world.identify()
    world.finish()
    world.session.mark_final({}, {})
    assert world.session.marked
    assert world.kept.lines("locust_worker") == []
    world.request()
    world.session.take_back({}, {})
    told = last(world, "locust_worker")
    assert (told["final"], told["requests_seen"]) == ("false", "1i")


def test_a_quiet_session_tells_of_what_locust_alone_counted(make: Callable[..., World]):
    world = make(quiet=True)
    world.identify()
    world.environment.stats.log_error("GET", "/a", "of somebody else's request")
    world.finish()
    world.session.mark_final({}, {})
    assert last(world, "locust_worker")["failures_alone"] == "1i"


def test_statistics_that_cannot_be_read_cost_no_request_and_the_run_stays_incomplete(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.identify()
    world.request()
    world.environment.stats = None  # type: ignore[assignment]
    world.session.record(request_type="GET", name="/a", response_time=1)
    world.tick()
    world.finish()
    world.session.mark_final({}, {})
    assert world.requests() == 2
    assert last(world, "locust_worker")["final"] == "false"
    assert caplog.text.count("What Locust counted can't be read") == 1
    assert not world.session.catch_up({}, {})


def once(work: Callable[[], object]) -> Callable[[], object]:
    """Return what does *work* the first time, and nothing after that."""
    left = [work]
    return lambda: left.pop()() if left else None


def test_what_comes_while_the_rest_is_kept_is_kept_before_the_marker(world: World):
    world.identify()
    world.finish()
    world.request()
    world.kept.on_keep = once(world.request)
    world.session.mark_final({}, {})
    assert world.session.marked
    assert world.requests() == 2
    assert last(world, "locust_worker")["requests_seen"] == "2i"


def test_what_locust_alone_counts_while_the_rest_is_kept_is_compared_before_the_marker(
    world: World,
):
    world.identify()
    world.finish()
    world.request()
    stats = world.environment.stats
    world.kept.on_keep = once(lambda: stats.log_request("GET", "/by-hand", 1, 1))
    world.session.mark_final({}, {})
    assert last(world, "locust_worker")["requests_unheard"] == "1i"


def test_a_marker_waits_for_a_window_that_is_not_over(world: World):
    world.identify()
    world.finish()
    world.session.mark_final({}, {})
    world.request()
    world.session.take_back({}, {})
    world.request()
    world.session.catch_up({}, {})
    assert not world.session.marked
    assert world.requests() == 1
    world.mono += 2
    assert world.session.catch_up({}, {})
    assert world.session.marked
    assert world.requests() == 2
