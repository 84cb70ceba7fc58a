"""The boards in a real Grafana, opened in a real browser: what a colleague sees."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from dashboards import config, steps
from tests.fixtures import (
    boards,
    encoded,
    expected,
    expected_steps,
    grafana,
    recorded,
    surroundings,
)
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.grafana import EARLIER_RUN, EARLIER_S, Grafana, filled_in
from tests.fixtures.recorded import ITEM, RUN, SEARCH, T0

from swarmscope.queries.counted import NONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Request, Response

ERRORS = "[data-testid='data-testid Panel status error']"
WARNINGS = "[data-testid='data-testid Panel status warning']"
DESCRIPTION = "[data-testid='data-testid header-container'] span[tabindex='0']"
"""What shows a panel's description when the mouse is over it."""
DRAWN = {
    "table": "[role=grid]",
    "stat": r"text=/generator|requests\/s/i",
    "logs": "text=/order 59/",
}
"""What a panel of each kind shows when it has its data; the others draw on a canvas."""
TWO = {"run": RUN, "baseline": EARLIER_RUN}
UNSUMMARISED = (RUN, EARLIER_RUN, grafana.SLOW_RUN, grafana.ODD_RUN)
"""Runs that are there, but for one whose id no query could hold."""
_PATIENCE_MS = 40_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """A Grafana with our provisioning, before the recorded run."""
    grafana.skip_where_missing()
    with grafana.with_recorded_run(tmp_path_factory.mktemp("grafana")) as running:
        yield running


def queries(request: "Request") -> set[str]:
    """Return what Flux *request* asks Grafana."""
    if "/api/ds/query" not in request.url or not request.post_data:
        return set()
    return {q["query"] for q in json.loads(request.post_data)["queries"]}


class Tab:
    """A page with a board, and what it asked for."""

    def __init__(self, browser: "Browser", server: Grafana, height: int = 3_000) -> None:
        # High enough that no panel waits until somebody scrolls.
        view: Any = {"width": 1280, "height": height}
        self._context = browser.new_context(viewport=view, timezone_id="UTC")
        self._server = server
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
        return self.page.get_by_test_id(f"data-testid Panel header {title}")

    def go(self, board: str, theme: str = "dark", **picked: str | Sequence[str]) -> None:
        """Begin to open *board*."""
        start, stop = expected.RANGE_MS
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

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="module")
def tab(browser: "Browser", server: Grafana) -> Iterator[Tab]:
    """One for all tests: what Grafana's page consists of is read once."""
    opened = Tab(browser, server)
    opened.log_in()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "board",
    [
        # What opens first, and the heart; the others take as long again.
        board if board in ("overlay", "runs") else pytest.param(board, marks=pytest.mark.long)
        for board in boards.boards()
    ],
)
def test_no_panel_is_in_error_and_none_is_empty(tab: Tab, board: str) -> None:
    page = tab.open(board, **TWO)
    assert page.locator(ERRORS).count() == 0
    assert page.locator(WARNINGS).count() == 0
    assert page.get_by_text(config.NOTHING).count() == 0
    assert as_the_tests_fill_in(board, TWO) <= tab.asked


def as_the_tests_fill_in(board: str, picked: grafana.Picked) -> set[str]:
    """Return what a page should ask: only so do tests that ask without a page say anything."""
    found_out = {
        "run_start": str(T0 * 1_000),
        "run_end": str(T0 * 1_000 + recorded.EVENTS[-1].ms + 1_000),
        "baseline_start": str((T0 - EARLIER_S) * 1_000),
        "endpoint_resolution": str(encoded.SPAN),
        "candidates": candidates(picked),
        # Of none of them a summary is there.
        "unsummarised": "|".join((NONE, *sorted(map(grafana.escaped, UNSUMMARISED)))),
        # The earlier run was written by seconds alone.
        "baseline_minutes": grafana.BUCKET,
    }
    everything = {**NOTHING_PICKED, **found_out, **picked}
    return {filled_in(asked.flux, everything) for asked in boards.panel_queries(board)}


