"""Boards on a small screen: what is seen, what is cut, what stands above what."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from dashboards import config, endpoint_table, ranges
from tests.browser.boards.conftest import TWO, Columns, Tab
from tests.fixtures import boards, recorded, surroundings
from tests.fixtures.grafana import Grafana
from tests.fixtures.recorded import RUN

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BUT_THE_LIST = [name for name in boards.boards() if name != "runs"]
"""The list of runs has more columns than a small screen has room for, and pickers in two rows."""


@pytest.mark.long
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


@pytest.mark.release
@pytest.mark.long
def test_no_runbook_is_scrolled_in_its_panel_on_a_small_screen(
    browser: "Browser", server: Grafana
) -> None:
    """What to do stands at the end, and Grafana's menu beside."""
    tall = Tab(browser, server, height=8_000)
    tall.log_in()
    board = boards.published()["runbooks"]
    tall.page.goto(f"{server.url}/d/{board['uid']}")
    hidden = {}
    for panel in board["panels"]:
        shown = tall.panel(panel["title"])
        shown.locator(".markdown-html").wait_for()
        hidden[panel["title"]] = shown.evaluate(
            """panel => Math.max(...[...panel.querySelectorAll("*")]
                .filter(part => part.clientHeight > 50)
                .map(part => part.scrollHeight - part.clientHeight))"""
        )
    tall.close()
    assert {title: pixels for title, pixels in hidden.items() if pixels > 1} == {}


USUAL = {
    **{"run": "20261126-201240-ab12", "test": "checkout", "label": "release 1.4.2"},
    **{"users": 12_000, "seconds": 86_399, "requests": 12_345_678, "p95": 12_345.6},
    **{"failures": 1_234_567, "verdict": "inconclusive"},
}
"""Of a large run, with an id as masters make them."""
SAID = (
    *("complete", "incomplete by 1,234", "pending by 999", "running", "no data to judge"),
    *("not audited yet", "not audited to its end"),
)


def listed(columns: Columns) -> list[list[Any]]:
    """Return the list of runs with a usual run for each of what can be said of its data."""

    def values(name: str, known: list[Any]) -> list[Any]:
        if name == "run":
            return [f"{USUAL[name]}"[:-1] + str(i) for i in range(len(SAID))]
        return list(SAID) if name == "audit" else [USUAL.get(name, known[0])] * len(SAID)

    if "run" not in columns:
        return list(columns.values())
    return [values(name, known) for name, known in columns.items()]


@pytest.mark.release
@pytest.mark.long
def test_the_list_of_runs_shows_what_is_looked_for_on_a_small_screen(tab: Tab) -> None:
    tab.answer_otherwise(listed)
    tab.go("runs")
    panel = tab.panel(boards.panels("runs")[0]["title"])
    for said in SAID:
        panel.get_by_text(said, exact=True).wait_for()
    tab.answer_truly()
    seen = panel.get_by_role("grid").evaluate(
        """grid => [...grid.querySelectorAll("[role=columnheader], [role=gridcell]")]
            .filter(cell => cell.getBoundingClientRect().right
                <= grid.getBoundingClientRect().right + 1)
            .map(cell => [cell.innerText, cell.scrollWidth <= cell.clientWidth])"""
    )
    heads = ("Run", "Test", "Label", "Users", "Duration", "Requests", "p95", "Failed")
    assert [text for text, _ in seen[:10]] == [*heads, "Verdict", "Data"]
    assert [text for text, whole in seen if not whole] == []
    assert len(seen) == 10 * (1 + len(SAID))


@pytest.mark.release
@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize(
    "board", ["overlay", "endpoints", "failures", "generators", "compare", "trend"]
)
def test_no_head_of_a_table_is_cut_on_a_small_screen(tab: Tab, board: str) -> None:
    """Beside the head by which it is sorted there is an arrow, for which it needs room as well."""
    page = tab.open(board, **TWO)
    cut = page.get_by_role("columnheader").evaluate_all(
        """heads => heads.filter(head => [head, ...head.querySelectorAll("*")]
            .some(part => part.clientWidth && part.scrollWidth > part.clientWidth))
            .map(head => head.innerText)"""
    )
    assert page.get_by_role("columnheader").count() > 0
    assert cut == []


