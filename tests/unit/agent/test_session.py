"""What a worker writes of a run: names and types of the schema, and each minute once."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from tests.fixtures.fake_delivery import Kept
from tests.unit.agent.test_raw_requests import fire, session

from swarmscope import schema
from swarmscope.agent.clock import Offset, ReferenceClock
from swarmscope.agent.health import GeneratorHealth
from swarmscope.agent.identity import Identity
from swarmscope.agent.session import Session
from swarmscope.embedded.parser import Point, parse
from swarmscope.recording.points import requests_of
from swarmscope.schema import FieldType

TYPES = {
    int: FieldType.INTEGER,
    float: FieldType.FLOAT,
    str: FieldType.STRING,
    bool: FieldType.BOOLEAN,
}
DICTIONARY = {measurement.name: measurement for measurement in schema.OWN}
WRITTEN_LATER = {schema.REPLAY_REJECTED, schema.REPLAY_LOST}


@pytest.fixture
def health() -> Iterator[GeneratorHealth]:
    watching = GeneratorHealth()
    yield watching
    watching.close()


def named(kept: Kept, tmp_path: Path) -> Session:
    made = session(kept, tmp_path)
    made.identify(Identity("run-1", "test", "worker-0"), Offset())
    made.begin()
    return made


def points(kept: Kept, bucket: str) -> list[Point]:
    lines = [line for batch in kept.batches if batch.bucket == bucket for line in batch.lines]
    return list(parse("\n".join(lines), "ns", 0))


def test_all_that_a_worker_writes_is_in_the_schema_and_all_of_its_own_account_is_written(
    tmp_path: Path, health: GeneratorHealth
):
    """A field that is misspelt here would be missing on every board, and nobody would say so."""
    kept = Kept()
    made = named(kept, tmp_path)
    offset = Offset()
    offset.add(monotonic(), ReferenceClock().reading())
    fields = {**health.take(), **made.clock_fields(offset)}
    fire(made, 3)
    made.recorder.close()
    made.tick({"Shopper": 2}, fields)
    made.finish({"Shopper": 2}, fields)
    made.mark_final({}, fields)
    written: set[str] = set()
    for bucket in (schema.BUCKET, schema.BUCKET_LONG):
        for point in points(kept, bucket):
            measurement = DICTIONARY[point.key.measurement]
            tags = {name for name, _ in point.key.tags} - {"run", "worker"}
            assert tags <= measurement.tags.keys()
            if measurement is schema.LOCUST_LATENCY:
                continue  # its fields are the buckets' bounds
            for name, value in point.fields.items():
                assert measurement.fields[name][0] is TYPES[type(value)], (measurement.name, name)
            if measurement is schema.LOCUST_WORKER:
                written |= point.fields.keys()
    own = set(schema.LOCUST_WORKER.fields) - WRITTEN_LATER
    assert own == written


def test_each_minute_is_written_once_with_all_of_its_requests(
    tmp_path: Path, health: GeneratorHealth
):
    """Each window that is closed early lets the next begin a second later: 150 s pass at once."""
    kept = Kept()
    made = named(kept, tmp_path)
    for number in range(150):
        fire(made, 1 + number % 3)
        made.recorder.close()
        made.tick({}, {})
    made.finish({}, {})
    seconds: Counter[int] = Counter()
    minutes: Counter[int] = Counter()
    times = []
    for batch in kept.batches:
        for line in batch.lines:
            second = int(line.rpartition(" ")[2]) // 10**9
            if batch.bucket == schema.BUCKET:
                seconds[second - second % 60] += requests_of(line)
            elif requests_of(line):
                times.append(second)
                minutes[second] += requests_of(line)
    assert len(times) == len(set(times)) == len(seconds)
    assert 3 <= len(times) <= 4
    assert minutes == seconds
    assert sum(batch.requests for batch in kept.batches) == sum(seconds.values()) == 300
    assert all(b.requests == 0 for b in kept.batches if b.bucket == schema.BUCKET_LONG)
