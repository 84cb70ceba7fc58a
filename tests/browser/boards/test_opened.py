"""Boards are opened: nothing is in error, nothing empty, and what they ask is what tests ask."""

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from dashboards import config
from tests.browser.boards.conftest import ERRORS, HISTORY, TWO, WARNINGS, Tab, queries
from tests.fixtures import boards, encoded, expected, grafana, recorded
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.grafana import EARLIER_RUN, EARLIER_S, Grafana, filled_in
from tests.fixtures.recorded import ITEM, RUN, SEARCH, T0

from swarmscope.queries.counted import NONE

if TYPE_CHECKING:
    from playwright.sync_api import Response

UNSUMMARISED = (RUN, EARLIER_RUN, grafana.SLOW_RUN, grafana.ODD_RUN)
"""Runs that are there, but for one whose id no query could hold."""


@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    "board",
    [
        # The heart; the others take as long again.
        board if board == "overlay" else pytest.param(board, marks=pytest.mark.long)
        for board in boards.boards()
    ],
)
def test_no_panel_is_in_error_and_none_is_empty(tab: Tab, board: str) -> None:
    page = tab.open(board, **TWO)
    assert page.locator(ERRORS).count() == 0
    assert page.locator(WARNINGS).count() == 0
    assert page.get_by_text(config.ELSEWHERE).count() == 0
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
    if board == "trend":
        # The one history that there is in this range.
        found_out |= {"test": recorded.TEST, "history": HISTORY}
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


@pytest.mark.long_sample(12)
@pytest.mark.long
@pytest.mark.parametrize(
    "names", [*((name,) for name in grafana.ODD_NAMES[:8]), grafana.ODD_NAMES[:8]]
)
def test_endpoints_are_picked_by_their_very_names(tab: Tab, names: tuple[str, ...]) -> None:
    """Each has a power of two of requests, so that the sum tells whose they are."""
    picked = {"run": grafana.ODD_RUN, "endpoint": names}
    asked = boards.panel_query("endpoints", "Requests")
    # Nobody said when it began.
    begun = {"run_start": str(expected.RANGE_MS[0])}
    wanted = filled_in(asked, {**NOTHING_PICKED, **begun, **picked})

    def answers(response: "Response") -> bool:
        return wanted in queries(response.request)

    with tab.page.expect_response(answers) as got:
        tab.go("endpoints", **picked)
    (frame,) = got.value.json()["results"]["A"]["frames"]
    counted = sum(value for value in frame["data"]["values"][1] if value is not None)
    window = frame["data"]["values"][0][1] - frame["data"]["values"][0][0]
    assert counted * window / 1_000 == sum(2 ** grafana.ODD_NAMES.index(name) for name in names)


@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize("board", ["overlay", "endpoints", "failures", "generators", "compare"])
def test_board_without_a_run_says_what_to_do(tab: Tab, server: Grafana, board: str) -> None:
    uid = boards.boards()[board]["uid"]
    address = "from=now-5m&to=now&refresh=5m&var-baseline=(none)"
    tab.page.goto(f"{server.url}/d/{uid}?{address}")
    for panel in boards.panels(board):
        words = panel["fieldConfig"]["defaults"]["noValue"]
        # Limits are drawn where there is nothing that could break them.
        limits = "locust_threshold" in json.dumps(panel["targets"])
        if config.ELSEWHERE in words and panel["type"] not in boards.WORDLESS and not limits:
            tab.panel(panel["title"]).get_by_text(config.ELSEWHERE).first.wait_for()
    tab.page.wait_for_load_state("networkidle")
    assert tab.page.locator(ERRORS).count() == 0
    # What Grafana says where it can't draw nothing.
    for complaint in ("TypeError", "Err"):
        assert tab.page.get_by_text(complaint, exact=True).count() == 0


@pytest.mark.long
@pytest.mark.parametrize("picked", ["", "&var-verdict=complete"], ids=["all", "picked"])
def test_a_list_without_a_run_says_what_to_do_whatever_is_picked(
    tab: Tab, server: Grafana, picked: str
) -> None:
    tab.page.goto(f"{server.url}/d/{config.RUNS}?from=now-5m&to=now&refresh=5m{picked}")
    tab.page.get_by_text(config.NO_RUNS).wait_for()
    assert tab.page.get_by_role("columnheader").count() == 0


@pytest.mark.long
def test_run_that_has_nothing_to_be_compared_with_is_drawn_alone(tab: Tab) -> None:
    page = tab.open("compare", run=RUN, baseline="(none)")
    assert page.locator(ERRORS).count() == 0
    (table,) = (panel for panel in boards.panels("compare") if panel["type"] == "table")
    names = [boards.in_short(name) for name, *_ in expected.endpoint_totals(1)]
    rows = tab.rows(table["title"])
    assert sorted(cells[0] for cells in rows) == sorted([config.ALL_ENDPOINTS, *names])
    said = tab.panel("Can these two be compared?").inner_text()
    assert "other run" not in said
    assert "Compared with nothing: no earlier run of this test is over and had requests" in said


@pytest.mark.long
def test_newest_run_is_opened_by_itself(tab: Tab) -> None:
    page = tab.open("overlay")
    assert page.get_by_text(config.NOTHING).count() == 0
    assert any(f'"{RUN}"' in flux or "another run" in flux for flux in tab.asked)