def candidates(picked: grafana.Picked) -> str:
    """Return the names of the busiest endpoints, of which there are fewer than ten."""
    workers = picked.get("worker") or {r.worker for r in recorded.of_run()}
    counts = Counter(r.endpoint[0] for r in recorded.of_run() if r.worker in workers)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return filled_in("${them:regex}", {"them": names})[1:-1]


@pytest.mark.long
def test_an_error_would_be_seen(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN)
    refused = json.dumps({"message": "no"})
    page.route("**/api/ds/query*", lambda route: route.fulfill(status=500, body=refused))
    page.get_by_test_id("data-testid RefreshPicker run button").click()
    page.locator(ERRORS).first.wait_for()
    page.unroute("**/api/ds/query*")


@pytest.mark.long
def test_overlay_shows_the_endpoints_and_what_the_audit_found(tab: Tab) -> None:
    tab.open("overlay", run=RUN)
    together, *rows = tab.rows("Endpoints, over the whole time range")
    totals = expected.endpoint_totals(1)
    assert {cells[0]: cells[3] for cells in rows} == {n: str(count) for n, _, count, *_ in totals}
    assert (together[0], together[3]) == (config.ALL_ENDPOINTS, str(len(recorded.of_run())))
    said = tab.panel("Can this measurement be trusted?").inner_text()
    assert f"Data: {surroundings.AUDIT['line']}" in said
    assert f"Generators: {surroundings.AUDIT['generators_line']}" in said
    assert "Clocks agree" in said


def test_overlay_answers_on_a_small_screen_before_anybody_scrolls(
    browser: "Browser", server: Grafana
) -> None:
    small = Tab(browser, server, height=800)
    small.log_in()
    small.go("overlay", run=RUN)
    for title in ("", "Load, and the machines' CPU", "Response times"):
        panel = small.panel(title)
        panel.wait_for()
        at = panel.bounding_box()
        assert at
        assert at["y"] + at["height"] <= 800, title
    small.panel("Response times").locator(".uplot canvas").first.wait_for()
    small.close()


def test_what_is_rarely_picked_is_in_a_menu(tab: Tab) -> None:
    page = tab.open("overlay", run=RUN)
    shown = page.get_by_test_id("data-testid dashboard controls")
    assert shown.get_by_text("Endpoint", exact=True).is_visible()
    rare = ("Worker", "Host", "Over the load", "Steps", "Deploys and notes")
    assert not [name for name in rare if shown.get_by_text(name, exact=True).count()]
    page.get_by_role("button", name="Dashboard controls menu").click()
    for name in rare:
        page.get_by_text(name, exact=True).first.wait_for()
    page.keyboard.press("Escape")


def test_a_load_step_has_a_row_and_a_click_shows_it_alone(tab: Tab) -> None:
    page = tab.open("overlay", run=RUN)
    first, second = expected_steps.load_steps(1)
    rows = tab.rows(steps.TITLE)
    assert [row[3] for row in rows] == [str(first[5]), str(second[5])]
    assert rows[0][9].startswith("gen-a") or rows[0][9].startswith("shop-db")
    clock = datetime.fromtimestamp(second[0] / 1_000, UTC).strftime("%H:%M:%S")
    page.get_by_role("link", name=clock).click()
    begin = datetime.fromtimestamp(second[0] / 1_000, UTC).isoformat("T", "milliseconds")
    page.wait_for_url(f"**from={begin.removesuffix('+00:00')}Z**")
    asked = parse_qs(urlsplit(page.url).query)
    assert _range_ms(asked) == (second[0], second[0] + second[1] * 1_000)
    assert asked["var-run"] == [RUN]


def _range_ms(asked: dict[str, list[str]]) -> tuple[float, float]:
    """Return the range in a board's address: Grafana makes dates of a link's numbers, but later."""

    def read(text: str) -> float:
        return float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp() * 1000

    return read(asked["from"][0]), read(asked["to"][0])


