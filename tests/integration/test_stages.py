"""A load shape of stages that start users of some classes alone, played by Locust."""

import pytest
from tests.fixtures.locusts import LISTENER, ORACLE, SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope.store.question import Question

FILES = (SCENARIOS / "sale.py", ORACLE, LISTENER)
QUIET = ("--headless", "--only-summary")


@pytest.mark.long
def test_each_stage_starts_users_of_its_classes_on_workers_too(
    swarm: Locusts, store: Store, run: str
):
    master = swarm.master(*QUIET, "--expect-workers", "1", files=FILES)
    worker = swarm.worker(files=FILES)
    assert [swarm.wait(process) for process in (master, worker)] == [0, 0], swarm.log(master)
    rows = store.reader.ask(Question("users", run)).records()
    most: dict[str, int] = {}
    for row in rows:
        most[row["user_class"]] = max(most.get(row["user_class"], 0), row["value"])
    assert most == {"Visitor": 2, "Buyer": 4}
    first = min(row["time"] for row in rows if row["user_class"] == "Buyer" and row["value"])
    assert min(row["time"] for row in rows if row["value"]) < first, "none of them before the sale"
    assert {name for name, _ in swarm.witnessed()} == {"Visitor", "Buyer"}


def test_a_class_that_is_not_there_ends_locust_before_it_starts(swarm: Locusts):
    locust = swarm.start(*QUIET, files=FILES, env={"FOR_THE_SALE": "Byer"})
    assert swarm.wait(locust) == 2
    log = swarm.log(locust)
    assert (
        "Stage 2 of Sale has the user class 'Byer', which isn't here. Nothing is started. "
        "There are: Buyer, Visitor." in log
    )
    assert "Traceback" not in log
    assert swarm.witnessed() == {}
