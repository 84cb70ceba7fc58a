"""From `make up` to a panel's numbers: what a first user does."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from tests.fixtures.compose import ROOT, Stack, until

from swarmscope import schema

_HOST_CPU = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "cpu" and r.cpu == "cpu-total")
    |> filter(fn: (r) => r._field == "usage_idle")
    |> group(columns: ["host", "role"])
    |> count()
"""
_APP_LOG = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "app_log" and r._field == "message")
    |> group(columns: ["service", "level"])
    |> count()
"""
_APP_GAUGES = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "app_gauges")
    |> last()
    |> group()
    |> keep(columns: ["service", "_field"])
"""
_FAULTS = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "event" and r._field == "text" and r.kind == "fault")
    |> group()
    |> sort(columns: ["_time"])
    |> keep(columns: ["_value"])
"""


_VERDICT = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.event == "verdict")
    |> filter(fn: (r) => r._field == "message" and r.run == "{run}")
    |> group()
    |> keep(columns: ["_value"])
"""


def fair_shares(users: int, workers: int) -> list[int]:
    """Return how many users each worker has, ascending, when they are spread evenly."""
    share, rest = divmod(users, workers)
    return [share] * (workers - rest) + [share + 1] * rest


def test_every_service_is_healthy_and_the_pages_are_said(stack: Stack) -> None:
    said = stack.make("status")
    for service in ("influxdb", "locust-master", "locust-worker", "telegraf", "grafana", "shop"):
        assert re.search(rf"^{service}\s.*\(healthy\)", said, re.MULTILINE), said
    assert f"http://127.0.0.1:{stack.grafana_port}" in said
    assert f"http://127.0.0.1:{stack.locust_port}" in said


def test_a_health_check_compiles_nothing_of_what_it_imports(stack: Stack) -> None:
    """Python's own image has no compiled modules, and a container can keep none."""
    code = (
        "import os, sys, urllib.request, swarmscope.stack.health, swarmscope.transport.http as h; "
        "files = [getattr(m, '__cached__', None) for m in sys.modules.values()]; "
        "print(len(files), [f for f in files if f and not os.path.exists(f)])"
    )
    said = stack.compose("exec", "-T", "locust-master", "python", "-P", "-c", code)
    count, _, missing = said.strip().partition(" ")
    assert int(count) > 50
    assert missing == "[]"


def test_a_run_without_a_browser_ends_with_files_a_summary_and_the_audit(stack: Stack) -> None:
    said = stack.make("run", "USERS=20", "RATE=20", "TIME=8s")
    run = re.search(r"\d{8}-\d{6}-[0-9a-f]{4}", said)
    assert run, said
    folder: Path = ROOT / "results" / run[0]
    try:
        with next(folder.glob("*requests*.csv")).open() as file:
            totals = {row["Name"]: int(row["Request Count"]) for row in csv.DictReader(file)}
        assert next(folder.glob("*.html")).read_text().lstrip().lower().startswith("<!doctype")
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    counted = stack.requests_by_worker(run[0])
    assert set(counted) == {"worker-0", "worker-1"}
    assert f"is complete: {sum(counted.values())} requests of 2 workers" in said, said
    # Locust's own statistics can miss what came last; what was stored can't.
    assert 0 < totals["Aggregated"] <= sum(counted.values())


@pytest.mark.long
def test_a_run_ends_with_the_verdict_of_its_thresholds(stack: Stack, tmp_path: Path) -> None:
    """Which fails it, where there is a reason: a gate that can't fail is none."""
    path = tmp_path / "thresholds.yaml"
    for limit, code, word in ((1, 0, "passed"), (1_000_000, 2, "failed")):
        path.write_text(f"generators: off\nfail: [requests > {limit}]\n")
        told = ("USERS=4", "RATE=4", "TIME=5s", f"THRESHOLDS={path}")
        said = stack.make("run", *told, code=code)
        assert re.search(rf"(?m)^Run \S+ {word}", said), said
        run = stack.last_run()
        shutil.rmtree(ROOT / "results" / run)
        (event,) = stack.ask(_VERDICT.format(run=run))
        assert event["_value"] == word


@pytest.mark.long
def test_a_run_of_the_web_page_shows_up_with_every_worker_and_the_host(stack: Stack) -> None:
    stack.swarm(20, run_time="6s")
    until(
        lambda: stack.get("/stats/requests")["state"], "stopped".__eq__, seconds=120, what="ended"
    )
    audit = stack.audit(stack.last_run())
    assert "is complete" in audit, audit
    assert set(stack.requests_by_worker(stack.last_run())) == {"worker-0", "worker-1"}
    (cpu,) = until(
        lambda: stack.ask(_HOST_CPU),
        lambda rows: sum(row["_value"] for row in rows) > 5,
        seconds=120,
        what="what Telegraf measured of the host",
    )
    assert cpu["role"] == "generator"
    assert f"SWARMSCOPE_HOST={cpu['host']}\n" in (ROOT / f".env.{stack.name}").read_text()


def test_the_shop_s_log_lines_and_business_events_lie_beside_them(stack: Stack) -> None:
    lines = until(lambda: stack.ask(_APP_LOG), seconds=120, what="a line of the shop's log")
    services = {row["service"] for row in lines}
    assert services == {"shop"}


def test_what_the_shop_tells_of_itself_and_when_it_suffered_lie_beside_them(stack: Stack) -> None:
    assert "On: leak:50 (" in stack.make("shop", "FAULT=leak:50")
    assert "On: no fault" in stack.make("shop", "FAULT=off")
    marks = until(
        lambda: [row["_value"] for row in stack.ask(_FAULTS)],
        lambda texts: len(texts) > 1,
        seconds=60,
        what="both marks of the fault",
    )
    assert marks == ["leak:50 on", "leak off"]
    told = until(lambda: stack.ask(_APP_GAUGES), seconds=120, what="a point of the shop's gauges")
    assert {(row["_field"], row["service"]) for row in told} == {
        (name, "shop") for name in schema.APP_GAUGES.fields
    }


@pytest.mark.release
@pytest.mark.long
def test_up_again_changes_nothing(stack: Stack) -> None:
    before = (stack.token_ids(), stack.compose("ps", "--quiet", "locust-worker", "influxdb"))
    stack.up()
    assert (
        stack.token_ids(),
        stack.compose("ps", "--quiet", "locust-worker", "influxdb"),
    ) == before


@pytest.mark.long
def test_users_follow_the_workers_from_two_to_five_to_three(stack: Stack) -> None:
    """Locust's dispatcher alone forgets some of them, and leaves new workers without any."""
    users = 40
    stack.swarm(users, run_time="5m")
    until(lambda: stack.get("/stats/requests")["user_count"], users.__eq__, seconds=120, what="all")
    for workers in (5, 3):
        stack.make("scale", f"WORKERS={workers}")
        until(
            lambda: sorted(w["user_count"] for w in stack.workers()),
            # Evenly: none has two more than another.
            fair_shares(users, workers).__eq__,
            seconds=120,
            what=f"{users} users on {workers} workers, none without",
        )
    stack.stop()
    audit = stack.audit(stack.last_run())
    assert "is complete" in audit, audit
    assert len(stack.requests_by_worker(stack.last_run())) == 5
    stack.make("scale", "WORKERS=2")
