"""How long after a request a browser shows it: on a board of a real Grafana, and on the live page.

Real Locust processes make bursts of slow failures. What a page is answered is on the screen two
frames later.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dashboards import config

from swarmscope import schema
from tests.bench.large.bursts import EVERY_S, SLOW_MS
from tests.bench.large.figures import Figures
from tests.bench.large.timing import say
from tests.bench.processes import LISTENER, free_port, locust, process, store
from tests.fixtures import browsers, grafana, influxd

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUN = "pixel"
_WORKERS = 2
_HERE = Path(__file__).parent
_PATIENCE_S = 60
_STEP_MS = 100
_RECORDER = """
(() => {
  const ask = window.fetch;
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  window.benchAnswers = [];
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    const url = String(given[0].url ?? given[0]);
    if (/\\bapi[/](ds[/]query|queries[/])/.test(url)) {
      const asked = url + String(given[1]?.body ?? "");
      answer.clone().json().then((body) => drawn(() =>
        window.benchAnswers.push({ at: Date.now() / 1000, asked, body })));
    }
    return answer;
  };
})();
"""
"""Notes what the page is answered, and when that is on the screen."""

Column = Sequence[Any]
Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Sign:
    """What shows a burst: an answer to what has these *words* in it, of which *told* grows."""

    words: Sequence[str]
    told: Callable[[Columns], float]

    def of(self, answer: Mapping[str, Any]) -> float | None:
        """Return what *answer* tells; None if it is another one."""
        answered = [columns for asked, columns in _tables(answer) if self._is_in(asked)]
        if not answered and not self._is_in(answer["asked"]):
            return None
        return max(map(self.told, answered), default=0.0)

    def _is_in(self, asked: str) -> bool:
        return all(word in asked for word in self.words)


def _tables(answer: Mapping[str, Any]) -> Iterator[tuple[str, Columns]]:
    """Yield what was asked for each table of an answer, and its columns.

    A panel of Grafana's asks several queries at once; the store's own server is asked one.
    """
    body, asked = answer["body"], answer["asked"]
    if "results" not in body:
        yield asked, dict(zip(body["columns"], zip(*body["rows"], strict=True), strict=False))
        return
    queries = json.loads(asked[asked.index("{") :])["queries"]
    texts = {query["refId"]: query["query"] for query in queries}
    for name, result in body["results"].items():
        for frame in result["frames"]:
            names = [one["name"] for one in frame["schema"]["fields"]]
            yield texts[name], dict(zip(names, frame["data"]["values"], strict=True))


def _newest(limit: float) -> Callable[[Columns], float]:
    """Return what tells of the newest time with more than *limit*."""

    def told(columns: Columns) -> float:
        times = columns.get("Time", columns.get("time", ()))
        others = [column for name, column in columns.items() if name.lower() != "time"]
        return max(
            (
                float(at)
                for column in others
                for at, value in zip(times, column, strict=False)
                if isinstance(value, int | float) and value > limit
            ),
            default=0.0,
        )

    return told


def _failed(columns: Columns) -> float:
    """Return how many requests failed, of one of the six numbers, or of a table."""
    if "d_failed" in columns:
        return float(round(columns["a_requests"][0] * columns["d_failed"][0]))
    return float(sum(columns.get("failures", ())))


BOARD = {
    "curve": Sign(("num_failures", "unpivot"), _newest(0)),
    "percentiles": Sign(("histogramQuantile", "unpivot"), _newest(SLOW_MS / 2)),
    "six_numbers": Sign(("a_requests",), _failed),
}
OF_LONG_WINDOWS = {"six_numbers": BOARD["six_numbers"]}
"""Where several bursts are in one window, a curve tells them no longer apart."""
LIVE_PAGE = {
    "curve": Sign(("/failures_per_second?",), _newest(0)),
    "percentiles": Sign(("/percentiles?",), _newest(SLOW_MS / 2)),
    "table": Sign(("/endpoint_totals?",), _failed),
}
BOARDS = {"3m": (3, BOARD), "15m": (15, BOARD), "1h": (60, OF_LONG_WINDOWS)}
"""By name, how many minutes a board shows, and what is looked for on it."""


@dataclass
class Look:
    """A page that is looked at: when which of its *signs* told what."""

    page: "Page"
    signs: Mapping[str, Sign]
    told: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def until(self, end: float) -> None:
        """Look until *end*, s since 1970."""
        while time.time() < end:
            self.page.wait_for_timeout(_STEP_MS)
            for answer in self.page.evaluate("() => window.benchAnswers.splice(0)"):
                for name, sign in self.signs.items():
                    told = sign.of(answer)
                    if told is not None:
                        self.told.setdefault(name, []).append((answer["at"], told))

    def late(self, name: str, burst: float) -> float:
        """Return how long after the moment *burst* the sign *name* showed it, s."""
        told = self.told[name]
        # Not the most: what leaves the range is told of no longer.
        before = [what for at, what in told if at < burst][-1:] or [0.0]
        shown = (at for at, what in told if at >= burst and what > before[0])
        at = next(shown, None)
        assert at is not None, f"{name} never showed the burst of {burst}: {told[-10:]}"
        return at - burst


def measure(bursts: int) -> Figures:
    """Return how long after its first request each of so many *bursts* is shown, by page."""
    figures: Figures = {}
    with browsers.launched() as browser:
        with _grafana() as (server, notes):
            for name, (minutes, signs) in BOARDS.items():
                asked = {"from": f"now-{minutes}m", "to": "now", "var-run": RUN}
                url = f"{server.url}/d/{config.OVERLAY}?{urlencode(asked)}"
                look = _opened(browser, url, signs, server)
                figures |= _figures(f"board_{name}", look, notes, bursts)
        with _live_page() as (url, notes):
            look = _opened(browser, f"{url}/?run={RUN}", LIVE_PAGE)
            figures |= _figures("live_page", look, notes, bursts)
    return figures


def _opened(
    browser: "Browser", url: str, signs: Mapping[str, Sign], server: grafana.Grafana | None = None
) -> Look:
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    if server:
        who = {"user": server.user, "password": server.password}
        assert page.request.post(f"{server.url}/login", data=who).ok
    page.add_init_script(_RECORDER)
    page.goto(url)
    return Look(page, signs)


def _figures(name: str, look: Look, notes: Path, bursts: int) -> Figures:
    """Look at a page for so many *bursts*, and return how late each of its signs was."""
    # Opened in the middle of one, it doesn't show when that began.
    look.until(time.time() + EVERY_S)
    begin = time.time()
    # Of the last one as well all is seen that comes of it.
    look.until(begin + (bursts + 2) * EVERY_S)
    look.page.context.close()
    began = [at for at in map(float, notes.read_text().split()) if at > begin][:bursts]
    figures: Figures = {}
    for sign in look.signs:
        late = [look.late(sign, burst) for burst in began]
        figures[f"{name}_{sign}_median_s"] = round(statistics.median(late), 2)
        figures[f"{name}_{sign}_worst_s"] = round(max(late), 2)
    say(f"{name}, {len(began)} bursts: {json.dumps(figures)}")
    return figures


@contextmanager
def _grafana() -> Iterator[tuple[grafana.Grafana, Path]]:
    """Run InfluxDB, Grafana and Locust; yield Grafana, and where bursts are noted."""
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory()))
        for name in ("influxd", "grafana"):
            (folder / name).mkdir()
        influx = running.enter_context(influxd.running(folder / "influxd"))
        env = {
            "INFLUXDB_V2_URL": influx.url,
            "INFLUXDB_V2_TOKEN": influx.token,
            "INFLUXDB_V2_ORG": influx.org,
            "INFLUXDB_V2_BUCKET": influx.make_bucket(schema.BUCKET),
        }
        influx.make_bucket(schema.BUCKET_LONG)
        server = running.enter_context(grafana.running(folder / "grafana", env))
        yield server, _load(running, folder, env)


@contextmanager
def _live_page() -> Iterator[tuple[str, Path]]:
    """Run the embedded store and Locust; yield the page's address, and where bursts are noted."""
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory()))
        url = running.enter_context(store(folder / "store"))
        yield url, _load(running, folder, {"INFLUXDB_V2_URL": url})


def _load(running: ExitStack, folder: Path, env: Mapping[str, str]) -> Path:
    """Start a master and its workers; return where they note when bursts begin."""
    notes = folder / "bursts"
    given = {
        **env,
        "SWARMSCOPE_RUN_ID": RUN,
        "SWARMSCOPE_SPOOL_DIR": str(folder / "spool"),
        "BENCH_NOTES": str(notes),
    }
    port = str(free_port())
    command = locust(_HERE / "burst_locustfile.py", LISTENER)
    users = ("--headless", "-u", "1", "-r", "1", "--expect-workers", str(_WORKERS))
    leads = (*command, "--master", "--master-bind-port", port, *users)
    running.enter_context(process(*leads, env=given))
    for _ in range(_WORKERS):
        running.enter_context(process(*command, "--worker", "--master-port", port, env=given))
    deadline = time.time() + _PATIENCE_S
    while not notes.exists():
        assert time.time() < deadline, "no burst came"
        time.sleep(0.1)
    return notes
