"""*Trend* is used: a point leads to its run, and a test in the list of runs to its points."""

from typing import TYPE_CHECKING

import pytest
from dashboards import config
from tests.browser.boards.conftest import ERRORS, Tab, picked, range_ms
from tests.fixtures.grafana import NIGHTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

TITLE = "Response times, run after run: ci, 20 users"
LIST = "Runs: click one to see it over the machines that carried it"
DOUBTFUL = "complete, doubtful"
FIRST, LAST = NIGHTS[0], NIGHTS[-1]


def months(tab: Tab) -> "Page":
    """Open the board with the runs in the whole of its range."""
    start, stop = FIRST.began * 1_000, (LAST.began + LAST.seconds + 1) * 1_000
    asked = f"var-test=nightly&from={start}&to={stop}&timezone=utc&refresh=5m"
    tab.page.goto(f"{tab.url}/d/{config.TREND}?{asked}")
    tab.panel(TITLE).locator(".uplot canvas").wait_for()
    tab.page.wait_for_load_state("networkidle")
    return tab.page


@pytest.mark.long
def test_a_click_on_a_point_leads_to_the_run_in_its_time(tab: Tab) -> None:
    page = months(tab)
    plot = tab.panel(TITLE).locator(".u-over")
    box = plot.bounding_box()
    assert box
    # The last point is at the right edge of the range, but for its own length.
    x, y = box["width"] - 4, box["height"] / 2
    plot.hover(position={"x": x, "y": y})
    plot.click(position={"x": x, "y": y})
    page.get_by_role("link", name=f"Open run {LAST.run}, commit {LAST.commit}").click()
    page.wait_for_url(f"**/d/{config.OVERLAY}**")
    assert picked(page.url)["var-run"] == [LAST.run]
    begin = LAST.began * 1_000
    assert range_ms(page.url) == (begin, begin + LAST.seconds * 1_000)


@pytest.mark.long
def test_what_is_drawn_are_the_runs_of_one_history(tab: Tab) -> None:
    page = months(tab)
    rows = tab.rows("Its runs, the newest first")
    assert [row[0] for row in rows][:3] == [one.run for one in NIGHTS[:-4:-1]]
    assert rows[0][1] == LAST.commit
    assert {row[7] for row in rows} == {"not judged"}
    assert [row[8] for row in rows][:3] == ["complete", "complete, saturated", DOUBTFUL]
    assert page.locator(ERRORS).count() == 0


@pytest.mark.long
def test_a_test_in_the_list_of_runs_leads_to_its_runs(tab: Tab) -> None:
    page = tab.open("runs")
    tab.panel(LIST).get_by_role("link", name="shop", exact=True).first.click()
    page.wait_for_url(f"**/d/{config.TREND}**")
    assert picked(page.url)["var-test"] == ["shop"]
