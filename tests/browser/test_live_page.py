"""What the live page shows of a run that is over."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tests.browser.conftest import Seen, cells, drawn, traces, until
from tests.browser.recording import Recording, ask, run_url, write_small_run
from tests.fixtures import server_process
from tests.fixtures.server_process import Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = Callable[..., Seen]


def test_lines_are_the_numbers_of_the_store(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    for query, columns in {
        "requests_per_second": ("value",),
        "failures_per_second": ("value",),
        "percentiles": ("p50", "p95", "p99", "max"),
    }.items():
        rows = ask(recording.url, query, run=recording.run)
        for column in columns:
            expected = {row["time"]: row[column] for row in rows}
            assert drawn(page, query, column=column) == expected
    assert set(drawn(page, "requests_per_second").values()) == {5.0}
    assert len(drawn(page, "requests_per_second")) == 30


@pytest.mark.release
@pytest.mark.long
def test_users_are_drawn_by_class(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    assert set(drawn(page, "users", userClass="Browser").values()) == {7}
    assert set(drawn(page, "users", userClass="Buyer").values()) == {3}


@pytest.mark.release
@pytest.mark.long
def test_users_are_seen_below_a_warning_before_anybody_scrolls(
    look: Look, recording: Recording
) -> None:
    write_small_run(recording)
    for second in range(20, 25):
        recording.health(second, loop_lag_ms=1_000.0)
    page = look(viewport={"width": 1280, "height": 800}).open(run_url(recording))
    assert "was saturated" in page.inner_text("#banners")
    plot = page.locator("#chart .cartesianlayer .subplot.xy7").bounding_box()
    assert plot
    assert plot["y"] + plot["height"] <= 800


@pytest.mark.release
@pytest.mark.long
def test_deploys_and_notes_stand_on_the_time_axis(look: Look, server: Server) -> None:
    """As on the boards, beside the run's own events: a deploy explains what comes after it."""
    # An event is of no run: it would stand on the pages of all that are of the same time.
    recording = Recording(server.url, "run-of-yesterday", int(time.time()) - 86_400)
    write_small_run(recording)
    recording.write([recording.point("event", {"kind": "deploy"}, {"text": "shop <1.4>"}, 20)])
    page = look().open(run_url(recording))
    at = (recording.began + 20) * 1_000
    labels = page.locator("#chart .annotation-text").all_text_contents()
    assert "deploy: shop <1.4>" in labels
    assert [one for one in ask(recording.url, "events", run=recording.run) if one["time"] == at]


