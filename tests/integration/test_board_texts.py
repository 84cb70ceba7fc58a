"""Long texts in tables of the boards: what tells them apart is seen, and all of them can be."""

import secrets
import time
from typing import Any

import pytest
from dashboards import config
from tests.fixtures.accounts import Told, master_line, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

from swarmscope import schema
from swarmscope.line_protocol import Field, line, series
from swarmscope.runs.audit import audit
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader

NS = 10**9
NAMES = {
    "/api/v2/customers/{customer}/item/007": "/api/v2/c…stomer}/item/007",
    "/api/v2/customers/{customer}/item/008/": "/api/v2/c…tomer}/item/008/",
    "x" * 30 + "1": "x" * 9 + "…" + "x" * 15 + "1",
    "the search for a thing, ünï 🙂, that nobody has": "the searc… that nobody has",
    "/checkout/payment/by-card2": "/checkout/payment/by-card2",
    schema.AGGREGATED: schema.AGGREGATED,
}
"""How they are shown where numbers leave room for 26 signs."""
MESSAGE = "URL http://127.0.0.1:8089/checkout/payment a/b\n" + "a word " * 60 + "its end"
TRACEBACK = (
    'Traceback (most recent call last):\n  File "a.py", line 6, in buy\n'
    "requests.exceptions.MissingSchema: Invalid URL 'nohost.example/basket'\n"
)
RUNS = "Runs: click one to see it over the machines that carried it"
TRUST = "Can this measurement be trusted?"
Row = dict[str, Any]


def opened(influx: Influx, lines: list[str], now: int) -> Opened:
    """Return boards on a bucket with *lines*, of the time before *now*."""
    bucket = influx.make_bucket(secrets.token_hex(4))
    influx.write(bucket, lines)
    return Opened(influx, bucket, "", ((now - 500) * 1_000, (now + 10) * 1_000))


def audited(boards: Opened, run: str, now: int) -> None:
    """Keep what is found of *run* at *now*."""
    store = boards.influx
    settings = Settings(url=store.url, token=store.token, org=store.org, bucket=boards.raw)
    with FluxReader(settings) as reader:
        found = audit(reader, run, now_ms=now * 1_000)
        keep_record(reader, found, lambda lines: store.write(boards.raw, lines))


@pytest.fixture(scope="module")
def boards(influx: Influx) -> Opened:
    """Boards on a run of endpoints with long names, of which one failed with a long message."""
    now = int(time.time()) - 1_000
    lines = [master_line("run", "start", now - 401), master_line("run", "stop", now - 300)]
    tags = {"run": "run", "worker": "worker-0"}
    counts: dict[str, Field] = {"count": 2, "num_failures": 1}
    parts: dict[str, Field] = {"10": 1}
    for name in NAMES:
        of_it = {**tags, "name": name}
        failed = {**of_it, "outcome": "failure"}
        lines += [
            line(series("locust_stats", of_it), counts, (now - 350) * NS),
            line(series("locust_latency", of_it), {"10": 2}, (now - 350) * NS),
            line(series("locust_failed_latency", failed), parts, (now - 350) * NS),
        ]
        if name != schema.AGGREGATED:
            kind = {**of_it, "exception": "E", "status": "500", "reason": "r"}
            told: dict[str, Field] = {"count": 1, "message": MESSAGE}
            lines.append(line(series("locust_exception_stats", kind), told, (now - 350) * NS))
    own = {**tags, "user_class": "Shopper", "exception": "MissingSchema", "place": "a.py:6 buy"}
    let_out: dict[str, Field] = {"count": 3, "message": TRACEBACK}
    lines.append(line(series("locust_user_error", own), let_out, (now - 350) * NS))
    return opened(influx, lines, now)


def shown(boards: Opened, board: str, title: str, ref: str = "A") -> list[Row]:
    """Return the rows of a table; in InfluxDB's answers each line of a text ends as in CSV."""
    rows = boards.panel(board, title, ref, run="run", baseline="run")
    return [
        {k: v.replace("\r\n", "\n") if isinstance(v, str) else v for k, v in row.items()}
        for row in rows
    ]


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("board", "title", "refs"),
    [
        ("overlay", "Endpoints, over the whole time range", "AB"),
        ("endpoints", "Endpoints, over the whole time range", "AB"),
        ("compare", "What changed, endpoint by endpoint", "ABC"),
        ("failures", "Failures, over the whole time range", "A"),
    ],
)
def test_names_that_differ_at_their_ends_alone_are_told_apart(
    boards: Opened, board: str, title: str, refs: str
) -> None:
    """Cut where there is no room, 120 endpoints of one template read alike."""
    for ref in refs:
        rows = shown(boards, board, title, ref)
        wanted = set(NAMES.values()) - ({schema.AGGREGATED} if board == "failures" else set())
        assert {row["name"] for row in rows} == wanted, ref
        # A click picks the name as it is, and where not all of it is seen the mouse shows it.
        assert {row["full"]: row["name"] for row in rows}.items() <= NAMES.items()
        assert {row["cut"] for row in rows if row["name"] != row["full"]} == {
            name for name, shown in NAMES.items() if name != shown
        }
        assert {row["cut"] for row in rows if row["name"] == row["full"]} == {None}
    assert max(map(len, NAMES.values())) == config.LONGEST_NAME


