"""The alert rules in a real Grafana: which of them fire, and that the others stay silent."""

import json
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from dashboards import config
from tests.fixtures import boards, grafana, influxd
from tests.fixtures.grafana import ROOT, Grafana
from tests.fixtures.influxd import Influx

pytestmark = pytest.mark.long

GROUPS = json.loads((ROOT / "grafana/provisioning/alerting/rules.json").read_text("utf-8"))
RULES = {rule["uid"].removeprefix("swarmscope-"): rule for rule in GROUPS["groups"][0]["rules"]}
THEN = 1_780_000_000
"""When most runs of these tests went on, s since the epoch."""
PATIENCE_S = 90


class Run:
    """The points of one run that goes on at *now*, as a worker and a master write them."""

    def __init__(self, name: str, now: int = THEN) -> None:
        self.name = name
        self.now = now
        self.lines: list[str] = []

    def _add(self, measurement: str, tags: str, fields: str, second: int) -> None:
        self.lines.append(
            f"{measurement},run={self.name},{tags} {fields} {(self.now + second) * 10**9}"
        )

    def load(self, *, failures: int = 0, slow: int = 0, seconds: int = 60) -> "Run":
        """Ten requests a second of two workers, five each."""
        for second in range(-seconds, 0):
            for worker in ("worker-0", "worker-1"):
                tags = f"worker={worker},name=Aggregated"
                self._add("locust_stats", tags, f"count=5i,num_failures={failures}i", second)
                histogram = f"98=0i,100={5 - slow}i,4900=0i,5000={slow}i"
                self._add("locust_latency", tags, histogram, second)
                # Endpoints have points of their own, which must not be counted twice.
                tags = f"worker={worker},name=/item,method=GET"
                self._add("locust_stats", tags, "count=500i,num_failures=500i", second)
        return self

    def worker(
        self,
        name: str,
        *,
        busy: float = 0.0,
        late: float = 0.0,
        late_at: Collection[int] = (),
        lost: int = 0,
        delivered_until: int = 0,
        until: int = 0,
        final: bool = False,
    ) -> "Run":
        """A worker's own points of two minutes; *busy* and *late* are shares of the seconds."""
        for second in range(-120, until):
            part = second % 20 / 20
            seen = 1_000 + 5 * second
            settled = 1_000 + 5 * min(second - 2, delivered_until)
            self._add(
                "locust_worker",
                f"worker={name},host=gen",
                f"cpu_percent={99.5 if part < busy else 20.0},"
                f"loop_lag_ms={150.0 if part < late or second in late_at else 2.0},"
                f"requests_seen={seen}i,requests_delivered={settled}i,requests_rejected=0i,"
                f"requests_lost=0i,points_lost={lost}i,points_rejected=0i,"
                f"final={str(final and second == until - 1).lower()}",
                second,
            )
        return self

    def step(self, second: int, users: int, rate: float) -> "Run":
        fields = f'user_count={users}i,spawn_rate={rate},message="{users} users"'
        self._add("locust_run", "worker=master,event=step,test=t", fields, second)
        return self

    def stopped(self, second: int) -> "Run":
        self._add("locust_run", "worker=master,event=stop,test=t", 'message="over"', second)
        return self


RUNS = (
    Run("calm").load().worker("worker-0", late_at=(-50, -20)).worker("worker-1"),
    # Twenty users in ten seconds.
    Run("spawning").step(-40, 20, 2.0).worker("worker-0", late_at=range(-42, -30)),
    Run("jerking").step(-55, 20, 20.0).worker("worker-0", late_at=(-40, -30, -20)),
    Run("few-requests").load(failures=5, slow=5, seconds=4).worker("worker-0"),
    Run("failing").load(failures=1),
    Run("slow").load(slow=1),
    Run("busy").worker("worker-0", busy=0.3).worker("worker-1", late=0.3).worker("worker-2"),
    Run("losing").worker("worker-0", lost=3).worker("worker-1"),
    Run("behind").worker("worker-0", delivered_until=-90).worker("worker-1"),
    Run("dying").worker("worker-0", until=-40).worker("worker-1", until=-20).worker("worker-2"),
    Run("leaving").worker("worker-0", until=-40, final=True).worker("worker-1"),
    Run("over").worker("worker-0", until=-40).stopped(-35),
)
FIRING = {
    "failures": {"failing"},
    "p95": {"slow"},
    "saturated": {"busy worker-0", "busy worker-1", "jerking worker-0"},
    "lost": {"losing worker-0"},
    "waiting": {"behind worker-0"},
    "silent": {"dying worker-0"},
}


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """An InfluxDB with the runs of then and one of now."""
    grafana.skip_where_missing()
    with influxd.running(tmp_path_factory.mktemp("influxd")) as server:
        server.make_bucket("alerts")
        server.write("alerts", [line for run in RUNS for line in run.lines])
        present = Run("present", int(time.time())).worker("worker-0", lost=7).worker("worker-1")
        server.write("alerts", present.lines)
        yield server


