"""Workers whose clocks are wrong: their seconds lie where the master's do, and it is said."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.fixtures.agreement import assert_complete
from tests.fixtures.locusts import LISTENER, SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.store.question import Question

pytestmark = pytest.mark.long

FILES = (SCENARIOS / "shifted.py", LISTENER)
WRONG = {
    "ahead": {"SHIFT_S": "7.3"},
    "stepped": {"STEP_S": "-3600", "STEP_AFTER_S": "2"},
    "behind": {"SHIFT_S": "-40.4"},
}
"""The clock of each worker; the last one joins while the run goes on."""
OFF = {"ahead": (7_300, 7_300), "stepped": (-3_600_000, 0), "behind": (-40_400, -40_400)}
"""How far each clock is off at the end, ms, and what is taken off the times of its points."""
_EDGE_S = 0.1

Seconds = Counter[tuple[int, str]]


def truth(path: Path, edge_s: float) -> tuple[Seconds, int]:
    """What happened in which second, and how many requests too near to its edge to tell."""
    seconds: Seconds = Counter()
    unclear = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        moment, name = json.loads(line)
        seconds[int(moment), name] += 1
        unclear += not edge_s < moment % 1 < 1 - edge_s
    return seconds, unclear


def stored(store: Store, run: str) -> dict[str, Seconds]:
    """What the store has of each worker: requests by second and name."""
    found: dict[str, Seconds] = {}
    for row in store.reader.ask(Question("points", run)).records():
        tags = json.loads(row["tags"])
        if row["measurement"] != "locust_stats" or row["field"] != "count":
            continue
        if tags["name"] != schema.AGGREGATED:
            seconds = found.setdefault(tags["worker"], Counter())
            seconds[row["time_ns"] // 10**9, tags["name"]] += int(row["number"])
    return found


def test_points_of_wrong_clocks_lie_in_the_masters_seconds(
    swarm: Locusts, store: Store, run: str, tmp_path: Path
):
    headless = ("--headless", "-u", "6", "-r", "6", "-t", "9", "--only-summary")
    master = swarm.master(*headless, "--expect-workers", "2", files=FILES)
    port = ("--worker", "--master-port", str(swarm.master_port))
    first, second = (swarm.start(*port, files=FILES, env=WRONG[k]) for k in ("ahead", "stepped"))
    swarm.wait_for_users(master)
    late = swarm.start(*port, files=FILES, env=WRONG["behind"])
    workers = {"ahead": first, "stepped": second, "behind": late}
    for process in (*workers.values(), master):
        swarm.wait(process)
    assert_complete(store, run)
    found = stored(store, run)
    clocks = {row["worker"]: row for row in store.reader.ask(Question("workers", run)).records()}
    assert len(clocks) == len(workers)
    for kind, process in workers.items():
        offset, corrected = OFF[kind]
        own = min(clocks.values(), key=lambda row: abs(row["clock_offset_ms"] - offset))
        assert own["clock_offset_ms"] == pytest.approx(offset, abs=100)
        # One that joins is corrected by its first round trip, which a busy machine makes slow: how
        # far it is off since then it says itself.
        error = own["clock_error_ms"]
        assert own["clock_corrected_ms"] + error == pytest.approx(corrected or error, abs=100)
        assert abs(error) < (1_000 if kind == "behind" else schema.CLOCK_LIMIT_MS)
        happened, unclear = truth(tmp_path / f"true-{process.pid}.txt", _EDGE_S + abs(error) / 1000)
        seconds = found[own["worker"]]
        assert seconds.total() == happened.total() > 20
        assert (seconds & happened).total() >= happened.total() - unclear
    assert re.search(r"clock is 7[23]\d\d ms ahead of the master's", swarm.log(first))


def test_users_have_a_point_in_each_second_of_a_corrected_clock(
    swarm: Locusts, store: Store, run: str
):
    master = swarm.master("--headless", "-u", "1", "-t", "6", "--expect-workers", "1", files=FILES)
    port = ("--worker", "--master-port", str(swarm.master_port))
    worker = swarm.start(*port, files=FILES, env={"SHIFT_S": "1.02"})
    for process in (worker, master):
        swarm.wait(process)
    seconds = sorted(
        row["time_ns"] // 10**9
        for row in store.reader.ask(Question("points", run)).records()
        if row["measurement"] == "locust_users" and row["field"] == "count"
    )
    assert len(seconds) >= 4
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
