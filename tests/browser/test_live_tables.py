"""What the live page lists of a run that is over: endpoints, load steps, answers, workers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.browser.conftest import Seen, cells, until
from tests.browser.recording import CHECKOUT, HOME, Recording, ask, run_url, write_small_run

from swarmscope import schema

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = Callable[..., Seen]


def test_endpoints_table_is_the_store_s(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    shown = {(row["name"], row["method"]): row for row in cells(page, "endpoints")}
    assert set(shown) == {HOME, CHECKOUT}
    tails = {
        (r["name"], r["method"]): r
        for r in ask(recording.url, "endpoint_percentiles", run=recording.run)
    }
    for row in ask(recording.url, "endpoint_totals", run=recording.run):
        endpoint = (row["name"], row["method"])
        for column, value in {**tails[endpoint], **row}.items():
            if isinstance(value, int | float):
                assert float(shown[endpoint][column]) == pytest.approx(value, rel=1e-12)
    assert shown[CHECKOUT]["requests"] == "60"
    assert shown[CHECKOUT]["failures"] == "15"


@pytest.mark.long
def test_load_steps_are_the_store_s_one_after_the_other(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    recording.event("step", 12, user_count=40)
    page = look().open(run_url(recording))
    shown = cells(page, "steps")
    told = ask(recording.url, "load_steps", run=recording.run)
    assert [row["start"] for row in shown] == [str(row["start"]) for row in told]
    for row, right in zip(shown, told, strict=True):
        for column in ("wanted", "requests", "requests_per_second", "p95", "failures"):
            assert float(row[column]) == pytest.approx(right[column], rel=1e-12)
        assert (row["hosts"], row["generators"]) == (right["hosts"], right["generators"])
    users = page.locator("#steps tbody td:nth-child(2)").all_inner_texts()
    # Of the 40 that were wanted, ten ran.
    assert users == ["10", "40 (10 ran)"]
    assert page.locator("#steps td:nth-child(2).bad").all_inner_texts() == ["40 (10 ran)"]


@pytest.mark.release
@pytest.mark.long
def test_load_steps_are_called_by_their_stages_where_a_shape_names_some(
    look: Look, recording: Recording
) -> None:
    """Also on a page that showed the table before there was one."""
    recording.start()
    recording.requests(0, {HOME: [5.0]})
    page = look().open(run_url(recording))
    heads = page.locator("#steps thead th")
    heads.first.wait_for()
    assert "Stage" not in heads.all_inner_texts()
    recording.event("step", 30, user_count=40, stage="2 of 2, <b>sale</b>")
    recording.requests(45, {HOME: [5.0]})
    recording.event("stop", 50)
    until(page, lambda: "Stage" in heads.all_inner_texts(), "a stage is named")
    stages = page.locator("#steps tbody td:nth-child(2)").all_inner_texts()
    assert stages == ["\N{EN DASH}", "<b>sale</b>"]
    for box in ("document.documentElement", "document.querySelector('#steps').parentElement"):
        assert page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0


@pytest.mark.release
@pytest.mark.long
def test_a_step_too_short_to_know_who_ran_misses_nobody(look: Look, recording: Recording) -> None:
    recording.start()
    recording.event("step", 0, user_count=40, spawn_rate=40.0)
    recording.requests(0, {HOME: [5.0]})
    recording.users(0, {"Browser": 20})
    recording.health(3, final=True)
    recording.event("stop", 4)
    page = look().open(run_url(recording))
    assert page.locator("#steps tbody td:nth-child(2)").all_inner_texts() == ["40"]
    assert page.locator("#steps td:nth-child(2).bad").count() == 0


@pytest.mark.long
def test_a_generator_that_was_late_at_spawn_says_what_that_is(
    look: Look, recording: Recording
) -> None:
    write_small_run(recording)
    recording.event("step", 12, user_count=40)
    recording.health(13, loop_lag_ms=1_450.0)
    page = look().open(run_url(recording))
    cell = page.locator("#steps tbody td:last-child").last
    assert cell.inner_text() == "late at spawn"
    assert "while users were started" in (cell.get_attribute("title") or "")


@pytest.mark.long
def test_nothing_scrolls_sideways_on_a_small_screen(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    for box in (
        "document.documentElement",
        "document.querySelector('#steps').parentElement",
        "document.querySelector('#ranges')",
    ):
        assert page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0


@pytest.mark.release
@pytest.mark.long
def test_tables_with_long_names_fit_a_small_screen(look: Look, recording: Recording) -> None:
    long = ("/api/v2/tenants/[tenant]/catalogue/orders/latest/[id]/details", "DELETE")
    recording.start()
    recording.requests(0, {long: [12_345.0] * 2_000}, failures={long: 1_234})
    recording.failure(0, long, f"503 Server Error: Service Unavailable for url: {long[0]}")
    recording.users(0, {"Browser": 1})
    recording.health(0, final=True, requests_seen=1_234_567)
    recording.event("stop", 1)
    page = look(viewport={"width": 1280, "height": 800}).open(run_url(recording))
    over = page.evaluate(
        """[...document.querySelectorAll(".scroll")].map(
             (box) => [box.firstElementChild.id, box.scrollWidth - box.clientWidth])"""
    )
    assert [table for table, pixels in over if pixels] == []


@pytest.mark.release
@pytest.mark.long
def test_of_many_rows_is_said_how_many_there_are_and_long_messages_are_read_whole(
    look: Look, recording: Recording
) -> None:
    """Eighteen are seen of 120, and some systems show a scroll bar only while one scrolls."""
    with recording.at_once():
        recording.start()
        recording.requests(0, {(f"/item/{number}", "GET"): [5.0] for number in range(120)})
        recording.failure(0, HOME, "connection to http://shop.example/ refused: " + "why " * 40)
        recording.users(0, {"Browser": 1})
        recording.event("stop", 1)
    page = look(viewport={"width": 1280, "height": 800}).open(run_url(recording))
    said = page.locator("section:not([hidden]) > h2:has(.rows)").all_inner_texts()
    assert said == [
        "Endpoints 120 rows, scroll for all · whole run",
        "Answers by HTTP status 120 rows, scroll for all · whole run",
        "Failures whole run",
    ]
    message = "document.querySelector('#exceptions td.long')"
    assert page.evaluate(f"{message}.scrollWidth - {message}.clientWidth") == 0
    assert page.evaluate(f"getComputedStyle({message}).whiteSpace") == "normal"


@pytest.mark.release
@pytest.mark.long
def test_percentiles_of_too_few_requests_are_marked(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    shown = {(row["name"], row["method"]): int(row["requests"]) for row in cells(page, "endpoints")}
    assert shown == {HOME: 90, CHECKOUT: 60}
    marked = page.locator("#endpoints td.doubtful")
    titles = [one.get_attribute("title") for one in marked.all()]
    assert sorted(titles) == [f"{n} requests: p99 says something from 100 on" for n in (60, 90)]


@pytest.mark.release
@pytest.mark.long
def test_no_percentile_is_shown_above_a_maximum_that_was_asked_for_a_moment_before(
    look: Look, recording: Recording
) -> None:
    """The table is put together of two answers, and a request can arrive between them."""
    write_small_run(recording)
    seen = look()
    seen.answers("endpoint_totals", max_response_time=0.5)
    page = seen.open(run_url(recording))
    for row in cells(page, "endpoints"):
        assert 0.5 < float(row["p99"]) <= float(row["max_response_time"])


@pytest.mark.release
@pytest.mark.long
def test_a_click_on_a_header_sorts(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    header = page.locator("#endpoints th[data-key=p95]")
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert [row["name"] for row in cells(page, "endpoints")] == ["/checkout", "/"]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert [row["name"] for row in cells(page, "endpoints")] == ["/", "/checkout"]


@pytest.mark.release
@pytest.mark.long
def test_answers_are_listed_by_endpoint_and_status(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    shown = {(row["name"], row["status"]): row for row in cells(page, "statuses")}
    told = ask(recording.url, "endpoint_statuses", run=recording.run)
    assert {(row["name"], row["status"]): str(row["requests"]) for row in told} == {
        endpoint: row["requests"] for endpoint, row in shown.items()
    }
    assert shown[CHECKOUT[0], "503"]["requests"] == "15"
    assert float(shown[CHECKOUT[0], "503"]["share"]) == 0.25
    assert float(shown[HOME[0], "200"]["share"]) == 1
    bad = page.locator("#statuses td.bad").all_inner_texts()
    assert bad == ["503"]


@pytest.mark.long
def test_exceptions_and_workers_are_listed(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    [exception] = cells(page, "exceptions")
    assert (exception["status"], exception["message"]) == ("503", "503 for /checkout")
    [worker] = cells(page, "workers")
    assert (worker["worker"], worker["seen"], worker["final"]) == ("worker-0", "150", "true")


@pytest.mark.release
@pytest.mark.long
def test_ranges_are_the_store_s_and_any_t_can_be_picked(look: Look, recording: Recording) -> None:
    recording.start()
    for second in range(3):
        times = {HOME: [100.0] * 8 + [900.0, 3_000.0], CHECKOUT: [700.0] * 10}
        recording.requests(second, times, failures={HOME: 1}, failed_ms=100.0)
    recording.event("stop", 3)
    page = look().open(run_url(recording))
    said = fared(page)
    assert said == [
        "All endpoints: Apdex 0.63*; within 500 ms 35 %, up to 2,000 ms 55 %, slower 5 %, "
        "failed 5 %",
        "POST /checkout: Apdex 0.50*; within 500 ms 0 %, up to 2,000 ms 100 %, slower 0 %, "
        "failed 0 %",
        "GET /: Apdex 0.75*; within 500 ms 70 %, up to 2,000 ms 10 %, slower 10 %, failed 10 %",
    ]
    page.fill("#apdex-t", "800")
    page.press("#apdex-t", "Enter")
    until(page, lambda: "within 800 ms 85 %" in fared(page)[0], "T is 800 ms")
    key = page.locator("#ranges-key span").all_inner_texts()
    assert key == ["within 800 ms", "up to 3,200 ms", "slower", "failed"]


def fared(page: "Page") -> list[str]:
    """Return what each bar is said to show."""
    bars = page.locator("#ranges .range").all()
    return [bar.get_attribute("aria-label") or "" for bar in bars]


@pytest.mark.release
@pytest.mark.long
def test_what_failed_is_apart_from_what_succeeded_where_anything_did(
    look: Look, recording: Recording
) -> None:
    recording.start()
    recording.requests(0, {HOME: [100.0] * 10, CHECKOUT: [700.0] * 10})
    page = look().open(run_url(recording))
    assert page.locator("#outcomes-panel").is_hidden()
    assert page.locator("#phases-panel").is_hidden()
    recording.requests(1, {HOME: [5.0] + [900.0] * 9}, failures={HOME: 1}, failed_ms=5.0)
    recording.event("stop", 2)
    until(page, page.locator("#outcomes-panel").is_visible, "something failed")
    shown = {row["name"]: row for row in cells(page, "outcomes")}
    # As many failed of "/" alone: all of them together stand above it all the same.
    assert next(iter(shown)) == schema.AGGREGATED
    assert (shown["/"]["succeeded"], shown["/"]["failed"]) == ("19", "1")
    told = {row["name"]: row for row in ask(recording.url, "outcomes", run=recording.run)}
    for column in ("p50", "p95", "failed_p95"):
        assert float(shown["/"][column]) == pytest.approx(told["/"][column], rel=1e-12)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.release
@pytest.mark.long
def test_phases_are_shown_where_workers_recorded_them(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    tags = {"run": recording.run, "worker": "worker-0", "name": "/", "method": "GET"}
    sums = {"connect_ms": 4.0, "tls_ms": 8.0, "waiting_ms": 200.0, "receiving_ms": 40.0}
    fields = {"requests": 4, "connections": 1, **sums}
    recording.write([recording.point("locust_phases", tags, fields, 5)])
    page = look().open(run_url(recording))
    until(page, page.locator("#phases-panel").is_visible, "phases are recorded")
    (home,) = (row for row in cells(page, "phases") if row["name"] == "/")
    found = [float(home[name]) for name in ("connect", "tls", "waiting", "receiving")]
    assert (found, home["connections"]) == ([1.0, 2.0, 50.0, 10.0], "1")
