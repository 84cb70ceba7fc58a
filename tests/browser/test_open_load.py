"""Load that doesn't wait, and transactions, on the live page and in the report."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.browser.conftest import Seen, cells, drawn, traces
from tests.browser.recording import HOME, Recording, ask, run_url, write_small_run
from tests.browser.test_report_file import report

from swarmscope import line_protocol, schema
from swarmscope.line_protocol import Field
from swarmscope.recording import histogram

Look = Callable[..., Seen]
PANELS = ("transactions", "intended")
JOURNEY = "check out </table><script>window.hacked = 1</script>, with a name as long as one may be"


def write_open_run(recording: Recording, *, dropped: int = 3, late: int = 1) -> None:
    """Write ten seconds in which iterations are due, and journeys come to their end."""
    with recording.at_once():
        recording.start()
        for second in range(10):
            recording.requests(second, {HOME: [40.0] * 9 + [900.0]})
            recording.users(second, {"Visitor": 10})
            tags = {"run": recording.run, "worker": "worker-0", "user_class": "Visitor"}
            due: dict[str, Field] = {"due": 10 + dropped, "dropped": dropped, "late": late}
            recording.write([recording.point("locust_arrivals", tags, due, second + 0.5)])
        _buckets(recording, "locust_intended_latency", HOME, [40.0] * 80 + [1_900.0] * 20)
        together = (schema.AGGREGATED, "")
        _buckets(recording, "locust_intended_latency", together, [40.0] * 80 + [1_900.0] * 20)
        _journeys(recording)
        recording.health(10, final=True)
        recording.event("stop", 10)


def _journeys(recording: Recording) -> None:
    times = [300.0] * 38 + [2_500.0] * 2
    tags = {"run": recording.run, "worker": "worker-0", "name": JOURNEY, "method": ""}
    sums: dict[str, Field] = {
        **{"count": 40, "num_failures": 4, "abandoned": 2},
        **{"total_time": sum(times), "min_time": 300.0, "max_time": 2_500.0},
        "total_wait": 40_000.0,
    }
    recording.write([recording.point("locust_transactions", tags, sums, 9)])
    _buckets(recording, "locust_transaction_latency", (JOURNEY, ""), times)


def _buckets(
    recording: Recording, measurement: str, endpoint: tuple[str, str], times: list[float]
) -> None:
    tags = {"run": recording.run, "worker": "worker-0", "name": endpoint[0], "method": endpoint[1]}
    counts = histogram.encode(Counter(map(histogram.index, times)))
    at = recording.began * 1_000_000_000
    recording.write([f"{line_protocol.series(measurement, tags)} {counts} {at}"])


@pytest.mark.release
@pytest.mark.long
def test_transactions_are_the_store_s_and_their_names_stay_text(
    look: Look, recording: Recording
) -> None:
    write_open_run(recording)
    page = look().open(run_url(recording))
    (shown,) = cells(page, "transactions")
    (told,) = ask(recording.url, "transactions", run=recording.run)
    for column, value in told.items():
        if column != "name":
            assert float(shown[column]) == pytest.approx(value, rel=1e-12)
    # Of a bucket's bound and of what was measured the latter is known.
    assert shown["p99"] == shown["max"] == "2500"
    assert page.inner_text("#transactions td.bad") == "4 (10 %)"
    assert page.inner_text("#transactions tbody th") == JOURNEY
    assert page.evaluate("() => window.hacked") is None
    doubtful = page.locator("#transactions td.doubtful").get_attribute("title")
    assert doubtful == "of 40: p99 says something from 100 on"


@pytest.mark.long
def test_iterations_that_were_due_are_drawn_and_what_was_dropped_is_said(
    look: Look, recording: Recording
) -> None:
    write_open_run(recording)
    page = look().open(run_url(recording))
    assert set(drawn(page, "arrivals", outcome="due").values()) == {13}
    assert set(drawn(page, "arrivals", outcome="dropped").values()) == {3}
    fact = "130 due · 100 begun · 30 dropped (23 %) · 10 late"
    assert f"Arrivals\n{fact}" in page.inner_text("#facts")
    assert fact in page.inner_text("#facts .bad")
    said = page.inner_text("#banners")
    assert "The load was less than what was asked for." in said
    assert "Of 130 iterations that were due, 30 (23 %) were dropped, because all users" in said


@pytest.mark.release
@pytest.mark.long
def test_response_times_from_the_intended_start_stand_beside_the_answers(
    look: Look, recording: Recording
) -> None:
    write_open_run(recording)
    page = look().open(run_url(recording))
    shown = {row["name"]: row for row in cells(page, "intended")}
    told = {row["name"]: row for row in ask(recording.url, "intended", run=recording.run)}
    assert shown.keys() == told.keys() == {"/", schema.AGGREGATED}
    for name, row in told.items():
        for column in ("requests", "p50", "p95", "p99", "service_p50", "service_p95"):
            assert float(shown[name][column]) == pytest.approx(row[column], rel=1e-12)
    assert float(shown["/"]["p95"]) > float(shown["/"]["service_p95"])


@pytest.mark.release
@pytest.mark.long
def test_a_run_whose_load_was_what_was_asked_for_has_no_warning(
    look: Look, recording: Recording
) -> None:
    write_open_run(recording, dropped=0, late=0)
    page = look().open(run_url(recording))
    assert page.inner_text("#banners") == ""
    assert "Arrivals\n100 due · 100 begun" in page.inner_text("#facts")
    outcomes = [one["meta"]["outcome"] for one in traces(page) if "outcome" in one["meta"]]
    assert outcomes == ["due"], "of what never was there is no line"


@pytest.mark.long
def test_a_run_without_any_shows_nothing_of_it(look: Look, recording: Recording) -> None:
    write_small_run(recording)
    page = look().open(run_url(recording))
    assert [page.locator(f"#{panel}-panel").is_visible() for panel in PANELS] == [False, False]
    assert "Arrivals" not in page.inner_text("#facts")
    assert not [one for one in traces(page) if one["meta"]["query"] == "arrivals"]


@pytest.mark.release
@pytest.mark.long
def test_nothing_of_it_scrolls_sideways_on_a_small_screen(look: Look, recording: Recording) -> None:
    write_open_run(recording)
    long = "/api/v2/tenants/[tenant]/catalogue/orders/latest/[id]/details"
    _buckets(recording, "locust_intended_latency", (long, "DELETE"), [59_000.0] * 12_000)
    recording.requests(11, {(long, "DELETE"): [12_345.0] * 12_000})
    page = look(viewport={"width": 1280, "height": 800}).open(run_url(recording))
    for panel in PANELS:
        box = f"document.querySelector('#{panel}').parentElement"
        assert page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.release
@pytest.mark.long
def test_a_report_has_all_of_it(look: Look, recording: Recording, tmp_path: Path) -> None:
    write_open_run(recording)
    out = tmp_path / "report.html"
    said = report(recording, out)
    assert "Arrivals     130 due · 100 begun · 30 dropped (23 %) · 10 late" in said
    page = look().open(out.as_uri())
    (shown,) = cells(page, "transactions")
    assert (shown["transactions"], shown["failures"], shown["abandoned"]) == ("40", "4", "2")
    assert {row["name"] for row in cells(page, "intended")} == {"/", schema.AGGREGATED}
    assert "30 dropped (23 %)" in page.inner_text("#facts")
    assert "The load was less than what was asked for." in page.inner_text("#banners")
    assert set(drawn(page, "arrivals", outcome="dropped").values()) == {3}
    assert page.evaluate("() => window.hacked") is None
