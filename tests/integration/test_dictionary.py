"""Everything that a real run leaves in a store, held against the schema: no name is spelt twice.

Its witness is the store's own file: what the code says that it writes is not asked.
"""

import time
from pathlib import Path

import duckdb
import pytest
from tests.fixtures import server_process
from tests.fixtures.collectors import collecting, until
from tests.fixtures.locusts import LISTENER, SCENARIOS, locusts
from tests.fixtures.server_process import clean_environment, swarmscope

from swarmscope import schema
from swarmscope.embedded.folder import FILE_NAME

pytestmark = pytest.mark.long

FILES = tuple(SCENARIOS / f"{name}.py" for name in ("talkative", "mishaps", "ends_when_told"))
OF_A_RUN = {"run", "worker", "team"}
NOT_HERE = {
    # Telegraf writes it.
    ("app_log", "message"),
    # Services under test tell it: tests/integration/test_demo.py has one that does.
    *(("app_gauges", name) for name in schema.APP_GAUGES.fields),
    # Of runs that were asked for so, had an accident, or lie under several.
    *(
        (measurement, name)
        for measurement in ("locust_run", "locust_run_summary")
        for name in ("commit", "label", "description", "host")
    ),
    *(("locust_worker", name) for name in (schema.REPLAY_REJECTED, schema.REPLAY_LOST)),
    ("locust_request", "sample_rate"),
    # Of HTTP clients, on request: tests/integration/test_phases.py has some.
    *(("locust_phases", name) for name in schema.LOCUST_PHASES.fields),
    # Of load shapes that say it: tests/integration/test_locustfiles.py has some.
    ("locust_run", "stage"),
    # Of scenarios that time journeys: tests/integration/test_locustfiles.py has some.
    *(("locust_transactions", name) for name in schema.LOCUST_TRANSACTIONS.fields),
    # Of users that say when they should begin: tests/integration/test_arrivals.py has some.
    *(("locust_arrivals", name) for name in schema.LOCUST_ARRIVALS.fields),
}
"""Fields that this run has no reason to write, or this machine nothing to tell of."""

Written = dict[str, tuple[set[str], dict[str, set[str]]]]
"""Measurement to its tags, and its fields to their types."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("dictionary")
    server = server_process.start(folder / "store", env=clean_environment())
    try:
        _run(folder, {"INFLUXDB_V2_URL": server.url})
    finally:
        server.end()
    with duckdb.connect(str(folder / "store" / FILE_NAME), read_only=True) as file:
        tags = file.execute(
            "SELECT measurement, list(DISTINCT tag) FROM "
            "(SELECT measurement, unnest(map_keys(tags)) AS tag FROM series) GROUP BY ALL"
        ).fetchall()
        fields = file.execute(
            "SELECT measurement, name, list(DISTINCT type) FROM fields GROUP BY ALL"
        ).fetchall()
    found: Written = {measurement: (set(names), {}) for measurement, names in tags}
    for measurement, name, types in fields:
        found[measurement][1][name] = set(types)
    return found


def _run(folder: Path, store: dict[str, str]) -> None:
    """Record a run with all that is recorded: failures, mishaps, log records, single requests."""
    ended = folder / "ended"
    with collecting(folder, store) as collector:
        env = {
            **store,
            "SCENARIO_END": str(ended),
            "SWARMSCOPE_RAW_REQUESTS": "on",
            "SWARMSCOPE_LOG_SINK": collector.address,
            "SWARMSCOPE_TAGS": "team=web",
            "SWARMSCOPE_ENVIRONMENT": "staging",
            "SWARMSCOPE_THRESHOLDS": str(folder / "thresholds.yaml"),
        }
        (folder / "thresholds.yaml").write_text("fail: [p95 < 1s]")
        with locusts(folder, env) as swarm:
            headless = ("--headless", "-u", "6", "-r", "6", "--only-summary")
            files = (*FILES, LISTENER)
            master = swarm.master(*headless, "--expect-workers", "1", files=files)
            worker = swarm.worker(files=files)
            swarm.wait_for_users(master)
            until(lambda: len(collector.requests()) > 100)
            # Totals come each ten seconds, and rates of the machine need two looks.
            time.sleep(11)
            ended.touch()
            for process in (worker, master):
                swarm.wait(process)
        collector.end()
    for words in (("annotate", "deployed"), ("baseline", "add", "--anyway")):
        done = swarmscope(*words, env=store)
        assert done.returncode == 0, done.stderr


def test_each_measurement_and_tag_is_one_of_the_schema(written: Written) -> None:
    known = {measurement.name: measurement for measurement in schema.ALL}
    assert written.keys() <= known.keys()
    for name, (tags, _) in written.items():
        measurement = known[name]
        common = OF_A_RUN if measurement.common_tags else {"run"}
        assert tags <= measurement.tags.keys() | common, name
        if measurement.common_tags:
            assert tags >= OF_A_RUN, name


def test_each_field_is_one_of_the_schema_and_of_its_type(written: Written) -> None:
    for measurement in schema.ALL:
        _, fields = written.get(measurement.name, (set(), {}))
        for name, types in fields.items():
            if measurement.open_fields:
                assert float(name) > 0
                wanted = measurement.open_fields
            else:
                assert name in measurement.fields, (measurement.name, name)
                wanted = measurement.fields[name][0]
            assert types == {str(wanted)}, (measurement.name, name)


def test_each_field_of_the_schema_is_written_by_somebody(written: Written) -> None:
    """One that is misspelt where it is written would be missing on each board."""
    promised = {(m.name, field) for m in schema.ALL for field in m.fields}
    left = {(name, field) for name, (_, fields) in written.items() for field in fields}
    assert promised - left <= NOT_HERE
    assert written["locust_latency"][1]
