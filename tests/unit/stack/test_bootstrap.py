"""Each `make up` brings InfluxDB to its state, and leaves what is in it already."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fixtures.influx_api import InfluxApi

from swarmscope.errors import ConfigurationError
from swarmscope.stack.access import Service
from swarmscope.stack.bootstrap import hand_over, operator, revoke_replaced
from swarmscope.stack.influxdb import Operator
from swarmscope.stack.vault import OPERATOR_TOKEN, Handover, Vault

WRITER = Service("worker", os.getuid(), read=(), write=("raw", "long"), secrets=())
READER = Service("grafana", os.getuid(), read=("raw",), write=(), secrets=())


@dataclass
class Stack:
    """A stack's InfluxDB with two buckets, and a folder for each service."""

    influx: InfluxApi
    folder: Path
    op: Operator = field(init=False)

    def __post_init__(self) -> None:
        self.op = Operator(self.influx.url, "op", "o")
        self.op.set_up("admin", "pw", "raw")
        self.buckets = {name: self.op.ensure_bucket(name, 0) for name in ("raw", "long")}

    def of(self, service: Service) -> Handover:
        (self.folder / service.name).mkdir(exist_ok=True)
        return Handover(self.folder / service.name, service.uid)

    def give(self, service: Service, *, new: bool = False) -> bool:
        return hand_over(self.op, service, self.buckets, self.of(service), new=new)


@pytest.fixture
def stack(influx: InfluxApi, tmp_path: Path) -> Stack:
    return Stack(influx, tmp_path)


def test_a_service_gets_one_token_with_its_rights(stack: Stack) -> None:
    assert stack.give(WRITER)
    assert not stack.give(WRITER)
    ((number, made),) = stack.influx.tokens.items()
    rights = [(one["action"], one["resource"]["id"]) for one in made["permissions"]]
    assert rights == [("write", stack.buckets["raw"]), ("write", stack.buckets["long"])]
    assert (stack.of(WRITER).get("token"), stack.of(WRITER).get("token-id")) == (
        f"secret of {number}",
        number,
    )


@pytest.mark.parametrize("lost", ["token", "token-id"])
def test_a_service_that_lost_half_of_it_gets_another(stack: Stack, lost: str) -> None:
    stack.give(READER)
    (stack.folder / READER.name / lost).unlink()
    assert stack.give(READER)
    assert stack.of(READER).get("token-id") in stack.influx.tokens


def test_a_token_that_influxdb_no_longer_knows_is_replaced(stack: Stack) -> None:
    stack.give(READER)
    stack.influx.tokens.clear()
    assert stack.give(READER)


def test_a_new_token_leaves_the_old_one_until_it_is_revoked(stack: Stack) -> None:
    for service in (WRITER, READER):
        stack.give(service)
    old = set(stack.influx.tokens)
    for service in (WRITER, READER):
        assert stack.give(service, new=True)
    stack.op.authorize("somebody's own")
    stack.op.authorize("swarmscope service of-an-older-version")
    assert old < set(stack.influx.tokens)
    folders = {service.name: stack.of(service) for service in (WRITER, READER)}
    assert revoke_replaced(stack.op, folders) == 2
    assert not old & set(stack.influx.tokens)
    assert sorted(one["description"] for one in stack.influx.tokens.values()) == [
        "somebody's own",
        "swarmscope service grafana",
        "swarmscope service of-an-older-version",
        "swarmscope service worker",
    ]
    assert revoke_replaced(stack.op, folders) == 0


def test_the_operator_s_token_is_the_vault_s(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    vault = Vault(tmp_path / "secrets")
    vault.put(OPERATOR_TOKEN, "op")
    env = {"INFLUXDB_V2_URL": stack.influx.url, "INFLUXDB_V2_ORG": "o"}
    assert operator(vault, env).authorizations() == []
    vault.put(OPERATOR_TOKEN, "tökén")
    with pytest.raises(ConfigurationError, match="holds no token"):
        operator(vault, env)
