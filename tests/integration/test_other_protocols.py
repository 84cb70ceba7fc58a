"""Scenarios of other protocols, each against a server of its own: what they request is stored."""

from pathlib import Path

import pytest
from tests.fixtures.locusts import LISTENER, ORACLE, ROOT, Locusts
from tests.fixtures.protocol_servers import serving, skip_where_missing
from tests.fixtures.stores import Store

from swarmscope.store.question import Question

SCENARIOS = ROOT / "locust" / "locustfiles" / "protocols"
CASES = {
    "xmlrpc": ("own_client.py", "http://127.0.0.1:{}", {"XMLRPC add"}, {"XMLRPC divide"}),
    "websocket": ("web_socket.py", "ws://127.0.0.1:{}", {"WS connect", "WS say"}, set()),
    "socketio": ("socket_io.py", "http://127.0.0.1:{}", {"WSC move", "WSE cheer"}, set()),
    "redis": ("redis_cache.py", "redis://127.0.0.1:{}", {"REDIS GET", "REDIS SET"}, set()),
    "grpc": ("grpc_calls.py", "127.0.0.1:{}", {"GRPC /demo.Echo/Say"}, {"GRPC /demo.Echo/Nothing"}),
    "mqtt": (
        "mqtt_sensors.py",
        "127.0.0.1",
        {"MQTT publish qos 1 sensors/[sensor]", "MQTT subscribe qos 1 commands/[sensor]"},
        set(),
    ),
    "postgres": (
        "sql_queries.py",
        "postgresql://me@127.0.0.1:{}/postgres",
        {"SQL create", "SQL sum of goods"},
        set(),
    ),
}
"""By kind: the file, its host, what must be requested and not fail, what must fail."""


@pytest.mark.long
@pytest.mark.parametrize("kind", CASES)
def test_what_a_client_reports_is_stored(
    swarm: Locusts, store: Store, run: str, tmp_path: Path, kind: str
):
    skip_where_missing(kind)
    file, host, fine, failing = CASES[kind]
    folder = tmp_path / "server"
    folder.mkdir()
    with serving(kind, folder) as port:
        options = ["--headless", "--only-summary", "-u", "8", "-r", "50", "-t", "4"]
        options += ["--host", host.format(port)]
        options += ["--mqtt-port", str(port)] if kind == "mqtt" else []
        process = swarm.start(*options, files=(SCENARIOS / file, ORACLE, LISTENER))
        assert swarm.wait(process) in {0, 1}, swarm.log(process)
    rows = {
        f"{row['method']} {row['name']}": row
        for row in store.reader.ask(Question("endpoint_totals", run)).records()
    }
    assert fine | failing <= rows.keys(), swarm.log(process)
    assert {name for name in fine if rows[name]["failures"]} == set()
    assert all(rows[name]["failures"] == rows[name]["requests"] for name in failing)
    assert all(rows[name]["avg_response_time"] > 0 for name in fine - {"WSE cheer"})
    seen = swarm.witnessed()
    assert {f"{method} {name}": len(one.times) for (name, method), one in seen.items()} == {
        name: row["requests"] for name, row in rows.items()
    }
    # What wasn't meant to go wrong: a task that raised is no request.
    assert store.reader.ask(Question("user_errors", run)).records() == []
    if kind == "websocket":
        assert rows["WS pushed"]["avg_response_time"] is None
