"""What users click leads where they want to go, with what they had picked."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from dashboards import config, steps
from tests.browser.boards.conftest import Tab, picked, range_ms
from tests.fixtures import boards, expected, expected_steps, grafana, recorded, surroundings
from tests.fixtures.grafana import Grafana
from tests.fixtures.recorded import ITEM, RUN, SEARCH, T0

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESCRIPTION = "[data-testid='data-testid header-container'] span[tabindex='0']"
"""What shows a panel's description when the mouse is over it."""


@pytest.mark.release
@pytest.mark.long
def test_a_load_step_has_a_row_and_a_click_shows_it_alone(tab: Tab) -> None:
    page = tab.open("overlay", run=RUN)
    first, second = expected_steps.load_steps(1)
    rows = tab.rows(steps.TITLE)
    assert [row[3] for row in rows] == [str(first[6]), str(second[6])]
    assert [row[1].splitlines() for row in rows] == [["8"], ["12", recorded.STAGE]]
    assert rows[0][9].startswith("gen-a") or rows[0][9].startswith("shop-db")
    clock = datetime.fromtimestamp(second[0] / 1_000, UTC).strftime("%H:%M:%S")
    page.get_by_role("link", name=clock).click()
    begin = datetime.fromtimestamp(second[0] / 1_000, UTC).isoformat("T", "milliseconds")
    page.wait_for_url(f"**from={begin.removesuffix('+00:00')}Z**")
    asked = picked(page.url)
    assert range_ms(page.url) == (second[0], second[0] + second[1] * 1_000)
    assert asked["var-run"] == [RUN]


def test_runs_are_listed_and_a_click_opens_the_run_in_its_range(tab: Tab) -> None:
    page = tab.open("runs")
    title = boards.panels("runs")[0]["title"]
    listed = {cells[0]: cells for cells in tab.rows(title)}
    ours = listed[RUN]
    count = f"{len(recorded.of_run()):,}"
    errors = sum(error.count for error in recorded.USER_ERRORS if error.run == RUN)
    assert ours[1:6] == [recorded.TEST, recorded.LABEL, "12", "00:01:34", count]
    assert ours[8:11] == ["not judged", surroundings.AUDIT["said"], str(errors)]
    # Its id is no text that a query could hold, so that no board could open it.
    assert recorded.OTHER_RUN not in listed
    assert listed[grafana.SLOW_RUN][9] == "not audited yet"
    page.get_by_role("link", name=RUN).click()
    page.wait_for_url(f"**/d/{config.OVERLAY}**")
    asked = picked(page.url)
    begin, end = expected.RANGE_MS
    # Of what is over nothing changes: asked each 5 s, a busy store would never have answered.
    assert (asked["var-run"], asked["refresh"]) == ([RUN], [config.REFRESH_OVER])
    assert range_ms(page.url) == (begin, end - 750)


@pytest.mark.release
@pytest.mark.long
def test_the_list_has_the_runs_that_are_picked(tab: Tab) -> None:
    page = tab.open("runs")
    title = boards.panels("runs")[0]["title"]
    run = tab.panel(title).get_by_role("link", name=RUN)
    tab.pick("Data", "not audited")
    run.wait_for(state="detached")
    assert [cells[0] for cells in tab.rows(title)] == [grafana.SLOW_RUN]
    assert picked(page.url)["var-verdict"] == ["not audited"]
    tab.pick("Test", recorded.TEST)
    tab.panel(title).get_by_role("link").first.wait_for(state="detached")
    assert tab.rows(title) == []
    tab.pick("Data", "incomplete")
    run.wait_for()
    assert [cells[0] for cells in tab.rows(title)] == [RUN]


