"""Users who react to failures, in every way in which the listener can be there.

The witness is the scenario itself, which writes each request down before it fires it.
"""

import signal

import pytest
from tests.fixtures.agreement import (
    assert_complete,
    assert_parts_of_all,
    assert_store_agrees,
)
from tests.fixtures.locusts import LISTENER, SCENARIOS, SHORT, Locusts, free_port
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.stores import Store

from swarmscope.store.question import Question

REACTS = SCENARIOS / "reacts.py"
WAYS = {
    "beside": (REACTS, LISTENER),
    "first": (LISTENER, REACTS),
    "imported": (REACTS, SCENARIOS / "only_imports.py"),
    "attached": (REACTS, SCENARIOS / "only_attaches.py"),
}
_FEW = ("beside", "attached")
"""The others come with the long tests: `test_listener` tries each way in, too."""


def assert_all_of(swarm: Locusts, store: Store, run: str) -> None:
    """Every request that was made is stored, and the audit agrees."""
    assert_store_agrees(store, run, swarm.witnessed())
    assert_complete(store, run)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "way",
    [pytest.param(way, marks=[] if way in _FEW else pytest.mark.long) for way in WAYS],
)
def test_whichever_way_the_listener_comes_in(swarm: Locusts, store: Store, run: str, way: str):
    swarm.wait(swarm.start(*SHORT, files=WAYS[way]))
    assert_all_of(swarm, store, run)


@pytest.mark.long  # test_soak has both at once, with a master
def test_with_each_request_by_itself(swarm: Locusts, store: Store, run: str):
    env = {"SWARMSCOPE_RAW_REQUESTS": "on"}
    swarm.wait(swarm.start(*SHORT, files=WAYS["beside"], env=env))
    assert_all_of(swarm, store, run)
    points = store.reader.ask(Question("points", run)).records()
    single = [p for p in points if p["measurement"] == "locust_request"]
    times = [p for p in single if p["field"] == "response_time"]
    assert len(times) == sum(len(seen.times) for seen in swarm.witnessed().values())


@pytest.mark.long
def test_distributed(swarm: Locusts, store: Store, run: str):
    master = swarm.master(*SHORT, "--expect-workers", "2", files=WAYS["beside"])
    for process in (swarm.worker(files=WAYS["beside"]), swarm.worker(files=WAYS["beside"]), master):
        swarm.wait(process)
    assert_all_of(swarm, store, run)


@pytest.mark.long
def test_in_forked_processes(swarm: Locusts, store: Store, run: str):
    swarm.wait(swarm.forked(*SHORT, files=WAYS["beside"]))
    assert_all_of(swarm, store, run)


@pytest.mark.long
def test_in_each_run_of_a_process(swarm: Locusts, store: Store, run: str):
    port = free_port()
    page = f"http://127.0.0.1:{port}/"
    web = ("--web-host", "127.0.0.1", "--web-port", str(port))
    local = swarm.start(*web, files=WAYS["beside"])
    get_when_up(page)
    for _ in range(2):
        post(f"{page}swarm", user_count="3", spawn_rate="10")
        swarm.wait_for_requests(50)
        post(f"{page}stop")
    local.send_signal(signal.SIGTERM)
    swarm.wait(local)
    assert_parts_of_all(store, swarm, run, f"{run}-2")
