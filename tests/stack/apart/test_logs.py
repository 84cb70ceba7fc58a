"""Three workers in containers of their own: all they did and said is in one file and one store."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import compose
from tests.fixtures.compose import Stack, until

_POINTS = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "{measurement}" and r._field == "{field}")
    |> filter(fn: (r) => r.run == "{run}")
    |> filter(fn: (r) => {which})
    |> group(columns: ["worker"])
    |> count()
"""


def points(stack: Stack, run: str, measurement: str, field: str, which: str) -> Counter[str]:
    flux = _POINTS.format(run=run, measurement=measurement, field=field, which=which)
    return Counter({row["worker"]: int(row["_value"]) for row in stack.ask(flux)})


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    settings = {
        "LOCUSTFILE": "./tests/stack/scenarios/talkative.py",
        "RESULTS_DIR": str(tmp_path),
        "WORKERS": "3",
        "DEMO": "on",
        "LOGS": "on",
        "SWARMSCOPE_RAW_REQUESTS": "on",
    }
    yield from compose.started(settings)


@pytest.mark.release
@pytest.mark.long
def test_all_requests_and_log_records_of_three_workers_are_in_one_file_and_in_influxdb(
    stack: Stack, tmp_path: Path
) -> None:
    stack.make("run", "USERS=30", "RATE=30", "TIME=10s")
    run = stack.last_run()
    audit = stack.audit(run)
    assert "of 3 workers, each one stored" in audit, audit
    requests = points(stack, run, "locust_request", "response_time", "true")
    assert len(requests) == 3
    assert sum(requests.values()) == stack.requests()[run] > 300
    said = until(
        lambda: points(stack, run, "locust_log", "message", 'r.source == "shopper"'),
        requests.__eq__,
        seconds=120,
        what="a record in InfluxDB for each request",
    )
    lines = [json.loads(line) for line in (tmp_path / "logs/collected.jsonl").open()]
    ours = [line for line in lines if line["run"] == run]
    assert Counter(line["worker"] for line in ours if "request_type" in line) == requests
    assert Counter(line["worker"] for line in ours if line.get("logger") == "shopper") == said
    for worker in requests:
        times = [line["time"] for line in ours if line["worker"] == worker]
        assert times == sorted(times)
