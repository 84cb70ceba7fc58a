"""Names and texts that Grafana, its templates or a browser would obey: on boards they are text.

Whoever may write points chooses them, an enrolled machine too; whoever looks is logged in.
"""

import http.server
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from tests.fixtures import boards, grafana, influxd
from tests.fixtures.browsers import launched
from tests.fixtures.grafana import BUCKET, Grafana
from tests.fixtures.influxd import Influx

from swarmscope import line_protocol, schema

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long

RUN = "hostile"
MINE = {"run": RUN, "worker": "worker-0"}
SECONDS = 60
BEGAN = int(time.time()) - 5 * SECONDS
LOSING = "{{ $labels.run }} ${__user.login} <!channel> [x](javascript:alert)"
"""A worker of a run of now, which loses points: alerts name it."""
_PATIENCE_S = 90
_TIP_MS = 150
"""Until what is below the mouse is told."""


class _Elsewhere(http.server.ThreadingHTTPServer):
    """Where no browser should ask for anything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Page(http.server.BaseHTTPRequestHandler):
    server: _Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def texts(elsewhere: str) -> list[str]:
    return [
        "(who ${__user.login} is)",  # the first of a page, however tables sort
        "${__data.fields.name} ${__field.labels.name} $run [[run]] ${token}",
        f"<img src={elsewhere}/image onerror=window.hacked=1>",
        "<script>window.hacked=2</script>",
        f"[click](javascript:window.hacked=3) ![x]({elsewhere}/markdown) **bold**",
        "<a href='javascript:window.hacked=4'>go</a><b>&lt;bold</b>",
        f"<iframe src={elsewhere}/frame></iframe><svg onload=window.hacked=5>",
        "{{1+1}} {{constructor.constructor('window.hacked=6')()}}",
    ]


def point(
    measurement: str, tags: Mapping[str, str], fields: Mapping[str, Any], second: float
) -> str:
    at = int((BEGAN + second) * 10**9)
    return line_protocol.line(line_protocol.series(measurement, tags), fields, at)


def lines(odd: list[str]) -> Iterator[str]:
    """Yield a run in which every text is one of the odd ones, in every place."""
    start = {
        "message": odd[2],
        "label": odd[0],
        "description": odd[2],
        "host": odd[4],
        "commit": odd[5],
        "resolution": 1,
        "user_count": 3,
    }
    yield point("locust_run", {**MINE, "event": "start", "test": odd[2]}, start, 0)
    for i, text in enumerate(odd):
        joined = {"message": text, "subject": text}
        yield point("locust_run", {**MINE, "event": "worker_join", "test": "t"}, joined, 5 + i)
        yield from requests_of(text, f"worker-{i}")
        for second in range(0, SECONDS, 10):
            yield from mishaps_of(text, f"worker-{i}", second)
            yield point("event", {"kind": text}, {"text": text}, second + i / 10)
            logged = {"service": text, "level": "error", "host": text}
            yield point("app_log", logged, {"message": text}, second + i / 100)
            host = {"host": text, "role": "generator", "cpu": "cpu-total"}
            yield point("cpu", host, {"usage_idle": 3.0}, second)
    said = {"verdict": "incomplete", "said": odd[0] + odd[2], "line": odd[2] + odd[0]}
    yield point("locust_audit", {"run": RUN, "worker": "master"}, said, SECONDS + 1)


def requests_of(text: str, worker: str) -> Iterator[str]:
    """Yield the seconds of an endpoint called *text*, and of all together in *worker*."""
    counts = {"count": 10, "num_failures": 2}
    totals = {"run": RUN, "worker": worker, "name": schema.AGGREGATED}
    for second in range(SECONDS):
        for tags in ({**MINE, "name": text, "method": text}, totals):
            yield point("locust_stats", tags, counts, second)
            yield point("locust_latency", tags, {"98": 0, "100": 10}, second)


def mishaps_of(text: str, worker: str, second: int) -> Iterator[str]:
    """Yield what goes wrong in that *second*, in which everything is called *text*."""
    reason = {"exception": text, "status": "500", "reason": text}
    one = {"count": 1, "message": text}
    kinds = {**MINE, "name": text, "method": text}
    yield point("locust_exception_stats", {**kinds, **reason}, one, second)
    wrong = {"user_class": text, "exception": text, "place": text}
    yield point("locust_user_error", {**MINE, **wrong}, one, second)
    yield point("locust_users", {**MINE, "user_class": text}, {"count": 1}, second)
    own = {"run": RUN, "worker": worker, "host": text}
    sick = {"cpu_percent": 99.0, "loop_lag_ms": 300.0, "clock_offset_ms": 3e3}
    lost = {"requests_seen": 600, "requests_delivered": 500, "points_lost": 3}
    yield point("locust_worker", own, {**sick, **lost}, second)


def losing() -> Iterator[str]:
    """Yield the last two minutes of a worker that lost points in each second."""
    now = time.time() - BEGAN
    for second in range(-120, 0):
        gone = {"requests_seen": 9, "requests_delivered": 9, "points_lost": 7, "final": False}
        own = {"run": "now", "worker": LOSING, "host": "h"}
        yield point("locust_worker", own, gone, now + second)


@dataclass(frozen=True)
class Scene:
    """A Grafana with the hostile run, and a page of it for somebody who is logged in."""

    influx: Influx
    grafana: Grafana
    page: "Page"
    elsewhere: _Elsewhere

    def open(self, board: str) -> str:
        """Open *board*, and return its text."""
        uid = boards.boards()[board]["uid"]
        asked = {"from": (BEGAN - 10) * 1_000, "to": (BEGAN + SECONDS + 10) * 1_000}
        # Drawn anew while it is looked at, a mark is gone from below the mouse.
        asked_for = urlencode({**asked, "var-run": RUN, "refresh": "1d"})
        self.page.goto(f"{self.grafana.url}/d/{uid}?{asked_for}")
        for panel in boards.panels(board):
            written = panel["title"].partition("$")[0]  # after it stands what is picked
            header = json.dumps(f"data-testid Panel header {written}")
            self.page.locator(f"[data-testid^={header}]").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        # A busy store answers some panels long after others, and in between nothing is asked.
        self.page.get_by_text("who ${__user.login} is").first.wait_for()
        return self.page.inner_text("body")

    def unharmed(self) -> None:
        """See that nothing of the texts was obeyed so far."""
        assert self.page.evaluate("window.hacked") is None
        assert self.page.locator("[href^='javascript' i]").count() == 0
        assert self.page.locator("iframe, [onerror], [onload]").count() == 0
        assert self.elsewhere.asked == []


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    grafana.skip_where_missing()
    folder = tmp_path_factory.mktemp("grafana")
    with influxd.running(folder) as influx, _Elsewhere() as elsewhere, launched() as browser:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        influx.make_bucket(schema.BUCKET_LONG)
        influx.write(influx.make_bucket(BUCKET), list(lines(texts(elsewhere.url))))
        env = {
            "INFLUXDB_V2_URL": influx.url,
            "INFLUXDB_V2_TOKEN": influx.token,
            "INFLUXDB_V2_ORG": influx.org,
            "INFLUXDB_V2_BUCKET": BUCKET,
        }
        with grafana.running(folder, env) as running:
            context = browser.new_context(viewport={"width": 1280, "height": 4000})
            page = context.new_page()
            page.set_default_timeout(40_000)
            who = {"user": running.user, "password": running.password}
            assert page.request.post(f"{running.url}/login", data=who).ok
            yield Scene(influx, running, page, elsewhere)
            context.close()
        elsewhere.shutdown()


@pytest.mark.long_sample(8)
@pytest.mark.parametrize("board", boards.boards())
def test_what_a_name_holds_is_shown_as_it_is(scene: Scene, board: str) -> None:
    text = scene.open(board)
    scene.unharmed()
    assert "who ${__user.login} is" in text
    assert "who admin is" not in text
    assert f"who {scene.grafana.user} is" not in text


@pytest.mark.release  # of each board minutes of a browser
@pytest.mark.parametrize("board", ["overlay", "hosts"])
def test_marks_show_what_was_written_and_ask_for_nothing(scene: Scene, board: str) -> None:
    """Grafana takes the text of a mark for HTML, and leaves out scripts of that, but no images."""
    scene.open(board)
    image, bold = f"<img src={scene.elsewhere.url}/image", "<b>&lt;bold</b>"
    missing = {image, bold}
    deadline = time.monotonic() + _PATIENCE_S
    # On a busy machine the board is drawn anew meanwhile, and has no marks for a moment.
    while missing and time.monotonic() < deadline:
        for told in _told_by_marks(scene.page):
            missing -= {text for text in missing if text in told}
            if not missing:
                break
    scene.unharmed()
    assert missing == set()


def _told_by_marks(page: "Page") -> Iterator[str]:
    """Yield what is shown while the mouse is over each of the marks."""
    marks = page.get_by_test_id("data-testid annotation-marker")
    # All that Grafana lays over a board is in there; the text of the whole page takes seconds.
    over = page.locator("#grafana-portal-container")
    for i in range(min(marks.count(), 80)):
        # No hover: of one that is just drawn anew it says that it isn't visible.
        if box := marks.nth(i).bounding_box():
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(_TIP_MS)
        yield over.inner_text()


def test_alerts_name_a_worker_as_it_calls_itself(scene: Scene) -> None:
    # Only now: the alert looks at two minutes, and the boards before may take longer.
    scene.influx.write(BUCKET, list(losing()))
    deadline = time.monotonic() + _PATIENCE_S
    while not (found := _alerts(scene.grafana, "now")) and time.monotonic() < deadline:
        time.sleep(1)
    (alert,) = found
    assert alert["labels"]["worker"] == LOSING
    assert f"{LOSING} of run now lost points (7)" in alert["annotations"]["summary"]


def _alerts(server: Grafana, run: str) -> list[dict[str, Any]]:
    groups = server.call("/api/prometheus/grafana/api/v1/rules")["data"]["groups"]
    rules = (rule for group in groups for rule in group["rules"])
    (rule,) = (rule for rule in rules if rule["name"] == "Points are lost")
    firing = (alert for alert in rule.get("alerts", []) if alert["state"] == "Alerting")
    return [alert for alert in firing if alert["labels"].get("run") == run]