@pytest.fixture(scope="module")
def server(influx: Influx, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_ORG": influx.org,
        "INFLUXDB_V2_BUCKET": "alerts",
    }
    with grafana.running(tmp_path_factory.mktemp("grafana"), env) as running:
        yield running


def firing(server: Grafana, rule: dict[str, Any], now: int) -> set[str]:
    """Return the labels for which *rule* would have fired at *now*."""
    moment = datetime.fromtimestamp(now, UTC).isoformat()
    asked = {"data": rule["data"], "condition": rule["condition"], "now": moment}
    frames = server.call("/api/v1/eval", asked)["results"]["C"]["frames"]
    found = set()
    for frame in frames:
        for column, values in zip(frame["schema"]["fields"], frame["data"]["values"], strict=True):
            if values == [1]:
                found.add(" ".join(value for _, value in sorted(column["labels"].items())))
    return found


def alerts(server: Grafana, title: str) -> list[dict[str, Any]]:
    """Return the alerts of the provisioned rule *title* that Grafana itself found firing."""
    groups = server.call("/api/prometheus/grafana/api/v1/rules")["data"]["groups"]
    (rule,) = (r for group in groups for r in group["rules"] if r["name"] == title)
    return [alert for alert in rule.get("alerts", []) if alert["state"] == "Alerting"]


@pytest.mark.parametrize("name", RULES)
def test_rule_fires_for_what_is_wrong_and_for_nothing_else(server: Grafana, name: str) -> None:
    assert firing(server, RULES[name], THEN) == FIRING[name]


@pytest.mark.parametrize("name", RULES)
def test_rule_is_silent_when_no_run_goes_on(server: Grafana, name: str) -> None:
    assert RULES[name]["noDataState"] == "OK"
    for now in (THEN - 3_600, THEN + 3_600):
        assert firing(server, RULES[name], now) == set()


def test_lost_points_of_this_minute_are_an_alert_in_grafana(server: Grafana) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := alerts(server, "Points are lost")) and time.monotonic() < deadline:
        time.sleep(1)
    (alert,) = found
    assert alert["labels"]["run"] == "present"
    assert "worker-0 of run present lost points (7):" in alert["annotations"]["summary"]
    number = boards.page("delivery")["id"]
    # Grafana's own name for itself, as long as nobody says how others reach it.
    here = server.url.replace("127.0.0.1", "localhost")
    address = f"{here}/d/../d/{config.RUNBOOKS}?viewPanel=panel-{number}"
    assert alert["annotations"]["runbook_url"] == address
    run = f"{here}/d/../d/{config.OVERLAY}?var-run=present&from=now-15m&to=now"
    assert alert["annotations"]["run_url"] == run


def test_rules_are_in_one_folder_and_the_boards_in_another(server: Grafana) -> None:
    folders = {folder["title"]: folder["uid"] for folder in server.call("/api/folders")}
    assert folders.keys() == {"swarmscope", "swarmscope alerts"}
    found = server.call("/api/v1/provisioning/alert-rules")
    assert {rule["folderUID"] for rule in found} == {folders["swarmscope alerts"]}
    assert {rule["uid"] for rule in found} == {rule["uid"] for rule in RULES.values()}


def test_nobody_is_written_to(server: Grafana) -> None:
    """Every alert goes through a route that is muted at all times."""
    (route,) = server.call("/api/v1/provisioning/policies")["routes"]
    assert route["object_matchers"] == [["alertname", "=~", ".+"]]
    assert route["mute_time_intervals"] == ["always"]


def test_queries_of_the_rules_are_evaluated_without_complaint(server: Grafana) -> None:
    assert server.log
    text = server.log.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "ngalert" in line and "level=error" in line] == []