@pytest.mark.release
@pytest.mark.long
def test_the_corner_of_what_was_found_says_why(tab: Tab) -> None:
    page = tab.open("runs")
    cell = page.get_by_role("gridcell", name=surroundings.AUDIT["said"], exact=True)
    cell.locator("[data-testid*='tooltip caret']").hover()
    _, _, why = str(surroundings.AUDIT["line"]).partition(", because ")
    page.get_by_test_id("data-testid tableng tooltip wrapper").get_by_text(why).wait_for()
    page.mouse.move(0, 0)


@pytest.mark.release
@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("width", [1_280, 1_920])
def test_an_address_in_a_message_is_seen_to_its_end(tab: Tab, width: int) -> None:
    """Also where one line has room for all of it: Grafana counts no ends of lines there."""
    address = "URL http://127.0.0.1:18977/\r\ncheckout/payment: code=500"

    def failed(columns: Columns) -> list[list[Any]]:
        texts = {"message": address, "reason": "URL {url} code=#"}
        return [[texts.get(name, one) for one in known] for name, known in columns.items()]

    usual = tab.page.viewport_size
    assert usual
    tab.page.set_viewport_size({**usual, "width": width})
    tab.answer_otherwise(failed)
    tab.go("failures", **TWO)
    cell = tab.page.get_by_role("gridcell").filter(has_text="code=500").first
    cell.wait_for()
    tab.page.wait_for_load_state("networkidle")
    tab.answer_truly()
    high, height = cell.evaluate("one => [one.scrollHeight, one.clientHeight]")
    tab.page.set_viewport_size(usual)
    # But for the pixel of the row's border, which is of the room around the lines.
    assert high <= height + 1


ONE_LINE, TWO_LINES = 35, 55
"""What cells of a table take beside their border, in pixels."""


def heights(tab: Tab, title: str) -> set[int]:
    """Return how high the rows of a table are."""
    rows = tab.panel(title).get_by_role("row").all()[1:]
    return {round(row.evaluate("one => one.firstElementChild.clientHeight")) for row in rows}


@pytest.mark.release
@pytest.mark.long_sample(4)
@pytest.mark.long
@pytest.mark.parametrize(
    ("board", "title"),
    [
        ("endpoints", endpoint_table.TITLE),
        ("compare", "What changed, endpoint by endpoint"),
        # Here the end was cut, and with it what told one of many endpoints from the next.
        ("endpoints", ranges.OUTCOMES),
    ],
)
def test_a_long_name_takes_one_line_on_a_small_screen_and_the_mouse_shows_all(
    tab: Tab, board: str, title: str
) -> None:
    """With two lines each, of 120 endpoints five were seen at once."""
    whole, short = "/api/v2/customers/{customer}/item/007", "/api/v2/c…stomer}/item/007"
    assert len(short) == config.LONGEST_NAME

    def long(columns: Columns) -> list[list[Any]]:
        if "cut" not in columns:
            return list(columns.values())
        ours = [name == recorded.ITEM[0] for name in columns["full"]]
        columns["name"] = [
            short if one else known for one, known in zip(ours, columns["name"], strict=True)
        ]
        columns["cut"] = [
            whole if one else known for one, known in zip(ours, columns["cut"], strict=True)
        ]
        return list(columns.values())

    tab.answer_otherwise(long)
    tab.go(board, **TWO)
    cell = tab.panel(title).get_by_role("gridcell").filter(has_text=short).first
    cell.wait_for()
    tab.page.wait_for_load_state("networkidle")
    tab.answer_truly()
    assert heights(tab, title) == {ONE_LINE}
    wide, width = cell.evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide <= width
    cell.locator("[data-testid*='tooltip caret']").hover()
    shown = tab.page.get_by_test_id("data-testid tableng tooltip wrapper")
    shown.get_by_text(whole).wait_for()
    tab.page.mouse.move(0, 0)


@pytest.mark.release
@pytest.mark.long
def test_a_failure_takes_two_lines_on_a_small_screen_however_long_its_texts_are(tab: Tab) -> None:
    """With a reason of three lines two kinds of failures were seen at once."""
    texts = {"message": "401 Client Error: Unauthorized for url: /basket " * 2}
    texts["reason"] = "# Client Error: Unauthorized for url: {path} " * 2

    def failed(columns: Columns) -> list[list[Any]]:
        return [
            [texts[name]] * len(known) if name in texts and "status" in columns else known
            for name, known in columns.items()
        ]

    tab.answer_otherwise(failed)
    tab.go("failures", **TWO)
    title = "Failures, over the whole time range"
    tab.panel(title).get_by_text("401 Client Error").first.wait_for()
    tab.page.wait_for_load_state("networkidle")
    tab.answer_truly()
    assert heights(tab, title) == {TWO_LINES}
    assert tab.panel(title).get_by_role("row").count() > 4
    reason = tab.panel(title).get_by_role("gridcell").filter(has_text="# Client Error").first
    reason.hover()
    for _ in range(50):
        high, height = reason.evaluate("one => [one.scrollHeight, one.clientHeight]")
        if height > TWO_LINES:
            break
        tab.page.wait_for_timeout(100)
    assert high <= height
    assert height > TWO_LINES, "the mouse shows all of it"
    tab.page.mouse.move(0, 0)


