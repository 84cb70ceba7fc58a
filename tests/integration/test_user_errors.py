"""What a locustfile's own code gets wrong is recorded, counted and said."""

from collections import Counter

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope.report.summary import summary
from swarmscope.store.question import Question

FILES = (SCENARIOS / "mishaps.py", LISTENER)
TIMES = ("--headless", "-u", "4", "-r", "10", "-t", "3", "--only-summary")
ONCE = {
    ("NeverStarts", "LookupError", "on_start"),
    ("NeverStops", "IndexError", "on_stop"),
    ("Nested", "ArithmeticError", "on_stop"),
}
EACH_TIME = ("Forgetful", "KeyError", "work")


def told(store: Store, run: str) -> Counter[tuple[str, str, str]]:
    rows = store.reader.ask(Question("user_errors", run)).records()
    assert all(row["place"].startswith("mishaps.py:") for row in rows)
    return Counter(
        {
            (row["user_class"], row["exception"], row["place"].rpartition(".")[2]): row["count"]
            for row in rows
        }
    )


def check(store: Store, run: str) -> None:
    found = told(store, run)
    assert {kind: found[kind] for kind in ONCE} == dict.fromkeys(ONCE, 1)
    # A task raises after its request: the one in which the run ended may have been cut off.
    requests = sum(
        row["requests"] for row in store.reader.ask(Question("endpoint_totals", run)).records()
    )
    assert 0 < found[EACH_TIME] < requests
    assert set(found) == {*ONCE, EACH_TIME}
    (listed,) = (row for row in store.reader.ask(Question("runs")).records() if row["run"] == run)
    assert listed["user_errors"] == found.total()


@pytest.mark.long
def test_exceptions_of_a_local_run_are_recorded_where_they_were_raised(
    swarm: Locusts, store: Store, run: str
):
    local = swarm.start(*TIMES, files=FILES)
    swarm.wait(local)
    check(store, run)
    text = summary(store.reader, run).render()
    assert "KeyError" in text
    assert "in the code of Forgetful, mishaps.py:" in text
    messages = [row["message"] for row in store.reader.ask(Question("user_errors", run)).records()]
    assert "geheim" not in "".join(messages)


@pytest.mark.long
def test_exceptions_of_a_worker_are_recorded(swarm: Locusts, store: Store, run: str):
    master = swarm.master(*TIMES, "--expect-workers", "1", files=FILES)
    worker = swarm.worker(files=FILES)
    swarm.wait(master)
    swarm.wait(worker)
    check(store, run)


@pytest.mark.release
@pytest.mark.long
def test_an_exception_at_which_a_listener_stops_the_user_is_recorded(
    swarm: Locusts, store: Store, run: str
):
    """Whoever raises StopUser in a listener ends the line of those behind it."""
    local = swarm.start(*TIMES, files=(SCENARIOS / "stops_at_a_mishap.py", LISTENER))
    swarm.wait(local)
    (row,) = store.reader.ask(Question("user_errors", run)).records()
    assert (row["user_class"], row["exception"], row["count"]) == ("Broken", "KeyError", 4)