def test_runs_are_listed_and_a_click_opens_the_run_in_its_range(tab: Tab) -> None:
    page = tab.open("runs")
    title = boards.panels("runs")[0]["title"]
    listed = {cells[0]: cells for cells in tab.rows(title)}
    ours = listed[RUN]
    count = f"{len(recorded.of_run()):,}"
    about = [recorded.TEST, recorded.LABEL, surroundings.COMMIT]
    assert ours[1:7] == [*about, "12", "00:01:34", count]
    errors = sum(error.count for error in recorded.USER_ERRORS if error.run == RUN)
    assert ours[8] == surroundings.AUDIT["said"]
    assert ours[10] == str(errors)
    # Its id is no text that a query could hold, so that no board could open it.
    assert recorded.OTHER_RUN not in listed
    assert listed[grafana.SLOW_RUN][8] == "not audited yet"
    page.get_by_role("link", name=RUN).click()
    page.wait_for_url(f"**/d/{config.OVERLAY}**")
    asked = parse_qs(urlsplit(page.url).query)
    begin, end = expected.RANGE_MS
    assert asked["var-run"] == [RUN]
    assert _range_ms(asked) == (begin, end - 750)


def test_description_of_a_panel_leads_to_its_runbook_and_that_to_others(tab: Tab) -> None:
    page = tab.open("runs")
    title = boards.panels("runs")[0]["title"]
    tab.panel(title).locator(DESCRIPTION).first.hover()
    with page.expect_popup() as opened:
        page.get_by_role("link", name=config.WHAT_TO_DO).click()
    runbook = opened.value
    runbook.get_by_text("requests level off while users still rise").wait_for()
    assert parse_qs(urlsplit(runbook.url).query)["viewPanel"] == ["panel-2"]
    runbook.get_by_role("link", name="generators").click()
    runbook.get_by_text("one worker for each core and no more").wait_for()
    assert parse_qs(urlsplit(runbook.url).query)["viewPanel"] == ["panel-5"]
    assert urlsplit(page.url).path.startswith(f"/d/{config.RUNS}"), "the board stays where it was"
    runbook.close()


def test_first_page_is_the_list_of_runs(tab: Tab, server: Grafana) -> None:
    tab.page.goto(server.url)
    tab.panel(boards.panels("runs")[0]["title"]).wait_for()


@pytest.mark.long
def test_other_boards_open_with_the_same_run_and_range(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN)
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.GENERATORS]).click()
    page.wait_for_url(f"**/d/{config.GENERATORS}**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["var-run"] == [RUN]
    begin = datetime.fromtimestamp(T0, UTC)
    assert _range_ms(asked)[0] == begin.timestamp() * 1000


@pytest.mark.long
def test_what_is_picked_is_kept_over_a_board_that_has_no_use_for_it(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN, endpoint=[ITEM[0], SEARCH[0]], worker="worker-1")
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.ENDPOINTS]).click()
    page.wait_for_url(f"**/d/{config.ENDPOINTS}**")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["var-run"], asked["var-worker"]) == ([RUN], ["worker-1"])
    assert set(asked["var-endpoint"]) == {ITEM[0], SEARCH[0]}


def test_the_list_of_runs_is_of_all_runs_again(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN)
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.GENERATORS]).wait_for()
    assert page.get_by_role("menu").get_by_text("Runs", exact=True).count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url(f"**/d/{config.RUNS}**")
    tab.panel(boards.panels("runs")[0]["title"]).wait_for()
    asked = parse_qs(urlsplit(page.url).query)
    assert "var-run" not in asked
    assert asked.get("from", [config.RANGE_OF_RUNS]) == [config.RANGE_OF_RUNS]


def _elsewhere(tab: Tab) -> "Page":
    """Open the overlay with a range that has nothing of its run."""
    address = {"from": "now-5m", "to": "now", "refresh": "5m", "var-run": RUN}
    address["var-endpoint"] = ITEM[0]
    tab.page.goto(f"{tab.url}/d/{config.OVERLAY}?{urlencode(address)}")
    tab.page.get_by_text("went on at another time").wait_for()
    return tab.page


def _is_at_the_run(page: "Page") -> None:
    page.get_by_text("went on at another time").wait_for(state="detached")
    asked = parse_qs(urlsplit(page.url).query)
    begin, end = _range_ms(asked)
    assert (asked["var-run"], asked["var-endpoint"]) == ([RUN], [ITEM[0]])
    assert begin == T0 * 1_000
    assert 0 <= end - (T0 * 1_000 + recorded.EVENTS[-1].ms) <= 1_000


