"""Whatever a locustfile does: each request is stored, or the audit says that it isn't.

The witness is the scenario itself, which writes each request down before it fires it.
"""

import signal
import time

import pytest
from tests.fixtures.agreement import (
    assert_complete,
    assert_parts_of_all,
    assert_store_agrees,
)
from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT, Locusts, free_port
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Audit, Verdict, audit_when_settled
from swarmscope.store.asking import Question

REACTIONS = [
    "StopUser",
    "StopTest",
    "RescheduleTask",
    "RescheduleTaskImmediately",
    "InterruptTaskSet",
]
REACTS = SCENARIOS / "reacts.py"
WAYS = {
    "beside": (REACTS, LISTENER),
    "first": (LISTENER, REACTS),
    "imported": (REACTS, SCENARIOS / "only_imports.py"),
    "attached": (REACTS, SCENARIOS / "only_attaches.py"),
}


def assert_all_of(swarm: Locusts, store: Store, run: str) -> None:
    """Every request that was made is stored, and the audit agrees."""
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)


def judged(store: Store, run: str) -> Audit:
    return audit_when_settled(store.reader, run, 0)


@pytest.mark.parametrize("reaction", REACTIONS)
def test_a_listener_that_reacts_to_failures_hides_none(
    swarm: Locusts, store: Store, run: str, reaction: str
):
    env = {"SCENARIO_REACTION": reaction}
    local = swarm.start(*SHORT, files=WAYS["beside"], env=env)
    swarm.wait(local)
    assert_all_of(swarm, store, run)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "beside"])
def test_whichever_way_the_listener_comes_in(swarm: Locusts, store: Store, run: str, way: str):
    swarm.wait(swarm.start(*SHORT, files=WAYS[way]))
    assert_all_of(swarm, store, run)


def test_with_each_request_by_itself(swarm: Locusts, store: Store, run: str):
    env = {"SWARMSCOPE_RAW_REQUESTS": "on"}
    swarm.wait(swarm.start(*SHORT, files=WAYS["beside"], env=env))
    assert_all_of(swarm, store, run)
    points = store.reader.ask(Question("points", run)).records()
    single = [p for p in points if p["measurement"] == "locust_request"]
    times = [p for p in single if p["field"] == "response_time"]
    assert len(times) == sum(len(seen.times) for seen in swarm.witnessed().values())


def test_distributed(swarm: Locusts, store: Store, run: str):
    master = swarm.master(*SHORT, "--expect-workers", "2", files=WAYS["beside"])
    for process in (swarm.worker(files=WAYS["beside"]), swarm.worker(files=WAYS["beside"]), master):
        swarm.wait(process)
    assert_all_of(swarm, store, run)


def test_in_forked_processes(swarm: Locusts, store: Store, run: str):
    ports = ("--master-bind-port", str(swarm.master_port), "--master-port", str(swarm.master_port))
    swarm.wait(swarm.start(*SHORT, "--processes", "2", *ports, files=WAYS["beside"]))
    assert_all_of(swarm, store, run)


def test_in_each_run_of_a_process(swarm: Locusts, store: Store, run: str):
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web = ("--web-host", "127.0.0.1", "--web-port", str(port))
    local = swarm.start(*web, files=WAYS["beside"])
    get_when_up(page)
    for _ in range(2):
        post(f"{page}swarm", user_count="3", spawn_rate="10")
        time.sleep(2)
        post(f"{page}stop")
    local.send_signal(signal.SIGTERM)
    swarm.wait(local)
    assert_parts_of_all(store, swarm, run, f"{run}-2")


PASSES_BY = (SCENARIOS / "passes_by.py", LISTENER)


def passing(swarm: Locusts, store: Store, run: str, way: str) -> tuple[Audit, str]:
    options = ("--headless", "-u", "2", "-r", "10", "-t", "4", "--only-summary")
    local = swarm.start(*options, files=PASSES_BY, env={"SCENARIO_WAY": way})
    swarm.wait(local)
    return judged(store, run), swarm.log(local)


@pytest.mark.parametrize("way", ["new-statistics", "native-thread"])
def test_what_hides_no_request(swarm: Locusts, store: Store, run: str, way: str):
    passing(swarm, store, run, way)
    assert_all_of(swarm, store, run)


def test_an_event_that_lacks_arguments_is_stored_though_locust_does_not_count_it(
    swarm: Locusts, store: Store, run: str
):
    found, _ = passing(swarm, store, run, "broken-arguments")
    made = sum(len(seen.times) for seen in swarm.witnessed().values())
    assert (found.verdict, found.stored) == (Verdict.COMPLETE, made)


def test_who_puts_himself_in_front_is_put_back(swarm: Locusts, store: Store, run: str):
    found, log = passing(swarm, store, run, "pushes-in")
    assert "put itself in front of swarmscope's listener" in log
    assert found.verdict is Verdict.COMPLETE
    # Those behind it, Locust's own among them, hear of nothing any more.
    assert any("fewer than" in note for note in found.notes())
    assert_store_agrees(store, run, swarm.witnessed())


@pytest.mark.parametrize("way", ["removes-all", "replaces"])
def test_who_takes_the_listener_away_leaves_a_run_that_is_never_complete(
    swarm: Locusts, store: Store, run: str, way: str
):
    found, log = passing(swarm, store, run, way)
    assert "took swarmscope's listener off the request event" in log
    assert "an unknown rest may be missing" in found.line()
    assert_store_agrees(store, run, swarm.witnessed())


def test_a_request_that_was_only_logged_to_locusts_statistics_is_found_missing(
    swarm: Locusts, store: Store, run: str
):
    found, _ = passing(swarm, store, run, "by-hand")
    made = sum(len(seen.times) for seen in swarm.witnessed().values())
    assert found.verdict is Verdict.INCOMPLETE
    assert found.missing == made
    assert f"{made} passed it by" in found.line()
