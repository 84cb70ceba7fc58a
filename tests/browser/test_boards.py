"""The boards in a real Grafana, opened in a real browser: what a colleague sees."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from dashboards import look
from tests.fixtures import boards, expected, grafana
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.grafana import Grafana, filled_in
from tests.fixtures.recorded import ITEM, LOGIN, RUN, SEARCH

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

BOARD = "overlay"
ERRORS = "[data-testid='data-testid Panel status error']"
WARNINGS = "[data-testid='data-testid Panel status warning']"
_PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """A Grafana with our provisioning, before the recorded run."""
    grafana.skip_where_missing()
    with grafana.with_recorded_run(tmp_path_factory.mktemp("grafana")) as running:
        yield running


class Tab:
    """A page with the board, and what it asked for."""

    def __init__(self, browser: "Browser", server: Grafana) -> None:
        # High enough that no panel waits until somebody scrolls.
        view: Any = {"width": 1280, "height": 2600}
        self._context = browser.new_context(viewport=view, timezone_id="UTC")
        self._server = server
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        self.asked: set[str] = set()
        self.page.on("request", self._note)

    def _note(self, request: "Request") -> None:
        if "/api/ds/query" in request.url and request.post_data:
            self.asked |= {q["query"] for q in json.loads(request.post_data)["queries"]}

    def log_in(self) -> None:
        who = {"user": self._server.user, "password": self._server.password}
        assert self.page.request.post(f"{self._server.url}/login", data=who).ok

    def open(self, **picked: str | list[str]) -> "Page":
        start, stop = expected.RANGE_MS
        variables = {f"var-{name}": value for name, value in picked.items()}
        address = {"from": start, "to": stop, "timezone": "utc", "refresh": "", **variables}
        self.asked.clear()
        self.page.goto(f"{self._server.url}/d/swarmscope-overlay?{urlencode(address, doseq=True)}")
        for panel in boards.panels(BOARD):
            drawn = ".uplot canvas" if panel["type"] == "timeseries" else "[role=grid]"
            header = self.page.get_by_test_id(f"data-testid Panel header {panel['title']}")
            header.locator(drawn).first.wait_for()
        self.page.wait_for_load_state("networkidle")
        return self.page

    def close(self) -> None:
        self._context.close()


@pytest.fixture
def tab(browser: "Browser", server: Grafana) -> Iterator[Tab]:
    opened = Tab(browser, server)
    opened.log_in()
    yield opened
    opened.close()


def test_no_panel_is_in_error_and_none_is_empty(tab: Tab) -> None:
    page = tab.open(run=RUN)
    assert page.locator(ERRORS).count() == 0
    assert page.locator(WARNINGS).count() == 0
    assert page.get_by_text(look.NOTHING).count() == 0


def test_an_error_would_be_seen(tab: Tab) -> None:
    page = tab.open(run=RUN)
    refused = json.dumps({"message": "no"})
    page.route("**/api/ds/query*", lambda route: route.fulfill(status=500, body=refused))
    page.get_by_test_id("data-testid RefreshPicker run button").click()
    page.locator(ERRORS).first.wait_for()


def test_table_shows_the_endpoints_with_their_numbers(tab: Tab) -> None:
    page = tab.open(run=RUN)
    rows = page.get_by_role("row").all_inner_texts()
    shown = {line.split("\n")[0]: line.split("\n")[2] for line in rows[1:]}
    totals = expected.endpoint_totals(1)
    assert shown == {name: str(requests) for name, _, requests, *_ in totals}


def test_page_fills_in_variables_as_the_tests_do(tab: Tab) -> None:
    """Only so do the tests that ask without a page say anything about it."""
    for picked in (
        {"run": RUN},
        {"run": RUN, "endpoint": [LOGIN[0]], "worker": ["worker-0"], "host": ["gen-a"]},
        {"run": RUN, "endpoint": [ITEM[0], SEARCH[0]], "worker": ["worker-0", "worker-1"]},
    ):
        tab.open(**picked)
        wanted = {
            filled_in(asked.flux, {**NOTHING_PICKED, **picked})
            for asked in boards.panel_queries(BOARD)
        }
        assert wanted <= tab.asked


def test_board_without_a_run_says_what_to_do(tab: Tab, server: Grafana) -> None:
    tab.page.goto(f"{server.url}/d/{look.OVERLAY}?from=now-5m&to=now&refresh=")
    tab.page.get_by_text(look.NOTHING).first.wait_for()
    assert tab.page.locator(ERRORS).count() == 0


def test_newest_run_is_opened_by_itself(tab: Tab) -> None:
    page = tab.open()
    assert page.get_by_text(look.NOTHING).count() == 0
    assert any(f'"{RUN}"' in flux or "another run" in flux for flux in tab.asked)
