"""The board of runs asks for those alone that are picked by test, label and verdict."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from dashboards import config
from tests.fixtures import boards
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

from swarmscope.line_protocol import line, series
from swarmscope.runs.audit import audit
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader

BUCKET = "picked"
NOW = int(time.time())
# By a clock that is ahead: however long these tests take, they go on.
GOING = Told(
    final=False, heard=-3_000, stored=8, counters={"seen": 10, "delivered": 8, "pending": 2}
)
LOST = Told("worker-1", stored=8, counters={"seen": 10, "delivered": 8, "lost": 2})
NO_REQUEST = Told(stored=None, totals=None, counters={"seen": 0, "delivered": 0})
ODD = 'a/b (c), "d" [e]'


def written() -> dict[str, list[str]]:
    """Return runs of two tests, some with a label."""
    runs = {
        "complete": run_lines("complete", NOW, [Told()]),
        "lost": run_lines("lost", NOW - 50, [LOST]),
        "empty": run_lines("empty", NOW - 60, [NO_REQUEST]),
        "unjudged": run_lines("unjudged", NOW - 70, [Told()]),
        "going": run_lines("going", NOW, [GOING], stopped=None, began=2_000),
        "going short": run_lines("going short", NOW, [GOING, LOST], stopped=None, began=2_000),
    }
    runs["lost"] = [text.replace("test=t", "test=other") for text in runs["lost"]]
    for run, test, label in (
        ("complete", "t", "nightly"),
        ("lost", "other", ODD),
        ("going", "t", "two\nlines"),
    ):
        tags = {"run": run, "worker": "master", "event": "start", "test": test}
        start = int(runs[run][0].rpartition(" ")[2])
        runs[run].append(line(series("locust_run", tags), {"label": label}, start))
    return runs


@pytest.fixture(scope="module")
def opened(influx: Influx) -> Iterator[Opened]:
    influx.make_bucket(BUCKET)
    influx.write(BUCKET, [text for texts in written().values() for text in texts])
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=BUCKET)
    with FluxReader(settings) as reader:
        for run in written():
            if run != "unjudged":
                found = audit(reader, run, now_ms=NOW * 1_000)
                keep_record(reader, found, lambda lines: influx.write(BUCKET, lines))
    return Opened(influx, BUCKET, "", ((NOW - 9_000) * 1_000, (NOW + 7_200) * 1_000))


def listed(opened: Opened, **picked: list[str]) -> list[str]:
    """Return the runs that the table shows, from the top: those that both its queries tell of."""
    title = boards.panels("runs")[0]["title"]
    rows = [opened.panel("runs", title, ref, **picked) for ref in ("A", "B")]
    # By this column Grafana tells a table without rows from others.
    assert all(row["listed"] is True for row in rows[0])
    first, second = ([row["run"] for row in of_one] for of_one in rows)
    shown = [run for run in first if run in second]
    # An answer without rows has no columns to be joined by.
    assert (len(first) > len(shown) and len(second) > len(shown)) == bool(picked)
    return shown


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("picked", "wanted"),
    [
        ({}, {"complete", "lost", "empty", "unjudged", "going", "going short"}),
        ({"test": ["other"]}, {"lost"}),
        ({"test": ["other", "t"], "verdict": ["incomplete"]}, {"lost", "going short"}),
        ({"test": ["ot"]}, set()),
        ({"label": ["nightly"]}, {"complete"}),
        ({"label": [ODD, "nightly"]}, {"complete", "lost"}),
        ({"label": ["(none)"]}, {"empty", "unjudged", "going short"}),
        ({"verdict": ["complete"]}, {"complete"}),
        ({"verdict": ["not audited"]}, {"unjudged"}),
        ({"verdict": ["no data to judge"]}, {"empty"}),
        # Also the one of which something is lost already.
        ({"verdict": ["running"]}, {"going", "going short"}),
        ({"verdict": ["pending"]}, set()),
        ({"label": ["nightly"], "verdict": ["running"]}, set()),
    ],
)
def test_the_list_has_those_that_are_picked(
    opened: Opened, picked: dict[str, Any], wanted: set[str]
) -> None:
    assert set(listed(opened, **picked)) == wanted


def test_of_a_list_without_a_run_nothing_is_left_but_what_to_do() -> None:
    """Grafana shows a panel's text where it has no table, and heads where it has an empty one."""
    (panel,) = boards.panels("runs")
    joined, parted, *_ = panel["transformations"]
    assert joined["id"] == "joinByField"
    assert (parted["id"], parted["options"]["fields"]) == ("partitionByValues", ["listed"])
    assert not parted["options"]["keepFields"]
    assert panel["fieldConfig"]["defaults"]["noValue"] == config.NO_RUNS


def test_those_that_go_on_stand_above_newer_ones(opened: Opened) -> None:
    every = listed(opened)
    assert set(every[:2]) == {"going", "going short"}
    assert every[2:] == ["complete", "lost", "empty", "unjudged"]


def test_what_can_be_picked_is_what_there_is(opened: Opened) -> None:
    offered = {
        asked.of: {row["_value"] for row in opened.ask(asked.flux, {})}
        for asked in boards.variable_queries("runs")
        if asked.of in ("test", "label")
    }
    # What holds a line end has no place in an expression.
    assert offered == {"test": {"t", "other"}, "label": {"(none)", "nightly", ODD}}


def test_every_verdict_can_be_picked() -> None:
    (verdict,) = (one for one in boards.variables("runs") if one["name"] == "verdict")
    texts = [option["value"] for option in verdict["options"]]
    assert texts == ["$__all", *config.VERDICTS]
    assert "no data to judge" in texts
