"""Lists of runs read one point for each run that is over, and count the points of all others."""

import json
import time
from typing import Any

import pytest
from tests.fixtures import stores
from tests.fixtures.accounts import Told, master_line, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store

from swarmscope.line_protocol import line, series
from swarmscope.report.summary import summary
from swarmscope.runs.audit import audit
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

NOW = int(time.time())
LISTS = ("runs", "run_summaries")
ODD = 'a/b (c)|d "e" [f]{g}^+*?.#'


def write(store: Store, lines: list[str]) -> None:
    post(lines, Settings.from_env(store.env), what="", data="")


def judge(store: Store, run: str) -> bool:
    return keep_record(store.reader, audit(store.reader, run), lambda lines: write(store, lines))


def rows(store: Store, run: str, *, believed: bool = True) -> list[dict[str, object]]:
    """Return the row of *run* in each list."""
    asked = (store.reader.ask(Question(name, believed=believed)).records() for name in LISTS)
    return [row for found in asked for row in found if row["run"] == run]


def fake(store: Store, run: str) -> None:
    """Let the summary of *run* tell what its points don't: where it is read, that shows."""
    (row,) = store.reader.ask(Question("run_audit", run)).records()
    tags = {"run": run}
    told = line(series("locust_run_summary", tags), {"label": "told"}, row["time"] * 10**6)
    write(store, [told])


