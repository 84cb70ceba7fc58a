"""Who is in which network of the stack: what the long tests knock at, in a second."""

import re
import shutil

import pytest
from tests.fixtures import compose_file

from swarmscope.stack import access, certificate, volumes

pytestmark = pytest.mark.skipif(
    not shutil.which("docker"), reason="no docker on PATH: Compose itself doesn't read the file"
)


def members(network: str) -> set[str]:
    services = compose_file.read()["services"]
    return {name for name, of in services.items() if network in (of.get("networks") or {})}


def test_influxdb_is_reached_by_those_alone_who_may_ask_it() -> None:
    asking = {"grafana", "cli", "driver", "locust-master", "bootstrap", "enroll"}
    assert members("data") == {"influxdb", "intake", *asking}
    writing = {"telegraf", "telegraf-docker", "events", "gateway", "machines"}
    assert members("write") == {"intake", *writing}
    assert members("door") == {"door", "gateway"}


def test_in_the_network_of_what_is_tested_nobody_leads_and_nobody_is_asked() -> None:
    assert members("load") == {"locust-worker", "events", "shop"}
    assert members("swarm") == {"intake", "locust-master", "locust-worker", "collector"}


def test_a_port_that_is_published_is_in_no_network_of_others() -> None:
    assert members("page") == {"locust-master", "driver", "check"}
    assert members("web") == {"grafana", "door"}


def test_what_belongs_to_the_stack_alone_has_no_way_out() -> None:
    inside = {name for name, of in compose_file.read()["networks"].items() if of.get("internal")}
    assert inside == {"data", "write", "swarm", "door"}


def test_influxdb_is_hardened_and_its_own_database_is_no_file() -> None:
    settings = compose_file.service("influxdb")["environment"]
    switched = ("HARDENING_ENABLED", "PPROF_DISABLED", "METRICS_DISABLED")
    assert {settings[f"INFLUXD_{name}"] for name in switched} == {"true"}
    assert settings["INFLUXD_SQLITE_PATH"] == ":memory:"


def test_who_writes_is_told_of_the_intake_and_of_no_other_way() -> None:
    urls = {
        name: of["environment"]["INFLUXDB_V2_URL"]
        for name, of in compose_file.read()["services"].items()
        if "INFLUXDB_V2_URL" in (of.get("environment") or {})
    }
    through = {name: url for name, url in urls.items() if "//intake" in url}
    # With its network: a service under test may be called `intake`, too.
    assert all(re.search(r"//intake\.swarmscope_(swarm|write):", url) for url in through.values())
    assert through.keys() == {
        "locust-worker",
        "collector",
        "telegraf",
        "telegraf-docker",
        "telegraf-events",
    }
    assert {url for name, url in urls.items() if name not in through} == {"http://influxdb:8086"}


def test_no_container_that_stays_has_the_number_of_a_user_of_a_machine() -> None:
    """For the kernel he would be who runs in it, and get at its files and memory by /proc."""
    given = {
        name: of["user"]
        for name, of in compose_file.read()["services"].items()
        if of.get("restart") == "unless-stopped" and "user" in of
    }
    # As the user who calls make, and in the group of root, which keeps others out.
    assert given.pop("collector") == "10001:10001"
    assert given.pop("grafana") == "472:0"
    assert set(given) >= {"influxdb", "intake", "gateway", "door", "machines", "events", "telegraf"}
    # Nor that of a service: systemd gives them 61184 to 65519, and 65534 is nobody.
    assert all(65_520 <= int(part) <= 65_533 for user in given.values() for part in user.split(":"))
    known = access.load(compose_file.ROOT / "influxdb/access.toml", {"SWARMSCOPE_UID": "10001"})
    told = {of.name: of.uid for of in known.services}
    assert given["telegraf"] == f"{told['telegraf']}:{told['telegraf']}"
    assert given["influxdb"] == f"{volumes.INFLUXDB}:{volumes.INFLUXDB}"
    assert given["gateway"] == f"{certificate.GATEWAY_UID}:{certificate.GATEWAY_UID}"
    told = (compose_file.ROOT / "docs/other-machines.md").read_text()
    assert f"--user {given['telegraf']}" in told
