"""What boards answer: numbers, rows and lines, as they stand in the recorded run."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from dashboards import config, phases, ranges
from dashboards.boards import failures
from tests.browser.boards.conftest import ERRORS, TWO, Columns, Tab
from tests.browser.conftest import until
from tests.fixtures import boards, expected, recorded, surroundings
from tests.fixtures.grafana import SLOW_RUN
from tests.fixtures.recorded import RUN

if TYPE_CHECKING:
    from playwright.sync_api import Locator


@pytest.mark.long
def test_overlay_shows_the_endpoints_and_what_the_audit_found(tab: Tab) -> None:
    tab.open("overlay", run=RUN)
    together, *rows = tab.rows("Endpoints, over the whole time range")
    totals = expected.endpoint_totals(1)
    shown = {boards.in_short(n): str(count) for n, _, count, *_ in totals}
    assert {cells[0]: cells[3] for cells in rows} == shown
    assert (together[0], together[3]) == (config.ALL_ENDPOINTS, str(len(recorded.of_run())))
    said = tab.panel("Can this measurement be trusted?").inner_text()
    assert f"Data: {surroundings.AUDIT['line']}" in said
    assert f"Generators: {surroundings.AUDIT['generators_line']}" in said
    assert "Clocks agree" in said


@pytest.mark.release
@pytest.mark.long
def test_comparison_finds_no_difference_between_a_run_and_itself(tab: Tab) -> None:
    """The same run a day before, so that every window lies elsewhere."""
    tab.open("compare", **TWO)
    (table,) = (panel for panel in boards.panels("compare") if panel["type"] == "table")
    together, *others = tab.rows(table["title"])
    rows = {cells[0]: cells for cells in others}
    assert together[0] == config.ALL_ENDPOINTS
    assert together[2] == together[3] == str(len(recorded.of_run()))
    assert set(rows) == {boards.in_short(name) for name, *_ in expected.endpoint_totals(1)}
    for name, cells in rows.items():
        assert cells[2] == cells[3]
        p95, was, change = cells[4:7]
        if name == recorded.NOTIFY[0]:
            continue  # it has no response times
        assert (p95, change) == (was, "0.0%"), name


@pytest.mark.release
@pytest.mark.long
def test_what_costs_users_the_most_time_comes_first_and_few_requests_are_marked(tab: Tab) -> None:
    tab.open("endpoints", run=RUN)
    together, *rows = tab.rows("Endpoints, over the whole time range")
    p95 = {(name, method): row[1] for name, method, *row in expected.endpoint_percentiles(1)}
    counts = {(name, method): row[0] for name, method, *row in expected.endpoint_counts(1)}
    wanted = sorted(p95, key=lambda endpoint: -p95[endpoint] * counts[endpoint])
    wanted.remove(("Aggregated", ""))
    assert together[0] == config.ALL_ENDPOINTS
    # Nobody waited for what has no response time.
    names = [name for name, _ in [*wanted, recorded.NOTIFY]]
    assert [cells[0] for cells in rows] == list(map(boards.in_short, names))
    shown = zip(("Aggregated", *names), (together, *rows), strict=True)
    for name, (_, method, *cells) in shown:
        requests = counts[name, method.replace("-", "")]
        enough = [word for least, word in config.ENOUGH_FOR if requests >= least]
        assert cells[-1] == enough[-1]


@pytest.mark.release
@pytest.mark.long
def test_a_log_opens_on_warnings_and_errors_and_shows_the_rest_when_asked(tab: Tab) -> None:
    def lines(**picked: str) -> str:
        tab.open("failures", run=RUN, **picked)
        return tab.panel(failures.LOG).inner_text()

    (*_, quiet), (*_, loud) = (
        [line.message for line in surroundings.LOG if (line.level == "info") == info and line.host]
        for info in (True, False)
    )
    opened, all_of_it = lines(), lines(level="everything")
    assert "LOCUST | locust.user.task @ worker-1 | boom" in opened
    assert f"APPLICATION | shop @ shop-db | {loud}" in opened
    assert not re.search(rf"{quiet}\b", opened)
    assert re.search(rf"APPLICATION \| shop @ shop-db \| {quiet}\b", all_of_it)


@pytest.mark.release
@pytest.mark.long
def test_a_run_without_phases_is_told_how_to_record_some(tab: Tab) -> None:
    tab.go("endpoints", run=SLOW_RUN)
    panel = tab.panel(phases.TITLE)
    panel.get_by_text(config.NO_PHASES).wait_for()
    assert "SWARMSCOPE_PHASES=on" in config.NO_PHASES


@pytest.mark.release
@pytest.mark.long
def test_any_response_time_can_be_said_to_satisfy(tab: Tab) -> None:
    """One of those offered, or a number of one's own in the address."""
    for t in ("500", "750"):
        tab.go("endpoints", run=RUN, apdex_t=t)
        panel = tab.panel(ranges.TITLE)
        panel.get_by_text(f"within T, {t} ms: satisfied").wait_for()
        panel.locator(".uplot canvas").first.wait_for()
        assert panel.locator(ERRORS).count() == 0


def leftmost(panel: "Locator") -> float:
    """Return how far to the right the first dot is, of 1; grid and texts are grey, dots are not."""
    canvas = panel.locator(".uplot canvas").first
    canvas.wait_for()
    found: float = canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const of = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            let first = width;
            for (let i = 0; i < of.length; i += 4) {
                const [red, green, blue, seen] = of.slice(i, i + 4);
                const coloured = Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
                if (seen > 100 && coloured) first = Math.min(first, (i / 4) % width);
            }
            return first / width;
        }"""
    )
    return found


@pytest.mark.release
@pytest.mark.long
def test_a_moment_of_which_the_load_is_unknown_has_no_dot(tab: Tab) -> None:
    """Grafana takes it for none: response times of half a second stood above no user at all."""
    panels = [tab.panel(f"Response times against {of}") for of in ("users", "requests/s")]

    def of_one_window(columns: Columns) -> list[list[Any]]:
        """Let the load of all others be unknown."""
        if set(columns) not in ({"time", "users"}, {"time", "requests/s"}):
            return list(columns.values())
        times, load = columns.values()
        kept = max(i for i, one in enumerate(load) if one)
        return [times, [one if i == kept else None for i, one in enumerate(load)]]

    page = tab.open("overlay", run=RUN)
    tab.answer_otherwise(of_one_window)
    tab.go("overlay", run=RUN)
    until(page, lambda: all(0.5 < leftmost(one) < 1 for one in panels), "one moment is drawn")
    tab.answer_truly()
