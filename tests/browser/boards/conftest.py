"""The boards in a real Grafana, opened in a real browser: what a colleague sees."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from dashboards import config
from tests.fixtures import boards, expected, grafana, sentences, surroundings
from tests.fixtures.grafana import EARLIER_RUN, Grafana
from tests.fixtures.recorded import RUN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Request, Route

ERRORS = "[data-testid='data-testid Panel status error']"
WARNINGS = "[data-testid='data-testid Panel status warning']"
DRAWN = {
    "table": "[role=grid]",
    "stat": r"text=/generator|requests\/s/i",
    "logs": "text=/order 59/",
}
"""What a panel of each kind shows when it has its data; the others draw on a canvas."""
HISTORY = f"{surroundings.CONDITIONS['environment']}, 17 users"
"""The one that there is around the recorded run."""
TWO = {"run": RUN, "baseline": EARLIER_RUN}
_PATIENCE_MS = 40_000
_TRIES, _LOOK_MS = 4, 100
ASKING = "**/api/ds/query*"
_LABEL_OF_VARIABLE = "data-testid Dashboard template variables submenu Label"
Columns = dict[str, list[Any]]
Change = Callable[[Columns], list[list[Any]]]
"""Takes the columns of a table by their names, and returns others in their order."""


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[str, str]]:
    """Runs of each sentence that can be said of a run's data, and of its generators."""
    return sentences.runs(tmp_path_factory.mktemp("judged"))


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, said: Mapping[str, tuple[str, str]]
) -> Iterator[Grafana]:
    """A Grafana with our provisioning, before the recorded run; all these tests only look."""
    grafana.skip_where_missing()
    folder, more = tmp_path_factory.mktemp("grafana"), list(sentences.lines(said))
    with grafana.with_recorded_run(folder, more) as running:
        yield running


def queries(request: "Request") -> set[str]:
    """Return what Flux *request* asks Grafana."""
    if "/api/ds/query" not in request.url or not request.post_data:
        return set()
    return {q["query"] for q in json.loads(request.post_data)["queries"]}


class Tab:
    """A page with a board, and what it asked for."""

    def __init__(self, browser: "Browser", server: Grafana, height: int = 4_000) -> None:
        # High enough that no panel waits until somebody scrolls.
        view: Any = {"width": 1280, "height": height}
        self._context = browser.new_context(viewport=view, timezone_id="UTC")
        self._server = server
        self._level: str = config.LOG_LEVELS[0]
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        self.asked: set[str] = set()
        self.page.on("request", self._note)

    def _note(self, request: "Request") -> None:
        self.asked |= queries(request)

    @property
    def url(self) -> str:
        return self._server.url

    def log_in(self) -> None:
        who = {"user": self._server.user, "password": self._server.password}
        assert self.page.request.post(f"{self._server.url}/login", data=who).ok

    def panel(self, title: str) -> "Locator":
        title = title.replace("${level}", self._level).replace("${history}", HISTORY)
        return self.page.get_by_test_id(f"data-testid Panel header {title}")

    def go(self, board: str, theme: str = "dark", **picked: str | Sequence[str]) -> None:
        """Begin to open *board*."""
        start, stop = expected.RANGE_MS
        self._level = str(picked.get("level", config.LOG_LEVELS[0]))
        variables = {f"var-{name}": value for name, value in picked.items()}
        # Grafana knows no "never" in an address; the longest that the board offers is enough.
        address = {"from": start, "to": stop, "timezone": "utc", "refresh": "5m", **variables}
        address["theme"] = theme
        self.asked.clear()
        uid = boards.boards()[board]["uid"]
        self.page.goto(f"{self._server.url}/d/{uid}?{urlencode(address, doseq=True)}")

    def open(self, board: str, theme: str = "dark", **picked: str | Sequence[str]) -> "Page":
        """Open *board*, and wait until all of its panels show something."""
        self.go(board, theme, **picked)
        for panel in boards.panels(board):
            drawn = DRAWN.get(panel["type"], ".uplot canvas")
            self.panel(panel["title"]).locator(drawn).first.wait_for()
        self.page.wait_for_load_state("networkidle")
        return self.page

    def rows(self, title: str) -> list[list[str]]:
        """Return the cells of a table below its header."""
        rows = self.panel(title).get_by_role("row").all()[1:]
        return [row.get_by_role("gridcell").all_inner_texts() for row in rows]

    def pick(self, variable: str, *options: str) -> None:
        """Pick *options* of a variable, in a menu that is open, as a reader does."""
        label = self.page.get_by_test_id(f"{_LABEL_OF_VARIABLE} {variable}")
        box = label.locator("xpath=following::input[@role='combobox'][1]")

        def taken(url: str) -> bool:
            return set(options) <= {one for values in picked(url).values() for one in values}

        for _ in range(_TRIES):
            for option in options:
                # By its name: with each refresh of a board the list is drawn anew, below the mouse.
                box.fill(option)
                self.page.get_by_role("option", name=option).first.wait_for()
                box.press("Enter")
            # Grafana takes several at once, when the box is left, unless it draws it anew then.
            box.blur()
            for _ in range(_PATIENCE_MS // _TRIES // _LOOK_MS):
                if taken(self.page.url):
                    return
                self.page.wait_for_timeout(_LOOK_MS)
        pytest.fail(f"{variable} did not become {options}")

    def refresh(self) -> None:
        """Ask everything anew, once all has been answered: until then the button breaks it off."""
        self.page.get_by_role("button", name="Refresh", exact=True).click()

    def answer_otherwise(self, change: Change) -> None:
        """From now on let *change* rewrite each table that Grafana answers with."""

        def answer(route: "Route") -> None:
            answered = route.fetch()
            body = answered.json()
            for result in body["results"].values():
                for frame in result.get("frames", []):
                    names = [field["name"] for field in frame["schema"]["fields"]]
                    columns = frame["data"]["values"]
                    frame["data"]["values"] = change(dict(zip(names, columns, strict=True)))
            route.fulfill(response=answered, json=body)

        self.answer_truly()
        self.page.route(ASKING, answer)

    def answer_truly(self) -> None:
        """Let Grafana answer again, whether what it was asked before has been answered or not."""
        self.page.unroute_all(behavior="ignoreErrors")

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="module")
def tab(browser: "Browser", server: Grafana) -> Iterator[Tab]:
    """One for all tests: what Grafana's page consists of is read once."""
    opened = Tab(browser, server)
    opened.log_in()
    yield opened
    opened.close()


def range_ms(url: str) -> tuple[float, float]:
    """Return the range in a board's address: Grafana makes dates of a link's numbers, but later."""
    asked = picked(url)

    def read(text: str) -> float:
        return float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp() * 1000

    return read(asked["from"][0]), read(asked["to"][0])


def picked(url: str) -> dict[str, list[str]]:
    """Return what a board's address says is picked."""
    return parse_qs(urlsplit(url).query)
