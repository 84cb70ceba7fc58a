"""A store with one bucket only, as every tutorial sets it up, and others that are half there."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.fault_proxy import FaultProxy, proxied
from tests.fixtures.influxd import Influx
from tests.fixtures.locusts import BESIDE, SHORT, locusts
from tests.fixtures.stores import Store

from swarmscope.errors import NoDataError
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

LONG = "loadtest_long"


@pytest.fixture
def proxy(store: Store) -> Iterator[FaultProxy]:
    with proxied(store.env["INFLUXDB_V2_URL"]) as running:
        yield running


@pytest.mark.release
@pytest.mark.long
@pytest.mark.parametrize("fault", ["missing", pytest.param("hanging", marks=pytest.mark.long)])
def test_a_run_is_whole_and_ends_at_once_without_the_bucket_of_minutes(
    tmp_path: Path, store: Store, proxy: FaultProxy, fault: str
):
    getattr(proxy, fault).add(LONG)
    run = f"without-{fault}"
    env = {
        **store.env,
        "INFLUXDB_V2_URL": proxy.url,
        "SWARMSCOPE_RUN_ID": run,
        # longer than the test has patience: nothing waits for this bucket
        "SWARMSCOPE_FLUSH_TIMEOUT": "300s",
        "INFLUXDB_V2_TIMEOUT": "300s",
    }
    with locusts(tmp_path, env) as swarm:
        local = swarm.start(*SHORT, files=BESIDE)
        swarm.wait(local)
        assert_store_agrees(store, run, swarm.witnessed())
        assert_complete(store, run)
        log = swarm.log(local)
    assert proxy.suffered[fault]
    assert ", 0 pending" in log or "+ 0 pending" in log
    assert f"What waits for the bucket {LONG}" in log
    assert log.count("swarmscope buckets create") == (fault == "missing")
    spools = list((tmp_path / "spool").glob("*.spool"))
    assert len(spools) == 1
    (worker,) = store.reader.ask(Question("delivery", run)).records()
    assert (worker["pending"], worker["lost"], worker["rejected"]) == (0, 0, 0)


@pytest.mark.long
def test_what_waited_for_a_bucket_is_sent_by_the_next_process_once_it_is_there(
    tmp_path: Path, store: Store, proxy: FaultProxy
):
    proxy.missing.add(LONG)
    env = {**store.env, "INFLUXDB_V2_URL": proxy.url}
    with locusts(tmp_path, env) as swarm:
        first = swarm.start(*SHORT, files=BESIDE, env={"SWARMSCOPE_RUN_ID": "before"})
        swarm.wait(first)
        assert not minutes(store, "before")
        proxy.missing.clear()
        second = swarm.start(*SHORT, files=BESIDE, env={"SWARMSCOPE_RUN_ID": "after"})
        swarm.wait_for(second, "Delivered 0 requests that another process left")
        swarm.wait(second)
    assert minutes(store, "before")
    assert minutes(store, "after")
    assert not list((tmp_path / "spool").glob("*.spool"))


def minutes(store: Store, run: str) -> bool:
    try:
        return bool(store.reader.ask(Question("endpoint_totals", run, bucket=LONG)).rows)
    except NoDataError:
        return False


def test_a_token_that_may_write_one_of_two_buckets_of_a_real_influxdb(
    tmp_path: Path, influx: Influx
):
    raw, other = influx.make_bucket("mine"), influx.make_bucket("theirs")
    token = write_token(influx, raw)
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_ORG": influx.org,
        "INFLUXDB_V2_BUCKET": raw,
        "SWARMSCOPE_BUCKET_LONG": other,
    }
    mine = {**env, "INFLUXDB_V2_TOKEN": token, "SWARMSCOPE_RUN_ID": "half"}
    with (
        locusts(tmp_path, mine) as swarm,
        FluxReader(Settings.from_env({**env, "INFLUXDB_V2_TOKEN": influx.token})) as reader,
    ):
        store = Store(env, reader)
        local = swarm.start("--headless", "-u", "4", "-r", "9", "--only-summary", files=BESIDE)
        swarm.wait_for_users(local)
        swarm.wait_for(local, f"to the bucket {other}")
        local.send_signal(signal.SIGTERM)
        swarm.wait(local)
        assert_store_agrees(store, "half", swarm.witnessed())
        assert_complete(store, "half")
        assert swarm.log(local).count("refused the write") == 1


def write_token(influx: Influx, bucket: str) -> str:
    """Return a token that may write to *bucket* and nothing else."""

    status, body = influx.call("GET", f"/api/v2/buckets?name={bucket}&org={influx.org}")
    assert status == 200, body
    resource = {"type": "buckets", "id": json.loads(body)["buckets"][0]["id"]}
    status, body = influx.call(
        "POST",
        "/api/v2/authorizations",
        {
            "orgID": influx.org_id,
            "permissions": [{"action": "write", "resource": {**resource, "orgID": influx.org_id}}],
        },
    )
    assert status == 201, body
    return str(json.loads(body)["token"])