@pytest.mark.long
def test_host_cpu_is_drawn_by_default(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    rows = ask(recording.url, "host_cpu", run=recording.run, window="1s")
    expected = {row["time"]: row["value"] for row in rows if row["host"] == "gen-a"}
    assert expected
    for panel in ("load", "latency"):
        found = [
            t for t in traces(page) if t["meta"].get("panel") == panel and "gen-a" in t["name"]
        ]
        assert [trace["meta"]["query"] for trace in found] == ["host_cpu"]
        assert dict(zip(found[0]["x"], found[0]["y"], strict=True)) == expected
        assert found[0]["yaxis"] in ("y2", "y5")


@pytest.mark.release
@pytest.mark.long
def test_a_picked_host_metric_is_drawn_over_the_panels_chosen(
    look: Look, recording: Recording
) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    page.locator("#picker summary").click()
    own = page.locator("#picker-options fieldset", has_text="gen-a")
    own.get_by_label("eth0 sent").check()
    own.get_by_label("CPU").uncheck()
    page.get_by_label("requests", exact=True).uncheck()

    def picked() -> list[tuple[str, str, str]]:
        return [
            (t["meta"]["query"], t["meta"]["panel"], t["yaxis"])
            for t in traces(page)
            if "panel" in t["meta"] and "gen-a" in t["name"]
        ]

    until(page, lambda: picked() == [("host_network", "latency", "y6")], "eth0 alone is drawn")
    shown = next(t for t in traces(page) if t["meta"]["query"] == "host_network")
    # Other tests' runs have this machine, too: a second that two share may have grown by nothing.
    rows = ask(recording.url, "host_network", run=recording.run, window="1s")
    sent = ("gen-a", "eth0", "sent")
    told = {
        r["time"]: r["value"] for r in rows if (r["host"], r["interface"], r["direction"]) == sent
    }
    assert dict(zip(shown["x"], shown["y"], strict=True)) == told
    assert 1_000.0 in told.values()


@pytest.mark.release
@pytest.mark.long
def test_what_a_service_tells_is_drawn_over_the_panels_once_it_is_picked(
    look: Look, recording: Recording
) -> None:
    write_small_run(recording)
    told = {"pool_waiting": 3.0, "rss_bytes": 5e7, "cpu_percent": 12.5}
    recording.write([recording.point("app_gauges", {"service": recording.run}, told, 1)])
    page = look().open(run_url(recording))
    page.locator("#picker summary").click()
    own = page.locator("#picker-options fieldset", has_text=f"{recording.run} (service)")
    for name in ("pool_waiting", "rss_MB", "cpu_percent, %"):
        own.get_by_label(name).check()

    def drawn() -> dict[str, tuple[str, list[float]]]:
        found = [t for t in traces(page) if t["meta"]["query"] == "app_gauges"]
        return {
            t["name"].partition(" · ")[0]: (t["yaxis"], t["y"])
            for t in found
            if t["meta"]["panel"] == "load"
        }

    wanted = {
        "pool_waiting": ("y8", [3.0]),
        "rss_MB": ("y8", [50.0]),
        "cpu_percent": ("y2", [12.5]),
    }
    until(page, lambda: drawn() == wanted, "three gauges are drawn, memory beside the counts")


@pytest.mark.long
def test_events_are_marked_on_the_time_axis(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    marks = page.evaluate(
        "() => document.getElementById('chart').layout.annotations.map((a) => [a.x, a.text])"
    )
    began = recording.began * 1_000
    assert marks == [[began, "start"], [began + 10_000, "20 users"], [began + 30_000, "stop"]]
    lines = page.evaluate("() => document.getElementById('chart').layout.shapes.map((s) => s.x0)")
    assert lines == [began, began + 10_000, began + 30_000]


@pytest.mark.long
def test_a_stage_of_a_load_shape_is_marked_by_its_name(look: Look, recording: Recording) -> None:
    """It was marked by its users alone, which are drawn below anyway."""
    write_small_run(recording)
    recording.event("step", 20, user_count=1_000, message="2 of 2, sale: 1,000 users")
    page = look().open(run_url(recording))
    marks = page.evaluate(
        "() => document.getElementById('chart').layout.annotations.map((a) => a.text)"
    )
    assert marks == ["start", "20 users", "2 of 2, sale", "stop"]


@pytest.mark.release
@pytest.mark.long
def test_a_worker_that_left_is_marked_however_much_else_happened_then(
    look: Look, recording: Recording
) -> None:
    """Why the curves change is no "+1" behind a step."""
    write_small_run(recording)
    for event, second in (("step", 19.2), ("worker_leave", 19.6), ("rebalance", 19.9)):
        recording.event(event, second, user_count=40, subject="worker-7")
    tags = {"kind": "fault"}
    recording.write([recording.point("event", tags, {"text": "lock on"}, 19.8)])
    page = look().open(run_url(recording))
    marks = page.evaluate(
        "() => document.getElementById('chart').layout.annotations.map((a) => a.text)"
    )
    assert marks == ["\N{MINUS SIGN} worker-7 +2", "fault: lock on", "start", "20 users", "stop"]


def drag(page: "Page") -> None:
    """Zoom to a part in the middle of the chart."""
    box = page.locator("#chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=4)
    page.mouse.up()


@pytest.mark.release
@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_the_chart_has_the_time_of_its_reader_as_all_else_has(
    look: Look, recording: Recording, zone: str
) -> None:
    """Half an hour off, and behind: it stood twice as far from UTC, and a zoom found nothing."""
    write_small_run(recording)
    page = look(timezone_id=zone).open(run_url(recording))
    here = ZoneInfo(zone)
    seconds = {
        f"{datetime.fromtimestamp(recording.began + second, here):%H:%M:%S}"
        for second in range(-30, 60)
    }
    ticks = page.locator("#chart .xtick text")
    ticks.first.wait_for()
    shown = {text.split()[0] for text in ticks.all_text_contents()}
    assert len(shown) > 2
    assert shown <= seconds
    whole = len(drawn(page, "requests_per_second"))
    drag(page)
    until(page, lambda: 5 < len(drawn(page, "requests_per_second")) < whole, "fewer points")


@pytest.mark.long
def test_zoom_asks_the_store_for_that_range_and_pauses(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    whole = len(drawn(page, "requests_per_second"))
    drag(page)
    until(page, lambda: 5 < len(drawn(page, "requests_per_second")) < whole, "fewer points")
    assert page.inner_text("#status") == "Zoomed: paused"
    assert re.search(r"\d\d:\d\d:\d\d \S \d\d:\d\d:\d\d", page.inner_text(".scope >> nth=0"))
    page.get_by_role("button", name="Whole run").click()
    until(page, lambda: len(drawn(page, "requests_per_second")) == whole, "all points again")


@pytest.mark.release
@pytest.mark.long
def test_a_run_is_chosen_from_the_list_and_kept_in_the_address(
    look: Look, server: Server, recording: Recording
) -> None:
    write_small_run(recording)
    other = Recording(server.url, f"{recording.run}-other", recording.began + 60, test="another")
    write_small_run(other, seconds=12)
    page = look().open(run_url(recording))
    page.locator("#run").select_option(other.run)
    until(page, lambda: "another" in page.inner_text("#facts"), "facts of the other run")
    assert page.url.endswith(f"?run={other.run}")
    assert len(drawn(page, "requests_per_second")) == 12
    page.go_back()
    until(page, lambda: "another" not in page.inner_text("#facts"), "facts of the first run")
    assert page.locator("#run").input_value() == recording.run


@pytest.mark.long
def test_an_unknown_run_is_said_to_be_unknown(look: Look, recording: Recording) -> None:
    write_small_run(recording, seconds=2)
    page = look().open(f"{recording.url}/?run=never-was")
    page.get_by_text("The store holds no run never-was.").wait_for()
    assert page.locator("#run").is_enabled()


@pytest.mark.release
@pytest.mark.long
def test_dark_follows_the_system_until_the_reader_chooses(look: Look, recording: Recording) -> None:
    write_small_run(recording, seconds=3)
    page = look(color_scheme="dark").open(run_url(recording))

    def papers() -> tuple[str, str]:
        chart = page.evaluate("() => document.getElementById('chart').layout.paper_bgcolor")
        body = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        return chart, body

    dark = papers()
    assert dark == ("#171d23", "rgb(15, 20, 24)")
    page.get_by_role("button", name="Theme: auto").click()
    until(page, lambda: papers() == ("#ffffff", "rgb(243, 245, 247)"), "light")
    page.reload()
    page.wait_for_selector("body[data-state=ready]")
    assert papers() == ("#ffffff", "rgb(243, 245, 247)")
    page.get_by_role("button", name="Theme: light").click()
    until(page, lambda: papers() == dark, "dark again")


@pytest.mark.long
def test_names_are_text_whatever_they_hold(look: Look, server: Server) -> None:
    script = "<script>window.hacked = 1</script>"
    image = '<img src=x onerror="window.hacked = 2">'
    hostile = Recording(server.url, f"run {image}", int(time.time()) - 300, test=script)
    hostile.start()
    hostile.requests(
        1, {(script, "GET"): [5.0], (image, "<b>"): [6.0]}, failures={(script, "GET"): 1}
    )
    hostile.users(1, {"<b>Bold</b>&amp;": 2})
    hostile.failure(1, (script, "GET"), image)
    for second in (1, 2):
        hostile.health(second, worker="<i>worker</i>", cpu_percent=99.0)
    hostile.host(1, cpu=5.0, memory=5.0, sent=0, host="<u>host</u>")
    hostile.event("stop", 2, message=script)
    page = look().open(f"{server.url}/")
    page.locator("#run").select_option(hostile.run)
    page.get_by_role("rowheader", name=image).first.wait_for()
    assert {row["name"] for row in cells(page, "endpoints")} == {script, image}
    assert page.get_by_role("cell", name=image).count() >= 1
    legends = page.locator("#chart .infolayer")
    legends.get_by_text("<b>Bold</b>&amp;", exact=True).wait_for()
    legends.get_by_text("CPU · <u>host</u>", exact=True).first.wait_for()
    assert script in page.inner_text("#facts")
    assert "<i>worker</i> was saturated" in page.inner_text("#banners")
    assert page.evaluate("() => window.hacked") is None


def test_an_empty_store_says_how_to_start_and_shows_the_first_run(
    look: Look, tmp_path: Path
) -> None:
    running = server_process.start(tmp_path)
    try:
        page = look().open(running.url)
        assert "No run yet" in page.inner_text("main")
        assert f"INFLUXDB_V2_URL={running.url} locust" in page.inner_text("main")
        first = Recording(running.url, "the-first", int(time.time()) - 10)
        write_small_run(first, seconds=5)
        page.wait_for_selector("body[data-state=ready]")
        assert page.url.endswith("?run=the-first")
    finally:
        running.end()