def label(store: Store, run: str) -> object:
    return rows(store, run)[0]["label"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("run", ["over", ODD])
def test_a_run_that_is_over_is_told_by_its_summary_with_the_same_numbers(
    any_store: Store, run: str
) -> None:
    write(any_store, run_lines(run, NOW, [Told(), Told("worker-1", stored=7)]))
    counted = rows(any_store, run)
    assert judge(any_store, run)
    told, anew = rows(any_store, run), rows(any_store, run, believed=False)
    assert told == anew
    assert [told[0], {**told[1], "audit": "", "why": ""}] == [
        counted[0],
        {**counted[1], "audit": "", "why": ""},
    ]
    fake(any_store, run)
    assert label(any_store, run) == "told"
    assert not judge(any_store, run)


@pytest.mark.long
def test_a_verdict_that_comes_later_shows_beside_the_summary(any_store: Store) -> None:
    write(any_store, run_lines("checked", NOW, [Told()]))
    judge(any_store, "checked")
    fake(any_store, "checked")
    write(any_store, [master_line("checked", "verdict", NOW)])
    assert rows(any_store, "checked")[1]["verdict"] == " verdict"
    assert rows(any_store, "checked") == [
        {**row, **({"label": "told"} if "label" in row else {})}
        for row in rows(any_store, "checked", believed=False)
    ]
    assert label(any_store, "checked") == "told"


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("what", ["requests", "worker", "start"])
def test_a_summary_is_not_believed_once_something_newer_has_come(
    any_store: Store, what: str
) -> None:
    run = f"on-{what}"
    write(any_store, run_lines(run, NOW, [Told()]))
    judge(any_store, run)
    fake(any_store, run)
    assert label(any_store, run) == "told"
    worker = {"run": run, "worker": "worker-0"}
    newer = {
        "requests": line(
            series("locust_stats", {**worker, "name": "Aggregated"}), {"count": 1}, NOW * 10**9
        ),
        "worker": line(
            series("locust_worker", {**worker, "host": "gen-a"}),
            {"requests_seen": 10},
            NOW * 10**9,
        ),
        "start": master_line(run, "start", NOW),
    }
    write(any_store, [newer[what]])
    assert label(any_store, run) == ""
    assert rows(any_store, run) == rows(any_store, run, believed=False)


def test_a_summary_is_not_believed_of_a_part_of_the_run(any_store: Store) -> None:
    write(any_store, run_lines("part", NOW, [Told()]))
    judge(any_store, "part")
    fake(any_store, "part")
    asked = Question("runs", start=(NOW - 401) * 1_000, stop=(NOW - 300) * 1_000)
    (row,) = (row for row in any_store.reader.ask(asked).records() if row["run"] == "part")
    assert (row["label"], row["requests"]) == ("", 5)


def test_a_run_that_goes_on_again_takes_its_summary_back(any_store: Store) -> None:
    # Not when the tests began: one of whose workers nobody has heard for long doesn't go on.
    now = int(time.time())
    write(any_store, run_lines("again", now, [Told()]))
    judge(any_store, "again")
    write(
        any_store,
        [master_line("again", "start", now), *Told(final=False, heard=0).lines("again", now)],
    )
    assert judge(any_store, "again")
    (row,) = any_store.reader.ask(Question("run_audit", "again")).records()
    assert row["final"] is False


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize(
    ("run", "stopped", "heard", "lasted"),
    [
        # A worker's last word, and a verdict, come when it is over.
        ("stopped", 200, 190, 201.0),
        # Nobody said that it is.
        ("silent", None, 290, 111.0),
    ],
)
def test_everybody_says_that_a_run_lasted_as_long(
    any_store: Store, run: str, stopped: int | None, heard: int, lasted: float, *, judged: bool
) -> None:
    """Lists, boards and the summary: from its start to its stop, or to a worker's last word."""
    run = f"{run}-{judged}"
    lines = run_lines(run, NOW, [Told(heard=heard)], stopped=stopped)
    write(any_store, [*lines, master_line(run, "verdict", NOW - 180)])
    if judged:
        judge(any_store, run)
    assert rows(any_store, run)[1]["seconds"] == lasted
    assert summary(any_store.reader, run).seconds == lasted
    listed = json.loads(swarmscope("runs", "--limit", "99", "--json", env=any_store.env).stdout)
    assert [one["seconds"] for one in listed if one["run"] == run] == [lasted]


def test_the_p95_of_a_run_is_that_of_its_seconds_whatever_an_audit_said_before(
    any_store: Store,
) -> None:
    """One that was made when some of them were still to come."""
    run = "replayed"
    write(any_store, run_lines(run, NOW, [Told()]))
    tags = series("locust_latency", {"run": run, "worker": "worker-0", "name": "Aggregated"})
    write(any_store, [line(tags, {"98": 0, "100": 10}, (NOW - 300) * 10**9)])
    (began,) = (row["start"] for row in rows(any_store, run)[:1])
    audited = line(
        series("locust_run_summary", {"run": run}), {"final": False, "p95": 43.7}, began * 10**6
    )
    write(any_store, [audited])
    told = rows(any_store, run)[1]["p95"]
    assert told == pytest.approx(99.9)
    assert told == summary(any_store.reader, run).p95


def test_a_list_takes_the_audit_that_was_kept_and_judges_the_others(any_store: Store) -> None:
    write(any_store, run_lines("kept", NOW, [Told(stored=7)]))
    write(any_store, run_lines("unjudged", NOW, [Told(stored=8)]))
    judge(any_store, "kept")
    listed = swarmscope("runs", "--limit", "99", env=any_store.env).stdout
    said = {row.split()[0]: row for row in listed.splitlines()}
    assert "incomplete by 3: 10 seen = 10 delivered" in said["kept"]
    assert "incomplete by 2: 10 seen = 10 delivered" in said["unjudged"]


def listed(store: Store, newest: int | None = None) -> list[dict[str, Any]]:
    """Return the list of runs, of those that began at once in the order of their names."""
    found = store.reader.ask(Question("runs", newest=newest)).records()
    return sorted(found, key=lambda row: (-row["start"], row["run"]))


def write_odd_runs(store: Store) -> None:
    """Write runs of which it isn't plain how new they are, and what of them must be read."""
    told = [Told()]
    of_unknown_start = [run_lines(f"no start {n}", NOW - n, told)[1:] for n in (0, 5_000)]
    goes_on = run_lines("goes on", NOW, [Told(), Told("worker-1", heard=9_400)], began=9_500)
    points_before_start = run_lines("earlier", NOW, [Told(heard=900)], began=390)
    again = [*run_lines("twice", NOW - 7_000, told), *run_lines("twice", NOW - 5, told)]
    for lines in (*of_unknown_start, goes_on, points_before_start, again):
        write(store, lines)


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_the_newest_runs_are_told_as_in_the_list_of_all(any_store: Store) -> None:
    for number in range(4):
        for run, ago in ((f"new {number}", number), (f"old {number}", 8_000 + number)):
            write(any_store, run_lines(run, NOW - ago, [Told()]))
            if number:
                judge(any_store, run)
    write_odd_runs(any_store)
    judge(any_store, "earlier")
    # Its summary isn't to be believed any more.
    write(any_store, run_lines("new 1", NOW, [Told("worker-1", stored=3)])[3:])
    every = listed(any_store)
    assert len(every) > 12
    for newest in range(1, len(every) + 2):
        assert listed(any_store, newest)[:newest] == every[:newest]


def test_of_many_runs_an_influxdb_reads_the_newest_alone(influx: Influx) -> None:
    with stores.real(influx) as store:
        for number in range(5):
            write(store, run_lines(f"run-{number}", NOW - 600 * number, [Told()]))
            judge(store, f"run-{number}")
        assert [row["run"] for row in listed(store, 2)] == ["run-0", "run-1"]
