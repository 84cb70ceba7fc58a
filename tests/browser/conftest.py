"""A real `swarmscope serve` and a headless Chromium in front of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.recording import Recording
from tests.fixtures import server_process
from tests.fixtures.browsers import launched
from tests.fixtures.server_process import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

_PATIENCE_S = 60
_VIEW: dict[str, Any] = {"timezone_id": "UTC", "viewport": {"width": 1280, "height": 1000}}


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A headless browser for the tests of one module."""
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store that the tests share; each writes runs of its own."""
    running = server_process.start(tmp_path_factory.mktemp("store"))
    yield running
    running.end()


@pytest.fixture
def recording(server: Server, request: pytest.FixtureRequest) -> Recording:
    """A run of this test's own, some minutes ago."""
    return Recording(server.url, f"run-{request.node.name}", int(time.time()) - 300)


@dataclass
class Seen:
    """A page, and what went wrong on it."""

    page: "Page"
    troubles: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    broken_off: bool = False
    """Whether Chromium broke something off because this machine's network changed.

    It does when a container starts or ends, whatever that has to do with the page.
    """

    def answers(self, query: str, **values: float) -> None:
        """Let each row of the answers to *query* have these *values*, as of another moment."""

        def changed(route: "Route") -> None:
            answer = route.fetch()
            told = answer.json()
            for row in told["rows"]:
                for column, value in values.items():
                    row[told["columns"].index(column)] = value
            route.fulfill(response=answer, json=told)

        self.page.route(f"**/api/queries/{query}*", changed)

    def open(self, url: str) -> "Page":
        """Open *url* and wait until it shows something; again where that was broken off."""
        for _ in range(5):
            self.broken_off = False
            self.page.goto(url)
            until(self.page, self._shows_something, "the page shows something")
            if not self.broken_off:
                break
        return self.page

    def _shows_something(self) -> bool:
        shown = self.page.query_selector("body:not([data-state=loading])")
        return self.broken_off or shown is not None


@pytest.fixture(scope="module")
def window(browser: "Browser") -> Iterator["BrowserContext"]:
    """A window that tabs share, with its cache: the chart library is read once, not each time."""
    context = browser.new_context(**_VIEW)
    yield context
    context.close()


@pytest.fixture
def look(browser: "Browser", window: "BrowserContext") -> Iterator[Callable[..., Seen]]:
    """Open tabs; at the end none of them may have logged an error or broken the policy."""
    opened: list[tuple[Seen, Any, bool]] = []

    def new(*, errors_expected: bool = False, **options: Any) -> Seen:
        # A tab with wishes of its own gets a window of its own.
        context = browser.new_context(**{**_VIEW, **options}) if options else window
        seen = Seen(context.new_page())
        seen.page.set_default_timeout(_PATIENCE_S * 1_000)
        seen.page.on("console", lambda message: _note(seen, message.type, message.text))
        seen.page.on("pageerror", lambda error: seen.troubles.append(str(error)))
        seen.page.on("request", lambda asked: seen.requested.append(asked.url))
        opened.append((seen, context if options else seen.page, errors_expected))
        return seen

    yield new
    for seen, closing, errors_expected in opened:
        closing.close()
        assert errors_expected or not seen.troubles


def _note(seen: Seen, kind: str, text: str) -> None:
    if "net::ERR_NETWORK_CHANGED" in text:
        seen.broken_off = True
    elif kind in ("error", "warning"):
        seen.troubles.append(text)


def until(page: "Page", probe: Callable[[], bool], what: str) -> None:
    """Wait for *probe*; the page's own policy forbids playwright's wait_for_function."""
    for _ in range(_PATIENCE_S * 10):
        if probe():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"still not so after {_PATIENCE_S} s: {what}")


def traces(page: "Page") -> list[dict[str, Any]]:
    """What Plotly was given to draw."""
    drawn: list[dict[str, Any]] = page.evaluate(
        "() => document.getElementById('chart').data.map(({x, y, name, meta, yaxis, visible}) => "
        "({x, y, name, meta, yaxis, visible}))"
    )
    return drawn


def points(trace: dict[str, Any]) -> dict[int, float]:
    """The trace's points by time; a break in a line is no point."""
    return {x: y for x, y in zip(trace["x"], trace["y"], strict=True) if y is not None}


def drawn(page: "Page", query: str, **meta: str) -> dict[int, float]:
    """The points of the one trace of *query* whose meta says *meta*."""
    wanted = {"query": query, **meta}
    found = [t for t in traces(page) if wanted.items() <= t["meta"].items()]
    assert len(found) == 1, f"{len(found)} traces for {wanted}"
    return points(found[0])


def cells(page: "Page", table: str) -> list[dict[str, str]]:
    """A table's rows: column key to the value behind the cell."""
    rows: list[dict[str, str]] = page.evaluate(
        """(id) => {
          const table = document.getElementById(id);
          const keys = [...table.tHead.rows[0].cells].map((th) => th.dataset.key);
          return [...table.tBodies[0].rows].map((row) =>
            Object.fromEntries([...row.cells].map((td, i) => [keys[i], td.dataset.value])));
        }""",
        table,
    )
    return rows
