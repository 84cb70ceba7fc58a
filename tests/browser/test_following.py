"""The live page while things happen."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.browser.conftest import Seen, drawn, until
from tests.browser.recording import HOME, Recording, write_small_run
from tests.fixtures import server_process
from tests.fixtures.server_process import Server

if TYPE_CHECKING:
    pass

Look = Callable[..., Seen]


def test_points_that_arrive_appear(look: Look, server: Server) -> None:
    live = Recording(server.url, "run-going-on", int(time.time()) - 20)
    write_small_run(live, seconds=15, stop=False)
    page = look().open(f"{server.url}/?run={live.run}")
    assert page.inner_text("#status") == "Live"
    before = drawn(page, "requests_per_second")
    live.requests(16, {HOME: [5.0] * 40})
    live.users(16, {"Browser": 9})
    live.health(17)  # with it has come all that was counted before it
    at = (live.began + 16) * 1_000
    until(page, lambda: drawn(page, "requests_per_second").get(at) == 40.0, "the new second")
    assert before.items() <= drawn(page, "requests_per_second").items()
    live.event("stop", 17)
    until(page, lambda: page.inner_text("#status") == "Run is over", "the run's end")
    assert "so far" not in page.inner_text("#facts")


@pytest.mark.release
@pytest.mark.long
def test_a_run_that_nobody_ended_lasted_as_long_as_lists_say(look: Look, server: Server) -> None:
    run = Recording(server.url, "run-interrupted", int(time.time()) - 600)
    write_small_run(run, seconds=15, stop=False)
    page = look().open(f"{server.url}/?run={run.run}")
    env = {"INFLUXDB_V2_URL": server.url}
    listed = json.loads(
        server_process.swarmscope("runs", "--limit", "99", "--json", env=env).stdout
    )
    (seconds,) = (one["seconds"] for one in listed if one["run"] == run.run)
    facts = page.inner_text("#facts").splitlines()
    assert facts[facts.index("Duration") + 1] == f"{seconds:.0f} s"


@pytest.mark.release
@pytest.mark.long
def test_a_newer_run_is_offered(look: Look, server: Server) -> None:
    old = Recording(server.url, "run-before", int(time.time()) - 600)
    write_small_run(old, seconds=3)
    page = look().open(f"{server.url}/?run={old.run}")
    # Newer than any run that another test may still have going on.
    new = Recording(server.url, "run-newer", int(time.time()))
    new.start()
    new.requests(0, {HOME: [5.0]})
    page.get_by_text("A newer run is going on: run-newer.").wait_for()
    page.get_by_role("button", name="Show it").click()
    until(page, lambda: page.url.endswith("run=run-newer"), "the newer run")
    new.event("stop", 1)


@pytest.mark.long
def test_what_is_said_of_a_run_that_stops_is_about_all_of_it_at_once(
    look: Look, server: Server
) -> None:
    """Whichever poll it is that hears of the stop: of a silent run each asks for it."""
    run = Recording(server.url, "run-silent-and-stopped", int(time.time()) - 45)
    write_small_run(run, seconds=5, stop=False)
    page = look().open(f"{server.url}/?run={run.run}")
    until(page, lambda: "so far" in page.inner_text("#facts"), "the audit of a run that goes on")
    run.event("stop", 6)
    until(page, lambda: page.inner_text("#status") == "Run is over", "the run's end")
    assert "so far" not in page.inner_text("#facts")


@pytest.mark.release
@pytest.mark.long
def test_the_requests_of_a_run_that_goes_on_are_one_number(look: Look, server: Server) -> None:
    """More arrive between the list of runs and the audit, which stand beside each other."""
    run = Recording(server.url, "run-counted-once", int(time.time()) - 5)
    write_small_run(run, seconds=5, stop=False)
    seen = look()
    seen.answers("runs", requests=20)
    page = seen.open(f"{server.url}/?run={run.run}")
    assert "Requests\n25\n" in page.inner_text("#facts")
    assert "running: 25 requests" in page.inner_text("#facts")
    run.event("stop", 6)


@pytest.mark.long
def test_a_run_that_fell_silent_is_not_called_live(look: Look, recording: Recording) -> None:
    write_small_run(recording, seconds=5, stop=False)
    page = look().open(f"{recording.url}/?run={recording.run}")
    assert "No points since" in page.inner_text("#status")


@pytest.mark.release
@pytest.mark.long
def test_a_server_that_goes_away_is_said_and_found_again(look: Look, tmp_path: Path) -> None:
    running = server_process.start(tmp_path)
    recording = Recording(running.url, "run-outlives", int(time.time()) - 60)
    write_small_run(recording)
    page = look(errors_expected=True).open(f"{running.url}/")
    before = drawn(page, "requests_per_second")
    running.end()
    page.get_by_text("can't be reached").wait_for()
    assert page.inner_text("#status") == "Disconnected"
    assert drawn(page, "requests_per_second") == before
    again = server_process.start(tmp_path, port=urlsplit(running.url).port or 0)
    try:
        until(page, lambda: page.inner_text("#status") == "Run is over", "the server is back")
        assert page.inner_text("#banners") == ""
    finally:
        again.end()
