"""Boards on a small screen: what is seen, what is cut, what stands above what."""

from typing import TYPE_CHECKING

import pytest
from dashboards import config
from tests.browser.boards.conftest import TWO, Tab
from tests.fixtures import boards
from tests.fixtures.grafana import Grafana
from tests.fixtures.recorded import RUN

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