def test_where_a_range_has_nothing_of_a_run_a_click_leads_to_its_time(tab: Tab) -> None:
    page = _elsewhere(tab)
    page.get_by_role("button", name="Dashboard controls menu").click()
    page.get_by_role("link", name=config.TIME_OF_RUN).first.click()
    _is_at_the_run(page)


@pytest.mark.long
def test_the_sentence_that_says_so_leads_there_itself(tab: Tab) -> None:
    page = _elsewhere(tab)
    page.get_by_text("went on at another time").click()
    _is_at_the_run(page)


@pytest.mark.parametrize("others", [[config.UNPICKED], ["queue"]])
def test_the_same_second_stands_at_the_same_place_in_each_panel(
    tab: Tab, others: list[str]
) -> None:
    tab.open("overlay", run=RUN, other_measurement=others)
    for span in (24, 12):
        plots = {
            (box["x"], box["width"])
            for panel in boards.panels("overlay")
            if panel["type"] in ("timeseries", "state-timeline")
            and (panel["gridPos"]["w"], panel["gridPos"]["x"]) == (span, 0)
            if (box := tab.panel(panel["title"]).locator(".u-over").bounding_box())
        }
        assert len(plots) == 1, plots


@pytest.mark.long
def test_comparison_finds_no_difference_between_a_run_and_itself(tab: Tab) -> None:
    """The same run a day before, so that every window lies elsewhere."""
    tab.open("compare", **TWO)
    (table,) = (panel for panel in boards.panels("compare") if panel["type"] == "table")
    together, *others = tab.rows(table["title"])
    rows = {cells[0]: cells for cells in others}
    assert together[0] == config.ALL_ENDPOINTS
    assert together[2] == together[3] == str(len(recorded.of_run()))
    assert set(rows) == {name for name, *_ in expected.endpoint_totals(1)}
    for name, cells in rows.items():
        assert cells[2] == cells[3]
        p95, was, change = cells[4:7]
        if name == recorded.NOTIFY[0]:
            continue  # it has no response times
        assert (p95, change) == (was, "0%"), name


@pytest.mark.long
def test_picked_endpoints_workers_hosts_and_numbers_are_asked_for(tab: Tab) -> None:
    picked: dict[str, str | list[str]] = {
        "run": RUN,
        "endpoint": [ITEM[0], SEARCH[0]],
        "worker": ["worker-0"],
        "host": ["gen-a"],
        "other_measurement": ["statsd_orders_placed"],
        "other_field": ["value"],
    }
    tab.open("overlay", **picked)
    assert as_the_tests_fill_in("overlay", picked) <= tab.asked


@pytest.mark.long
@pytest.mark.parametrize(
    "names", [*((name,) for name in grafana.ODD_NAMES[:8]), grafana.ODD_NAMES[:8]]
)
def test_endpoints_are_picked_by_their_very_names(tab: Tab, names: tuple[str, ...]) -> None:
    """Each has a power of two of requests, so that the sum tells whose they are."""
    picked = {"run": grafana.ODD_RUN, "endpoint": names}
    asked = boards.panel_query("endpoints", "Requests")
    wanted = filled_in(asked, {**NOTHING_PICKED, **picked})

    def answers(response: "Response") -> bool:
        return wanted in queries(response.request)

    with tab.page.expect_response(answers) as got:
        tab.go("endpoints", **picked)
    (frame,) = got.value.json()["results"]["A"]["frames"]
    counted = sum(value for value in frame["data"]["values"][1] if value is not None)
    window = frame["data"]["values"][0][1] - frame["data"]["values"][0][0]
    assert counted * window / 1_000 == sum(2 ** grafana.ODD_NAMES.index(name) for name in names)


@pytest.mark.long
@pytest.mark.parametrize("board", ["overlay", "endpoints", "failures", "generators", "compare"])
def test_board_without_a_run_says_what_to_do(tab: Tab, server: Grafana, board: str) -> None:
    uid = boards.boards()[board]["uid"]
    address = "from=now-5m&to=now&refresh=5m&var-baseline=(none)"
    tab.page.goto(f"{server.url}/d/{uid}?{address}")
    tab.page.get_by_text(config.NOTHING).first.wait_for()
    tab.page.wait_for_load_state("networkidle")
    assert tab.page.locator(ERRORS).count() == 0
    assert tab.page.get_by_text("TypeError").count() == 0


