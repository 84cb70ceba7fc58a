"""Arrivals at a rate over several workers: each is one worker's, and what came of it is stored."""

import json
from collections import defaultdict

from tests.fixtures.locusts import LISTENER, ORACLE, SCENARIOS, Locusts
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.runs.audit import audit
from swarmscope.store.question import Question

FILES = (SCENARIOS / "arrivals.py", ORACLE, LISTENER)
TIMES = ("--headless", "-u", "24", "-r", "24", "-t", "8", "--only-summary")
Told = dict[tuple[str, str], list[dict[str, float]]]
"""By measurement and user class or endpoint: the points, as fields and their values."""


def told(store: Store, run: str) -> Told:
    points: dict[tuple[int, str, str], dict[str, float]] = defaultdict(dict)
    for row in store.reader.ask(Question("points", run)).records():
        points[row["time_ns"], row["measurement"], row["tags"]][row["field"]] = row["number"]
    found: Told = defaultdict(list)
    for (_, measurement, tags), fields in points.items():
        read = json.loads(tags)
        found[measurement, read.get("user_class") or read.get("name", "")].append(fields)
    return found


def sum_of(points: list[dict[str, float]], field: str) -> int:
    return round(sum(fields.get(field, 0) for fields in points))


def test_arrivals_of_all_workers_are_those_of_the_rate(swarm: Locusts, store: Store, run: str):
    """Of two classes on two workers Locust puts each on a worker of its own."""
    master = swarm.master(*TIMES, "--expect-workers", "2", files=FILES)
    workers = [swarm.worker(files=FILES) for _ in range(2)]
    for process in (master, *workers):
        swarm.wait(process)
    found, seen = told(store, run), swarm.witnessed()
    name = schema.LOCUST_ARRIVALS.name
    visits, purchases = found[name, "Visitor"], found[name, "Buyer"]
    assert {field for fields in visits for field in fields} == set(schema.LOCUST_ARRIVALS.fields)
    # Locust ends users in the middle of their work, and those are no requests.
    made = len(seen["visit", "task"].times)
    started = sum_of(visits, "due") - sum_of(visits, "dropped")
    assert made <= started <= made + max(fields["busy"] for fields in visits)
    assert made > 0
    # A pace of 4 a second for users that manage 2: half is left out, which Locust says nowhere.
    assert sum_of(purchases, "dropped") >= 0.4 * sum_of(purchases, "due") > 0
    (noted,) = (note for note in audit(store.reader, run).notes() if "dropped" in note)
    assert f"{sum_of([*visits, *purchases], 'due'):,} iterations that were due" in noted
    _intended(found, {name: len(endpoint.times) for (name, _), endpoint in seen.items()})


def _intended(found: Told, requests: dict[str, int]) -> None:
    """Expect a response time from the intended start of each request."""
    name = schema.LOCUST_INTENDED_LATENCY.name
    for endpoint, count in requests.items():
        buckets = found[name, endpoint]
        assert sum(sum(fields.values()) for fields in buckets) == count
    together = found[name, schema.AGGREGATED]
    assert sum(sum(fields.values()) for fields in together) == sum(requests.values())
