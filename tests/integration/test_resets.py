"""Statistics of Locust's that somebody resets: ours go on, and the moment is marked."""

import signal
import time

import pytest
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.locusts import BESIDE, SHORT, Locusts, free_port
from tests.fixtures.locusts_page import get_when_up, post, reset
from tests.fixtures.stores import Store

from swarmscope.store.question import Question


def events(store: Store, run: str) -> list[tuple[str, int]]:
    """Return what happened to *run*, and when."""
    rows = store.reader.ask(Question("run_events", run)).records()
    return [(row["event"], row["time"]) for row in rows]


def await_event(store: Store, run: str, event: str) -> None:
    for _ in range(600):
        if event in dict(events(store, run)):
            return
        time.sleep(0.1)
    raise AssertionError(f"{event} was never said")


@pytest.mark.long
def test_reset_at_the_end_of_spawning_is_marked(swarm: Locusts, store: Store, run: str) -> None:
    local = swarm.start(*SHORT, "--reset-stats", files=BESIDE)
    swarm.wait(local)
    happened = dict(events(store, run))
    assert happened["start"] < happened["reset"] < happened["stop"]
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)


@pytest.mark.long
def test_each_reset_in_a_masters_web_ui_is_marked_while_a_run_goes_on(
    swarm: Locusts, store: Store, run: str
) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web = ("--web-host", "127.0.0.1", "--web-port", str(port))
    master = swarm.master(*web, files=BESIDE)
    worker = swarm.worker(files=BESIDE)
    swarm.wait_for(master, "1 workers connected")
    get_when_up(page)
    reset(page)
    post(f"{page}swarm", user_count="2", spawn_rate="10", run_time="5s")
    swarm.wait_for_users(master)
    for _ in range(2):
        reset(page)
    # Locust says up to a second after its workers that the run is over.
    await_event(store, run, "stop")
    reset(page)
    for process in (master, worker):
        process.send_signal(signal.SIGTERM)
        swarm.wait(process)
    kinds = [event for event, _ in events(store, run)]
    assert kinds.count("reset") == 2
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)
