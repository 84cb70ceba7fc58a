"""A run in whose middle the workers' token is replaced and the old one revoked, on InfluxDB."""

import json
import signal
from pathlib import Path

import pytest
from tests.fixtures import stores
from tests.fixtures.agreement import assert_complete, assert_store_agrees
from tests.fixtures.influxd import Influx
from tests.fixtures.locusts import BESIDE, locusts

from swarmscope.store.question import Question


def write_token(influx: Influx) -> tuple[str, str]:
    """Make a token that may only write; return its id and itself."""
    right = {"action": "write", "resource": {"type": "buckets", "orgID": influx.org_id}}
    body = {"orgID": influx.org_id, "permissions": [right]}
    status, made = influx.call("POST", "/api/v2/authorizations", body)
    assert status == 201, made
    return json.loads(made)["id"], json.loads(made)["token"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("first", ["revoke", "replace"])
def test_tokens_are_replaced_in_the_middle_of_a_run_without_a_loss(
    tmp_path: Path, influx: Influx, first: str
):
    file = tmp_path / "token"
    old_id, old = write_token(influx)
    file.write_text(old)
    with stores.real(influx) as store:
        run = f"rotated-{first}"
        own = {k: v for k, v in store.env.items() if k != "INFLUXDB_V2_TOKEN"}
        env = {**own, "INFLUXDB_V2_TOKEN_FILE": str(file), "SWARMSCOPE_RUN_ID": run}
        with locusts(tmp_path, env) as swarm:
            options = ("--headless", "-u", "8", "-r", "8", "--only-summary")
            local = swarm.start(*options, files=BESIDE)
            swarm.wait_for_users(local)
            _, new = write_token(influx)
            if first == "replace":
                file.write_text(new)
            status, body = influx.call("DELETE", f"/api/v2/authorizations/{old_id}")
            assert status == 204, body
            if first == "revoke":
                swarm.wait_for(local, "refused the write (401")
                file.write_text(new)
            swarm.wait_for(local, f"the new one in {file} is used")
            local.send_signal(signal.SIGTERM)
            swarm.wait(local)
            assert_store_agrees(store, run, swarm.witnessed())
            assert_complete(store, run)
            (worker,) = store.reader.ask(Question("delivery", run)).records()
            assert (worker["lost"], worker["rejected"]) == (0, 0)
            assert new not in swarm.log(local)