@pytest.mark.long
def test_run_that_has_nothing_to_be_compared_with_is_drawn_alone(tab: Tab) -> None:
    page = tab.open("compare", run=RUN, baseline="(none)")
    assert page.locator(ERRORS).count() == 0
    (table,) = (panel for panel in boards.panels("compare") if panel["type"] == "table")
    names = [name for name, *_ in expected.endpoint_totals(1)]
    rows = tab.rows(table["title"])
    assert sorted(cells[0] for cells in rows) == sorted([config.ALL_ENDPOINTS, *names])
    said = tab.panel("Can these two be compared?").inner_text()
    assert "other run" not in said
    assert "Compared with nothing: no earlier run of this test is over and had requests" in said


def test_what_costs_users_the_most_time_comes_first_and_few_requests_are_marked(tab: Tab) -> None:
    tab.open("endpoints", run=RUN)
    together, *rows = tab.rows("Endpoints, over the whole time range")
    p95 = {(name, method): row[1] for name, method, *row in expected.endpoint_percentiles(1)}
    counts = {(name, method): row[0] for name, method, *row in expected.endpoint_counts(1)}
    wanted = sorted(p95, key=lambda endpoint: -p95[endpoint] * counts[endpoint])
    wanted.remove(("Aggregated", ""))
    assert together[0] == config.ALL_ENDPOINTS
    # Nobody waited for what has no response time.
    assert [cells[0] for cells in rows] == [name for name, _ in [*wanted, recorded.NOTIFY]]
    for name, method, *cells in (together, *rows):
        of_all = name == config.ALL_ENDPOINTS
        requests = counts["Aggregated" if of_all else name, method.replace("-", "")]
        enough = [word for least, word in config.ENOUGH_FOR if requests >= least]
        assert cells[-1] == enough[-1]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("board", ["endpoints", "failures", "compare"])
def test_nothing_scrolls_sideways_and_no_row_is_cut_on_a_small_screen(
    tab: Tab, board: str, theme: str
) -> None:
    page = tab.open(board, theme, **TWO)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    grids = page.get_by_role("grid").all()
    assert len(grids) == sum(panel["type"] == "table" for panel in boards.panels(board))
    for grid in grids:
        assert grid.evaluate("grid => [grid.scrollWidth, grid.scrollHeight]") == grid.evaluate(
            "grid => [grid.clientWidth, grid.clientHeight]"
        )


def test_labels_of_time_have_room_at_both_ends_of_two_runs(tab: Tab) -> None:
    page = tab.open("compare", **TWO)
    plots = page.locator(".uplot").all()
    assert len(plots) == sum(panel["type"] == "trend" for panel in boards.panels("compare"))
    for plot in plots:
        outside = plot.evaluate(
            """plot => {
                const [all, drawn] = [plot, plot.querySelector(".u-over")].map(
                    (one) => one.getBoundingClientRect());
                return [drawn.left - all.left, all.right - drawn.right];
            }"""
        )
        assert min(outside) >= config.HALF_A_LABEL


@pytest.mark.long
def test_a_log_opens_on_warnings_and_errors_and_shows_the_rest_when_asked(tab: Tab) -> None:
    def lines(**picked: str) -> str:
        tab.open("failures", run=RUN, **picked)
        return tab.panel("Log").inner_text()

    (*_, quiet), (*_, loud) = (
        [line.message for line in surroundings.LOG if (line.level == "info") == info and line.host]
        for info in (True, False)
    )
    opened, all_of_it = lines(), lines(level="everything")
    assert f"APPLICATION | shop @ shop-db | {loud}" in opened
    assert not re.search(rf"{quiet}\b", opened)
    assert re.search(rf"APPLICATION \| shop @ shop-db \| {quiet}\b", all_of_it)


@pytest.mark.long
def test_newest_run_is_opened_by_itself(tab: Tab) -> None:
    page = tab.open("overlay")
    assert page.get_by_text(config.NOTHING).count() == 0
    assert any(f'"{RUN}"' in flux or "another run" in flux for flux in tab.asked)
