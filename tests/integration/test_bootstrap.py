"""InfluxDB is brought to its state, again and again, and each token opens only what it should."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.influxd import Influx

from swarmscope.errors import SwarmscopeError
from swarmscope.stack import access, bootstrap, vault
from swarmscope.stack.influxdb import Operator
from swarmscope.stack.vault import Handover, Vault

READ = 'from(bucket: "loadtest") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m")'
SHIPPED = access.load(Path(__file__).parents[2] / "influxdb/access.toml", {})


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where services find their tokens; owned by whoever runs the tests."""
    folder = tmp_path_factory.mktemp("stack")
    for name in ("secrets", *(service.name for service in SHIPPED.services)):
        (folder / name).mkdir()
    return folder


def bring_up(
    server: str, folders: Path, monkeypatch: pytest.MonkeyPatch, *, rotate: bool = False
) -> Operator:
    monkeypatch.setattr(bootstrap, "HANDOVER", folders)
    secrets = Vault(folders / "secrets")
    operator = bootstrap.operator(secrets, {"INFLUXDB_V2_URL": server})
    ours = [replace(service, uid=os.getuid()) for service in SHIPPED.services]
    state = replace(SHIPPED, services=tuple(ours))
    bootstrap.bring_up(state, operator, secrets, rotate=rotate, revoke=True)
    return operator


def tokens(folders: Path) -> dict[str, str]:
    return {s.name: Handover(folders / s.name, os.getuid()).get("token") for s in SHIPPED.services}


def may_write(server: str, token: str, bucket: str) -> int:
    path = f"/api/v2/write?org=swarmscope&bucket={bucket}"
    return Influx(server, token, "swarmscope", "").call("POST", path, raw=b"m v=1")[0]


def may_read(server: str, token: str) -> int:
    ask = {"query": READ, "type": "flux"}
    path = "/api/v2/query?org=swarmscope"
    status, body = Influx(server, token, "swarmscope", "").call("POST", path, ask)
    return status if b"could not find bucket" not in body else 404


def test_each_token_opens_what_its_service_needs_and_nothing_else(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_up(bare_influx, folders, monkeypatch)
    held = tokens(folders)
    allowed = {
        name: (
            may_write(bare_influx, token, "loadtest") == 204,
            may_write(bare_influx, token, "loadtest_long") == 204,
            may_read(bare_influx, token) == 200,
        )
        for name, token in held.items()
    }
    assert allowed == {
        "locust": (True, True, False),
        "locust-master": (True, True, True),
        "telegraf": (True, False, False),
        "grafana": (False, False, True),
        "cli": (True, True, True),
        "collector": (True, False, False),
    }
    secrets = Vault(folders / "secrets")
    assert (folders / "grafana/grafana-password").read_text() == secrets.get(vault.GRAFANA_PASSWORD)


def test_a_second_time_changes_nothing(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bring_up(bare_influx, folders, monkeypatch).authorizations(), tokens(folders)
    assert bring_up(bare_influx, folders, monkeypatch).authorizations() == before[0]
    assert tokens(folders) == before[1]


def test_rotated_tokens_work_and_the_old_ones_don_t(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_up(bare_influx, folders, monkeypatch)
    before = tokens(folders)
    count = len(bring_up(bare_influx, folders, monkeypatch, rotate=True).authorizations())
    after = tokens(folders)
    assert not set(before.values()) & set(after.values())
    assert may_write(bare_influx, before["locust"], "loadtest") == 401
    assert may_write(bare_influx, after["locust"], "loadtest") == 204
    assert len(bring_up(bare_influx, folders, monkeypatch).authorizations()) == count


def test_a_lost_token_is_replaced_and_other_people_s_are_left_alone(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = bring_up(bare_influx, folders, monkeypatch)
    theirs, _ = operator.authorize("somebody's own", read=[operator.ensure_bucket("theirs", 0)])
    (folders / "locust/token").unlink()
    old = set(operator.authorizations())
    bring_up(bare_influx, folders, monkeypatch)
    assert may_write(bare_influx, tokens(folders)["locust"], "loadtest") == 204
    assert theirs in operator.authorizations()
    assert len(set(operator.authorizations()) & old) == len(old) - 1


def test_a_changed_retention_takes_effect_and_keeps_the_bucket(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = bring_up(bare_influx, folders, monkeypatch)
    first = operator.ensure_bucket("loadtest", 7_200)
    assert operator.ensure_bucket("loadtest", 7_200) == first
    token = (folders / "secrets" / vault.OPERATOR_TOKEN).read_text().strip()
    listed = Influx(bare_influx, token, "swarmscope", "").call(
        "GET", "/api/v2/buckets?name=loadtest"
    )
    assert b'"everySeconds":7200' in listed[1].replace(b" ", b"")


def test_all_tokens_are_listed_however_many_there_are(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = bring_up(bare_influx, folders, monkeypatch)
    bucket = operator.ensure_bucket("loadtest", 7_200)
    made = {operator.authorize(f"target {n}", write=[bucket])[0] for n in range(120)}
    assert made <= set(operator.authorizations())
    for authorization in made:
        operator.revoke(authorization)


def test_secrets_of_another_stack_are_refused_with_the_way_out(
    bare_influx: str, folders: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bring_up(bare_influx, folders, monkeypatch)
    (tmp_path / "secrets").mkdir()
    with pytest.raises(SwarmscopeError, match="doesn't know the operator's token") as refused:
        bring_up(bare_influx, tmp_path, monkeypatch)
    assert "Nothing was changed" in str(refused.value)
    assert "restore a backup" in str(refused.value)