@pytest.mark.release
@pytest.mark.long
def test_what_failed_is_told_whole_on_a_small_screen(tab: Tab) -> None:
    """Of a message with more lines than its cell Grafana may show the middle: three have room."""
    page = tab.open("failures", **TWO)
    name = page.get_by_role("gridcell", name="ConnectionRefusedError", exact=True).first
    end, edge = name.evaluate(
        """cell => {
            const text = document.createRange();
            text.selectNodeContents(cell);
            return [text.getBoundingClientRect().right, cell.getBoundingClientRect().right];
        }"""
    )
    assert end <= edge
    message = tab.panel("Failures, over the whole time range").get_by_text("404 Not Found: at")
    line = message.first.evaluate("one => parseFloat(getComputedStyle(one).lineHeight)")
    assert 3 * line <= TWO_LINES


@pytest.mark.long
def test_what_chance_makes_of_two_runs_has_no_colour(tab: Tab) -> None:
    """A single failure more of a hundred requests was red."""

    def looking(columns: Columns) -> list[list[Any]]:
        if "failed_looks" in columns:
            rows = len(columns["name"])
            columns["failed by"] = [0.2] * rows
            plain = [name == recorded.ITEM[0] for name in columns["full"]]
            columns["failed_looks"] = ['{"color": "inherit"}' if one else "{}" for one in plain]
        return list(columns.values())

    tab.answer_otherwise(looking)
    tab.go("compare", **TWO)
    title = "What changed, endpoint by endpoint"
    changed = tab.panel(title).get_by_role("gridcell", name="20.00%")
    changed.first.wait_for()
    tab.page.wait_for_load_state("networkidle")
    tab.answer_truly()
    colours = {
        row.get_by_role("gridcell").first.inner_text(): row.get_by_role("gridcell").last.evaluate(
            "one => getComputedStyle(one).color"
        )
        for row in tab.panel(title).get_by_role("row").all()[1:]
    }
    plain = tab.panel(title).get_by_role("gridcell").nth(2)
    usual = plain.evaluate("one => getComputedStyle(one).color")
    assert [name for name, colour in colours.items() if colour == usual] == [recorded.ITEM[0]]
    assert len(colours) > 3


@pytest.mark.release
@pytest.mark.long
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


@pytest.mark.long_sample(9)
@pytest.mark.long
@pytest.mark.parametrize("board", BUT_THE_LIST)
def test_on_a_small_screen_nothing_but_two_rows_stands_above_a_board(tab: Tab, board: str) -> None:
    """Switches of marks took two more, and the way to the whole run a third."""
    tab.go(board, **TWO)
    first = tab.panel(boards.panels(board)[0]["title"])
    first.wait_for()
    box = first.bounding_box()
    assert box
    assert box["y"] < 200


@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize(
    ("board", "others"),
    [
        ("overlay", [config.UNPICKED]),
        ("overlay", ["queue"]),
        ("endpoints", []),
        *((board, []) for board in ("failures", "generators", "hosts")),
    ],
)
def test_the_same_second_stands_at_the_same_place_in_each_panel(
    tab: Tab, board: str, others: list[str]
) -> None:
    tab.open(board, run=RUN, **({"other_measurement": others} if others else {}))
    plots = defaultdict(set)
    for panel in boards.panels(board):
        if panel["type"] in ("timeseries", "state-timeline", "heatmap"):
            box = tab.panel(panel["title"]).locator(".u-over").bounding_box()
            assert box, panel["title"]
            at = panel["gridPos"]
            plots[at["w"], at["x"]].add((box["x"], box["width"]))
    assert plots
    assert {place: boxes for place, boxes in plots.items() if len(boxes) > 1} == {}


# Each board in one of the themes.
@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("board", BUT_THE_LIST)
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


@pytest.mark.release
@pytest.mark.long
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