@pytest.mark.long
def test_a_walk_over_the_boards_keeps_run_range_and_what_was_picked(tab: Tab) -> None:
    """From the list to where a run failed, to what it is compared with, and back to the list."""
    page = tab.open("runs")
    listed = range_ms(page.url)
    page.get_by_role("link", name=RUN).click()
    page.wait_for_url(f"**/d/{config.OVERLAY}**")
    page.get_by_role("button", name="Dashboard controls menu").click()
    tab.pick("Worker", "worker-1")
    tab.pick("Host", "gen-a")
    page.keyboard.press("Escape")
    table = tab.panel("Endpoints, over the whole time range")
    link = table.get_by_role("link", name=ITEM[0], exact=True)
    # It is drawn anew a moment after something was picked.
    table.locator("a[href*='var-worker=worker-1'][href*='var-host=gen-a']").first.wait_for()
    link.click()
    page.wait_for_url("**var-endpoint=**")
    asked = range_ms(page.url)
    kept = {"run": [RUN], "endpoint": [ITEM[0]], "worker": ["worker-1"], "host": ["gen-a"]}
    for uid in (config.OVERLAY, config.ENDPOINTS, config.FAILURES_AND_LOGS, config.COMPARE):
        if uid != config.OVERLAY:
            page.get_by_role("button", name="Other boards").click()
            page.get_by_role("link", name=config.TITLES[uid]).click()
            page.wait_for_url(f"**/d/{uid}**")
        tab.panel(boards.panels(_named(uid))[-1]["title"]).wait_for()
        found = picked(page.url)
        assert {name: found.get(f"var-{name}") for name in kept} == kept, uid
        assert range_ms(page.url) == asked, uid
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url(f"**/d/{config.RUNS}**")
    tab.panel(boards.panels("runs")[0]["title"]).wait_for()
    # The list is of all runs: in the minutes of one it would have that one alone, and what is
    # picked of a run is of its endpoints, workers and hosts, which another run needn't have.
    found = picked(page.url)
    assert not found.keys() & {"var-run", "var-endpoint", "var-worker", "var-host"}
    assert range_ms(page.url) == listed != asked
    page.go_back()
    page.wait_for_url(f"**/d/{config.COMPARE}**")
    found = picked(page.url)
    assert {name: found.get(f"var-{name}") for name in kept} == kept
    assert range_ms(page.url) == asked


def _named(uid: str) -> str:
    """Return the file's name of the board *uid*."""
    return next(name for name, board in boards.boards().items() if board["uid"] == uid)


@pytest.mark.release
@pytest.mark.long
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


@pytest.mark.release
@pytest.mark.long
def test_other_boards_open_with_the_same_run_and_range(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN)
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.GENERATORS]).click()
    page.wait_for_url(f"**/d/{config.GENERATORS}**")
    asked = picked(page.url)
    assert asked["var-run"] == [RUN]
    begin = datetime.fromtimestamp(T0, UTC)
    assert range_ms(page.url)[0] == begin.timestamp() * 1000


@pytest.mark.release
@pytest.mark.long
def test_what_is_picked_is_kept_over_a_board_that_has_no_use_for_it(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN, endpoint=[ITEM[0], SEARCH[0]], worker="worker-1")
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.ENDPOINTS]).click()
    page.wait_for_url(f"**/d/{config.ENDPOINTS}**")
    asked = picked(page.url)
    assert (asked["var-run"], asked["var-worker"]) == ([RUN], ["worker-1"])
    assert set(asked["var-endpoint"]) == {ITEM[0], SEARCH[0]}


@pytest.mark.release
@pytest.mark.long
def test_the_list_of_runs_is_of_all_runs_again(tab: Tab) -> None:
    page = tab.open("hosts", run=RUN)
    page.get_by_role("button", name="Other boards").click()
    page.get_by_role("link", name=config.TITLES[config.GENERATORS]).wait_for()
    assert page.get_by_role("menu").get_by_text("Runs", exact=True).count() == 0
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url(f"**/d/{config.RUNS}**")
    tab.panel(boards.panels("runs")[0]["title"]).wait_for()
    asked = picked(page.url)
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
    asked = picked(page.url)
    begin, end = range_ms(page.url)
    assert (asked["var-run"], asked["var-endpoint"]) == ([RUN], [ITEM[0]])
    assert begin == T0 * 1_000
    assert 0 <= end - (T0 * 1_000 + recorded.EVENTS[-1].ms) <= 1_000


@pytest.mark.release
@pytest.mark.long
def test_where_a_range_has_nothing_of_a_run_a_click_leads_to_its_time(tab: Tab) -> None:
    page = _elsewhere(tab)
    page.get_by_role("button", name="Dashboard controls menu").click()
    page.get_by_role("link", name=config.TIME_OF_RUN).first.click()
    _is_at_the_run(page)


@pytest.mark.release
@pytest.mark.long
def test_the_sentence_that_says_so_leads_there_itself(tab: Tab) -> None:
    page = _elsewhere(tab)
    page.get_by_text("went on at another time").click()
    _is_at_the_run(page)
