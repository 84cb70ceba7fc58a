"""The summary of a run, and the name of its report."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from swarmscope import schema
from swarmscope.errors import NoDataError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.report.contents import WINDOWS, contents_of
from swarmscope.report.html import file_name
from swarmscope.report.summary import summarize
from swarmscope.runs.part import Wanted
from swarmscope.store.question import Question, Reader, Table

START = 1_780_000_000_000

ROWS: dict[str, list[tuple[Any, ...]]] = {
    "runs": [
        ("other", "shop", START, None, "", 1, 1, 0, 1, 0, START, "", "", 1),
        (
            *("mine", "shop", START, START + 100_000, "http://shop", 40, 1_200, 12, 2, 7, START),
            *("nightly", "new pool\x1b[2J,\nold database", 1),
        ),
    ],
    "endpoint_totals": [
        ("/", "GET", 1_000, 0, 5.0, 1.0, 9.0, 10.0, 100.0),
        ("/pay\x1b[2J", "POST", 200, 12, 50.0, 1.0, 900.0, 2.0, 100.0),
        ("socket", "WS", 7, 0, None, None, None, 0.1, 0.0),
    ],
    "endpoint_percentiles": [
        (schema.AGGREGATED, "", 5.25, 61.5, 1_234.4, 1.0, 2_000.0),
        ("/", "GET", 4.0, 8.0, 9.0, 1.0, 10.0),
        ("/pay\x1b[2J", "POST", 40.0, 800.0, 890.0, 1.0, 900.0),
    ],
    "user_errors": [
        ("Shopper", "KeyError", "shop.py:12 Shopper.buy", 4, "KeyError: 'a'"),
        ("Shopper", "OSError", "shop.py:13 Shopper\x1b[2J", 1, ""),
        ("Visitor", "ValueError", "shop.py:14 look", 1, ""),
        ("Visitor", "TypeError", "shop.py:15 look", 1, ""),
    ],
    "worker_strain": [
        ("worker-0", "gen", 20, 0, 0, schema.GENERATOR_CPU_LIMIT, 1.0),
        ("worker-1", "gen", 20, 2, 0, 10.0, schema.GENERATOR_LAG_LIMIT_MS + 1),
    ],
    "host_strain": [("gen", 2, 2, 2, 99.0, 22.0, 2.0)],
    "host_cpu": [
        (START, "gen", "generator", 20.0),
        (START, "shop", "target", 91.0),
        (START + 1_000, "gen", "generator", 61.0),
    ],
    "workers": [
        (START, "worker-0", "gen", schema.GENERATOR_CPU_LIMIT, 1.0, 0.0, 0.0, 0.0, 1),
        (START, "worker-1", "gen", 10.0, schema.GENERATOR_LAG_LIMIT_MS + 1, 0.0, 0.0, 0.0, 1),
        (START, "worker-2", "far", 1.0, 1.0, 5_000.0, 5_000.0, 0.2, 1),
        (START, "worker-3", "far", 1.0, 1.0, -9_000.0, 0.0, -schema.CLOCK_LIMIT_MS - 1, 1),
        (START, schema.MASTER, "gen", 99.0, None, None, None, None, 1),
    ],
}


class Answers(Reader):
    """Answers from `ROWS`, about a run of 100 seconds."""

    def __init__(self, stop: int = START + 100_000) -> None:
        self.stop = stop

    def ask(self, question: Question) -> Table:
        columns = tuple(CATALOGUE[question.name].columns)
        rows = ROWS.get(question.name, [])
        return Table(question.name, columns, rows, question.window or 1, START, self.stop)


def test_a_summary_holds_the_run_s_figures() -> None:
    found = summarize(contents_of(Answers(), "mine"))
    assert (found.requests, found.failures, found.users, found.seconds) == (1_200, 12, 40, 100.0)
    assert (found.p50, found.p95, found.p99) == (5.25, 61.5, 1_234.4)
    assert [(slow.method, slow.p95) for slow in found.slowest] == [("POST", 800.0), ("GET", 8.0)]
    assert [(peak.host, peak.percent) for peak in found.cpu_peaks] == [
        ("shop", 91.0),
        ("gen", 61.0),
    ]


def test_steps_are_said_between_the_responses_and_the_slowest() -> None:
    one = (10.0, 10.0, 100, 10.0, 0, 1.0, 2.0, 3.0, 4.0, 50.0, "shop 50 %", "kept up")
    ROWS["load_steps"] = [
        (START, 10.0, "step", "", *one),
        (START + 10_000, 10.0, "step", "peak\x1b[2J", *one),
    ]
    try:
        found = summarize(contents_of(Answers(), "mine"))
    finally:
        del ROWS["load_steps"]
    titles = [line[:11].strip() for line in found.render().splitlines()]
    at = titles.index("Steps")
    assert titles[at - 1 : at + 4] == ["Responses", "Steps", "", "", "Slowest"]
    assert [step["requests"] for step in found.to_json()["steps"]] == [100, 100]
    assert "\x1b" not in found.render()


def test_arrivals_and_transactions_are_said_where_a_run_has_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = summarize(contents_of(Answers(), "mine")).render()
    assert not re.search("Arrivals|Transactions|intended", usual)
    told: dict[str, list[tuple[Any, ...]]] = {
        "arrivals": [(START, "due", 9.0, 900), (START, "dropped", 0.9, 90)],
        "intended": [(schema.AGGREGATED, "", 810, 5.5, 300.0, 2_000.0, 5.25, 61.5, 1_234.4)],
        "transactions": [
            (f"journey {i}\x1b[2J", i, 0, 0, 9.0, 8.0, 90.0, 99.0, 100.0, 0.0) for i in range(1, 8)
        ],
    }
    for name, rows in told.items():
        monkeypatch.setitem(ROWS, name, rows)
    found = summarize(contents_of(Answers(), "mine"))
    lines = found.render().splitlines()
    # Its title is the longest: what else is said stands below its text.
    assert lines[0].startswith("Run          mine")
    at = lines.index("Arrivals     900 due · 810 begun · 90 dropped (10 %)")
    assert lines[at - 1].startswith("Responses    p50")
    assert lines[at + 1] == (
        " " * 13 + "from the intended start: p50 5.50 ms · p95 300 ms · p99 2,000 ms"
    )
    assert any(
        line.startswith("Warning      Of 900 iterations that were due, 90") for line in lines
    )
    at = next(i for i, line in enumerate(lines) if line.startswith("Transactions"))
    assert lines[at] == (
        "Transactions journey 7\ufffd[2J: 7 ended, p50 8.00 ms · p95 90.0 ms · p99 99.0 ms"
    )
    assert lines[at + 5] == " " * 13 + "and 2 more"
    told_json = found.to_json()
    assert told_json["arrivals"] == {"due": 900, "dropped": 90, "late": 0}
    assert told_json["intended"] == {"p50": 5.5, "p95": 300.0, "p99": 2_000.0}
    assert len(told_json["transactions"]) == 7


def test_exceptions_of_the_locustfile_s_own_code_are_said_the_frequent_ones_first() -> None:
    text = summarize(contents_of(Answers(), "mine")).render()
    place = "shop.py:12 Shopper.buy"
    assert f"Exceptions KeyError 4 times in the code of Shopper, {place}, one says: 'a'" in text
    assert "           OSError once in the code of Shopper, shop.py:13 Shopper�[2J" in text
    assert "           and 1 more" in text


def test_the_text_says_what_was_measured() -> None:
    text = summarize(contents_of(Answers(), "mine")).render(audit="complete: 1,200 requests")
    assert "1,200 (12.0/s), 12 failed (1 %)" in text
    assert "p50 5.25 ms · p95 61.5 ms · p99 1,234 ms" in text
    assert "91 % on shop (target)" in text
    assert "complete: 1,200 requests" in text
    assert "Warning    worker-1 was saturated (2 of 20 seconds; loop lag up to 101 ms)" in text
    assert "Warning    gen was full then (CPU 99 %), by something else: its workers took" in text


def test_the_label_and_the_description_are_said_in_a_line_each() -> None:
    text = summarize(contents_of(Answers(), "mine")).render()
    assert "\nLabel      nightly\nAbout      new pool\ufffd[2J,\ufffdold database\n" in text


def test_a_run_of_which_nobody_said_anything_has_no_line_for_it() -> None:
    text = summarize(contents_of(Answers(), "other")).render()
    assert "Label" not in text
    assert "About" not in text


def test_a_summary_of_a_part_says_nothing_of_what_was_left_out() -> None:
    whole, later = (
        summarize(contents_of(Answers(), "mine", wanted)) for wanted in (Wanted(), Wanted.of("30s"))
    )
    assert whole.drifted
    assert whole.cpu_peaks
    # Their one moment is the run's first.
    assert (later.drifted, later.cpu_peaks) == ((), ())
    assert (later.seconds, later.requests) == (70.0, 1_207)
    assert "\nPart       only 0:00:30 to 0:01:40 after the start" in later.render()


def test_clocks_that_were_off_are_said() -> None:
    text = summarize(contents_of(Answers(), "mine")).render()
    assert "Clock      worker-2's clock was +5,000 ms off; its points are corrected" in text
    assert "Warning    worker-3's points stand -101 ms from the master's clock" in text
    assert "worker-1's clock" not in text


def test_a_name_cannot_move_the_terminal_s_cursor() -> None:
    text = summarize(contents_of(Answers(), "mine")).render()
    assert "\x1b" not in text
    assert "POST /pay\ufffd[2J: p95 800 ms" in text


def test_a_run_that_is_not_there_is_said() -> None:
    with pytest.raises(NoDataError, match="no run 'absent'"):
        contents_of(Answers(), "absent")


def test_only_the_run_itself_is_collected() -> None:
    contents = contents_of(Answers(), "mine")
    assert [row["run"] for row in contents.records("runs")] == ["mine"]


@pytest.mark.parametrize(("seconds", "window"), [(1, 1), (WINDOWS, 1), (WINDOWS + 1, 2)])
def test_a_long_run_has_no_more_windows_than_a_page_can_draw(seconds: int, window: int) -> None:
    contents = contents_of(Answers(START + seconds * 1_000), "mine")
    assert contents.tables["percentiles"].window == window


@pytest.mark.parametrize(
    "run", ["../../etc/passwd", "a/b", r"..\..\x", "C:evil", "", "...", "ü" * 300, "x\0y\nz"]
)
def test_a_report_s_file_name_is_one_part_of_a_path(run: str) -> None:
    name = file_name(run)
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert name.startswith("swarmscope-")
    assert name.endswith(".html")
    assert len(name) < 128
    assert name.isprintable()