def test_a_long_message_begins_in_its_cell_and_is_whole_over_its_corner(boards: Opened) -> None:
    rows = shown(boards, "failures", "Failures, over the whole time range")
    assert len(rows) == len(NAMES) - 1
    for row in rows:
        assert row["whole"] == MESSAGE
        # An address has its lines, or what is behind a column's width would be seen nowhere.
        begin, host, end = row["message"].partition("8089/")
        assert (begin + host, end[0]) == ("URL http://127.0.0.1:8089/", "\n")
        assert begin + host + end[1:] == MESSAGE.replace("\n", " ")[:120] + "…"


def test_of_a_traceback_its_end_is_seen_and_all_of_it_over_its_corner(boards: Opened) -> None:
    title = "Exceptions in the locustfile, over the whole time range"
    (row,) = shown(boards, "failures", title)
    assert row["message"] == TRACEBACK.splitlines()[-1]
    assert row["whole"] == TRACEBACK


@pytest.mark.long
def test_of_runs_those_have_a_reason_that_are_not_in_order(influx: Influx) -> None:
    now = int(time.time()) - 1_000
    killed = Told(final=False, left=320)
    runs = {
        "good": [Told()],
        "empty": [Told(stored=None, totals=None, counters={"seen": 0, "delivered": 0})],
        "killed": [killed, Told("worker-1")],
        "all killed": [Told(f"worker-{i}", final=False, left=320) for i in range(9)],
    }
    boards = opened(influx, [text for r in runs for text in run_lines(r, now, runs[r])], now)
    for run in runs:
        audited(boards, run, now)
    rows = {row["run"]: row for row in boards.panel("runs", RUNS) if row["run"] in runs}
    assert (rows["good"]["audit"], rows["good"]["why"]) == ("complete", None)
    assert rows["empty"]["why"] == "not one request is known of"
    one = "left and has no final marker, so that an unknown rest may be missing"
    assert rows["killed"]["reasons"] == f"worker-0 {one}"
    assert rows["killed"]["why"] == f"worker-0 {one}"[:50] + "…"
    many = rows["all killed"]
    assert many["reasons"].startswith(f"worker-0 {one}; worker-1")
    assert many["why"] == many["reasons"][:50] + "…"


def test_of_no_request_no_share_is_said_to_have_failed(influx: Influx) -> None:
    """That 0 % of nothing failed is no good news."""
    now = int(time.time()) - 1_000
    steps: dict[str, Field] = {"message": "step", "user_count": 5, "spawn_rate": 5.0}
    tags = {"run": "idle", "worker": "master", "event": "step"}
    aggregated = {"run": "idle", "worker": "worker-0", "name": schema.AGGREGATED}
    nothing: dict[str, Field] = {"count": 0, "num_failures": 0}
    nobody = [Told(stored=None, totals=None, counters={"seen": 0, "delivered": 0})]
    lines = [
        *run_lines("idle", now, nobody),
        line(series("locust_run", tags), steps, (now - 400) * NS),
        line(series("locust_stats", aggregated), nothing, (now - 390) * NS),
    ]
    boards = opened(influx, lines, now)
    (figures,) = boards.panel("overlay", "", run="idle")
    assert (figures["a_requests"], figures["d_failed"]) == (0, None)
    found = boards.panel("overlay", "Load steps: where did it break?", run="idle")
    assert found
    assert {(row["requests"], row["failed"]) for row in found} == {(0, None)}


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize(("ago", "long"), [(0, False), (100, True)])
def test_what_was_pending_at_its_end_is_not_said_to_be_on_its_way_for_ever(
    influx: Influx, ago: int, long: bool
) -> None:
    """A worker was killed, and the master's last audit could not wait for more of it."""
    now = int(time.time()) - ago
    killed = Told(final=False, heard=3, left=2)
    lines = run_lines("killed", now, [killed, Told("worker-1", heard=1)], stopped=0)
    boards = opened(influx, lines, now)
    audited(boards, "killed", now)
    rows = [
        row
        for asked in boards.queries("overlay")
        if asked.of == TRUST
        for row in boards.ask(asked.flux, boards.values("overlay", run="killed"))
    ]
    (told,) = (row["a_data"] for row in rows if "a_data" in row)
    when = " when it was audited last" if long else ""
    assert told.startswith(f"Data: pending{when}, because worker-0 left")
