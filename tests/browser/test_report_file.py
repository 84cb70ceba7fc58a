"""The report: the same page in one file, opened from disk."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.conftest import Seen, cells, drawn, until
from tests.browser.recording import Recording, ask, write_small_run
from tests.fixtures.server_process import COMMAND

Look = Callable[..., Seen]


def report(recording: Recording, out: Path, *options: str) -> str:
    """Write the report of *recording* to *out* as a user does; return what was said."""
    done = subprocess.run(
        [*COMMAND, "report", recording.run, "--out", str(out), *options],
        env={**os.environ, "INFLUXDB_V2_URL": recording.url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_report_opened_from_disk_asks_nobody_and_shows_the_store_s_numbers(
    look: Look, recording: Recording, tmp_path: Path
) -> None:
    write_small_run(recording)
    out = tmp_path / "report.html"
    assert str(out) in report(recording, out)
    seen = look()
    page = seen.open(out.as_uri())
    page.wait_for_selector("#chart .legend")
    assert [url for url in seen.requested if not url.startswith("data:")] == [out.as_uri()]
    for query, column in (("requests_per_second", "value"), ("percentiles", "p99")):
        rows = ask(recording.url, query, run=recording.run)
        expected = {row["time"]: row[column] for row in rows}
        assert len(expected) == 30
        assert drawn(page, query, column=column) == expected
    totals = ask(recording.url, "endpoint_totals", run=recording.run)
    shown = {row["name"]: float(row["avg_response_time"]) for row in cells(page, "endpoints")}
    assert shown == pytest.approx({row["name"]: row["avg_response_time"] for row in totals})


@pytest.mark.release
@pytest.mark.long
def test_a_report_says_what_its_verdict_rests_on(
    look: Look, recording: Recording, tmp_path: Path
) -> None:
    write_small_run(recording)
    recording.health(5, cpu_percent=97.0)
    recording.health(29.5, final=True, requests_seen=157, requests_lost=7)
    out = tmp_path / "report.html"
    report(recording, out)
    page = look().open(out.as_uri())
    facts = page.inner_text("#facts")
    assert "http://shop.example" in facts
    assert "150" in facts
    assert "15 (10 %)" in facts
    assert "Requests/s\n5\n" in facts
    # Its 150 requests are stored, but the worker says that it saw 157.
    assert "Audit\nincomplete by 7" in facts
    said = page.inner_text("#banners")
    assert "worker-0 lost 7 requests" in said
    assert "partly the generator's own" in said
    assert page.locator("#run").is_hidden()


@pytest.mark.release
@pytest.mark.long
def test_a_report_has_the_tables_of_the_page_and_fits_a_small_screen(
    look: Look, recording: Recording, tmp_path: Path
) -> None:
    write_small_run(recording)
    recording.event("step", 20, user_count=30, stage="3 of 3, sale")
    recording.user_error(3, "KeyError", "shop.py:12 Shopper.buy", 42)
    about = {"run": recording.run, "worker": "worker-0", "name": "/", "method": "GET"}
    phases = {"connect_ms": 4.0, "tls_ms": 8.0, "waiting_ms": 200.0, "receiving_ms": 40.0}
    fields = {"requests": 4, "connections": 1, **phases}
    recording.write([recording.point("locust_phases", about, fields, 5)])
    out = tmp_path / "report.html"
    report(recording, out)
    page = look().open(out.as_uri())
    told = ask(recording.url, "load_steps", run=recording.run)
    steps = cells(page, "steps")
    assert [int(row["requests"]) for row in steps] == [row["requests"] for row in told]
    assert len(steps) == 3
    assert "sale" in page.inner_text("#steps")
    (error,) = cells(page, "user-errors")
    assert (error["exception"], error["count"]) == ("KeyError", "42")
    assert "shop.py:12 Shopper.buy" in page.inner_text("#user-errors")
    assert page.locator("#ranges .range").count() == 3
    apart = {row["name"] for row in ask(recording.url, "outcomes", run=recording.run)}
    assert {row["name"] for row in cells(page, "outcomes")} == apart != set()
    (home,) = (row for row in cells(page, "phases") if row["name"] == "/")
    assert float(home["waiting"]) == 50.0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.release
@pytest.mark.long
def test_a_report_of_a_part_says_so_and_shades_what_it_leaves_out(
    look: Look, recording: Recording, tmp_path: Path
) -> None:
    write_small_run(recording)
    # Of the ramp-up: no reason to doubt the numbers of what came later.
    recording.health(5, cpu_percent=97.0)
    out = tmp_path / "report.html"
    report(recording, out, "--from", "10s", "--to", "20s")
    page = look().open(out.as_uri())
    page.wait_for_selector("#chart .legend")
    facts = page.inner_text("#facts")
    assert "Only this part\n10 s: " in facts
    assert "Requests\n50\n" in facts
    assert "Failures\n5 (10 %)" in facts
    assert "Users\n20" in facts
    assert "Audit of the whole run" in facts
    assert "partly the generator's own" not in page.inner_text("#banners")
    assert sum(int(row["requests"]) for row in cells(page, "endpoints")) == 50
    begin, end = ((recording.began + second) * 1_000 for second in (10, 20))
    shown = page.evaluate(
        "() => document.getElementById('chart').layout.shapes"
        ".filter(({type}) => type === 'rect').map(({x0, x1}) => [x0, x1])"
    )
    (_, first), (last, _) = shown
    assert (first, last) == (begin, end)
    assert "shaded" in page.inner_text("#chart-note")
    assert len(drawn(page, "requests_per_second", column="value")) == 30


@pytest.mark.release
@pytest.mark.long
def test_a_report_zooms_without_a_server(look: Look, recording: Recording, tmp_path: Path) -> None:
    write_small_run(recording)
    out = tmp_path / "report.html"
    report(recording, out)
    page = look().open(out.as_uri())
    box = page.locator("#chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=4)
    page.mouse.up()
    button = page.get_by_role("button", name="Whole run")
    button.click()
    until(page, button.is_hidden, "the whole run again")


@pytest.mark.long
def test_a_hostile_name_stays_text_in_the_file(
    look: Look, recording: Recording, tmp_path: Path
) -> None:
    hostile = "</script><script>window.hacked = 1</script>\u2028"
    recording.test = hostile
    recording.start()
    recording.requests(1, {(hostile, "GET"): [5.0]})
    recording.users(1, {"Browser": 1})
    recording.event("stop", 2)
    out = tmp_path / "report.html"
    report(recording, out)
    page = look().open(out.as_uri())
    page.get_by_role("rowheader", name="</script><script>window.hacked").first.wait_for()
    assert page.evaluate("() => window.hacked") is None
    assert "</script>" in page.title()
