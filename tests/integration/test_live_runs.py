"""Runs that go on: lists say so, windows that aren't over are left out, links stay at now."""

import re
import secrets
import time
from dataclasses import dataclass, replace
from typing import Any

import pytest
from dashboards import config
from tests.fixtures.accounts import Told, master_line, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened
from tests.fixtures.stores import Store

from swarmscope.line_protocol import Field, line, series
from swarmscope.runs.audit import audit
from swarmscope.runs.listing import list_runs
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question
from swarmscope.store.write import post

GOING = [Told(final=False, heard=1)]
WINDOW = 10
EACH_S = 20
"""Requests in each second of a run with a steady load."""
NS = 10**9
RUNS = "Runs: click one to see it over the machines that carried it"
Row = dict[str, Any]


def write(store: Store, lines: list[str]) -> None:
    post(lines, Settings.from_env(store.env), what="", data="")


def audited(store: Store, run: str, now: int) -> None:
    """Keep what the master found of *run* at *now*."""
    found = audit(store.reader, run, now_ms=now * 1_000)
    keep_record(store.reader, found, lambda lines: write(store, lines))


def listed(store: Store, run: str) -> tuple[str, str, bool]:
    """Return what the board of runs says of *run*."""
    rows = store.reader.ask(Question("run_summaries")).records()
    (row,) = (row for row in rows if row["run"] == run)
    return row["audit"], row["why"], row["goes_on"]


def test_a_healthy_run_that_goes_on_is_running_in_every_list(any_store: Store) -> None:
    now = int(time.time())
    write(any_store, run_lines("going", now, GOING, stopped=None))
    assert listed(any_store, "going") == ("running, not audited yet", "", True)
    audited(any_store, "going", now)
    why = "running: 10 requests of 1 worker stored so far"
    assert listed(any_store, "going") == ("running", why, True)
    (found,) = (run for run in list_runs(any_store.reader, 99) if run.run == "going")
    assert (found.audit.said, found.audit.running) == ("running", True)


def test_what_was_said_while_a_run_went_on_is_not_said_of_one_that_fell_silent(
    any_store: Store,
) -> None:
    """Its master was killed: nobody says that it is over, and nobody audits it."""
    then = int(time.time()) - 100
    write(any_store, run_lines("silent", then, GOING, stopped=None))
    audited(any_store, "silent", then)
    assert listed(any_store, "silent") == ("not audited to its end", "", False)


def test_a_run_that_just_stopped_no_longer_runs_and_one_that_starts_again_does(
    any_store: Store,
) -> None:
    now = int(time.time())
    write(any_store, run_lines("stopping", now, GOING, stopped=None))
    audited(any_store, "stopping", now)
    write(any_store, [master_line("stopping", "stop", now)])
    assert listed(any_store, "stopping") == ("not audited to its end", "", False)
    write(any_store, [master_line("stopping", "start", now, subject="again")])
    assert listed(any_store, "stopping")[2]


def steady(run: str, start: int, stop: int) -> list[str]:
    """Return a run of one worker with a steady load from *start* until *stop*, s since 1970."""
    return [master_line(run, "start", start), *seconds(run, "worker-0", start, stop)]


def seconds(
    run: str,
    worker: str,
    start: int,
    stop: int,
    *,
    ended: bool = False,
    each_s: int = EACH_S,
    ms: float = 10.0,
) -> list[str]:
    """Return what *worker* wrote from *start* until *stop*; it says whether it has *ended*."""
    tags = {"run": run, "worker": worker}
    fields = {"count": each_s, "num_failures": each_s, "max_response_time": ms}
    written = []
    for second in range(start, stop):
        at = second * NS
        told: dict[str, Field] = {"requests_seen": 1, "final": ended and second == stop - 1}
        together = {**tags, "name": "Aggregated"}
        written += [
            line(series("locust_stats", together), {**fields, "min_response_time": 10.0}, at),
            line(series("locust_latency", together), {"9.8": 0, "10": each_s}, at),
            line(series("locust_status", {**tags, "status": "500"}), {"count": each_s}, at),
            # With it comes all that was counted before.
            line(series("locust_worker", {**tags, "host": "a"}), told, at + NS),
        ]
    return written


RATES = ("requests_per_second", "failures_per_second", "worker_requests", "status_classes")


@pytest.mark.parametrize("name", [*RATES, "percentiles"])
def test_a_window_that_still_goes_on_is_left_out_until_it_is_whole(
    any_store: Store, name: str
) -> None:
    now = int(time.time())
    start, run = now // WINDOW * WINDOW - 60, f"steady-{name}"
    write(any_store, steady(run, start, now))

    def asked() -> list[Row]:
        stop = int(time.time() * 1_000) + 1_000
        question = Question(name, run, start * 1_000, stop, WINDOW)
        return any_store.reader.ask(question).records()

    rows = asked()
    assert len(rows) >= 5
    assert max(row["time"] for row in rows) + WINDOW * 1_000 == now // WINDOW * WINDOW * 1_000
    if name in RATES:
        assert {row["value"] for row in rows} == {EACH_S}
    write(any_store, [master_line(run, "stop", now)])
    assert max(row["time"] for row in asked()) == (now - 1) // WINDOW * WINDOW * 1_000


def test_a_run_of_which_no_window_is_whole_yet_has_none(any_store: Store) -> None:
    now = int(time.time())
    write(any_store, steady("begun", now, now + 1))
    question = Question("requests_per_second", "begun", window=3_600)
    assert any_store.reader.ask(question).rows == []


@dataclass(frozen=True)
class Behind:
    """A worker that has stored less than another one: up to *seconds* before now."""

    seconds: int
    waited_for: bool
    ended: bool = False
    others: int = 1
    """As far as anybody."""

    def lines(self, run: str, now: int) -> list[str]:
        """Return a run of both."""
        lines = seconds(run, "behind", now - 30, now - self.seconds, ended=self.ended)
        for i in range(1, self.others):
            lines += seconds(run, f"worker-{i}", now - 3, now)
        return [*steady(run, now - 30, now), *lines]

    def until(self, now: int) -> int:
        """Return where the newest window of a second ends."""
        return now - self.seconds if self.waited_for else now


BEHIND = {
    "on its way": Behind(3, waited_for=True),
    "killed": Behind(9, waited_for=False),
    "ended": Behind(3, waited_for=False, ended=True),
    # Five seconds are too many for one of two; more than twenty send several together.
    "one of few": Behind(5, waited_for=False),
    "one of many": Behind(5, waited_for=True, others=24),
}
OF_EACH = pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)


def test_a_run_whose_workers_all_have_finished_is_answered_to_its_end(any_store: Store) -> None:
    now, run = int(time.time()), "finished"
    lines = seconds(run, "worker-0", now - 30, now, ended=True)
    write(any_store, [master_line(run, "start", now - 30), *lines])
    question = Question("requests_per_second", run, window=3_600)
    rows = any_store.reader.ask(question).records()
    assert sum(row["value"] for row in rows) * 3_600 == pytest.approx(30 * EACH_S)


@OF_EACH
def test_a_window_is_drawn_as_soon_as_it_is_whole_of_all_workers_that_go_on(
    any_store: Store, behind: Behind, request: pytest.FixtureRequest
) -> None:
    now, run = int(time.time()), request.node.name
    write(any_store, behind.lines(run, now))
    question = Question("requests_per_second", run, (now - 30) * 1_000, (now + 9) * 1_000, 1)
    rows = any_store.reader.ask(question).records()
    assert max(row["time"] for row in rows) == (behind.until(now) - 1) * 1_000


class Board:
    """Boards on an InfluxDB with a run that goes on."""

    def __init__(self, influx: Influx, lines: list[str], range_ms: tuple[int, int]) -> None:
        self.influx = influx
        self.bucket = influx.make_bucket(secrets.token_hex(4))
        influx.write(self.bucket, lines)
        self.opened = Opened(influx, self.bucket, "", range_ms, WINDOW)


PANELS = (
    ("overlay", "Load, and the machines' CPU"),
    ("overlay", "Failures"),
    ("generators", "Requests by worker"),
)


def test_boards_draw_no_part_of_a_window_on_either_side(influx: Influx) -> None:
    """The range of a board begins and ends anywhere, at each refresh somewhere else."""
    now = int(time.time())
    start = now - 200
    # Neither side of the range is one of a window.
    begin = start // WINDOW * WINDOW + WINDOW + 3
    # It goes on while it is looked at.
    lines = steady("live", start, now + 60)
    live = Board(influx, lines, (begin * 1_000, (now + 1) * 1_000))
    for board, title in PANELS:
        rows = [row for row in live.opened.panel(board, title) if row["_value"] is not None]
        assert {row["_value"] for row in rows} == {EACH_S}, title
        assert len(rows) >= (now - begin) // WINDOW
        assert max(row["_time"].timestamp() for row in rows) + WINDOW >= now
    percentiles = live.opened.panel("overlay", "Response times")
    assert {row["_value"] for row in percentiles} - {None} == {10.0}
    # Of a range in the past as well.
    past = replace(live.opened, range_ms=(begin * 1_000, (begin + 84) * 1_000))
    rows = past.panel("overlay", "Load, and the machines' CPU")
    assert {row["_value"] for row in rows if row["_value"] is not None} == {EACH_S}


DRAWN_AT_ONCE = (
    ("overlay", "Load, and the machines' CPU", "A"),
    ("overlay", "Load, and the machines' CPU", "F"),
    ("overlay", "Failures", "A"),
    ("endpoints", "Requests", "A"),
    ("generators", "Requests by worker", "A"),
)


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("begun_s", [60, 6], ids=["goes on", "has just begun"])
def test_boards_draw_the_window_that_is_being_filled_as_long_as_any_other(
    influx: Influx, begun_s: int
) -> None:
    """With its own seconds alone it would drop. A run younger than a window has none as long."""
    end = int(time.time()) // WINDOW * WINDOW - 3
    filling = end // WINDOW * WINDOW
    lines = steady("live", end - begun_s, end - 2)
    lines += seconds("live", "worker-0", end - 2, end, each_s=2 * EACH_S, ms=500.0)
    board = Board(influx, lines, ((filling - 25) * 1_000, (end + 20) * 1_000)).opened
    for name, title, ref_id in DRAWN_AT_ONCE:
        rows = [row for row in board.panel(name, title, ref_id) if row["_value"] is not None]
        rates = {int(row["_time"].timestamp()): row["_value"] for row in rows}
        whole = {filling - i * WINDOW: EACH_S for i in (1, 2, 3)}
        newest = {filling: (8 * EACH_S + 2 * 2 * EACH_S) / WINDOW}
        assert rates == ({**whole, **newest} if begun_s > WINDOW else {}), title
    times = board.panel("overlay", "Response times")
    highest = [row["_value"] for row in times if row["_field"] == "max" and row["_value"]]
    assert highest == ([10.0, 10.0, 10.0, 500.0] if begun_s > WINDOW else [])


def test_boards_draw_no_part_of_a_window_of_which_a_run_was_recorded(influx: Influx) -> None:
    """Each 5 s a point comes, and with it all five of them."""
    end = int(time.time()) // WINDOW * WINDOW - 3
    there = range(end - 62, end - 2, 5)
    begun = series("locust_run", {"run": "slow", "worker": "master", "event": "start"})
    lines = [line(begun, {"message": "", "resolution": 5}, (end - 62) * NS)]
    for second in there:
        tags = {"run": "slow", "worker": "worker-0"}
        stats = series("locust_stats", {**tags, "name": "Aggregated"})
        lines.append(line(stats, {"count": 5 * EACH_S, "num_failures": 0}, second * NS))
    told = series("locust_worker", {"run": "slow", "worker": "worker-0", "host": "a"})
    lines.append(line(told, {"requests_seen": 1, "final": False}, end * NS))
    board = Board(influx, lines, ((end - 40) * 1_000, (end + 20) * 1_000)).opened
    rows = board.panel("overlay", "Load, and the machines' CPU")
    rates = {int(row["_time"].timestamp()): row["_value"] for row in rows if row["_value"]}
    assert set(rates.values()) == {EACH_S}
    assert max(rates) == end // WINDOW * WINDOW


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("over", "ago", "more"),
    [(False, -20, True), (False, 30, False), (True, -20, False)],
    ids=["it goes on", "in the past", "it is over"],
)
def test_only_of_a_run_that_goes_on_more_is_read_than_whole_windows(
    influx: Influx, over: bool, ago: int, more: bool
) -> None:
    end = int(time.time()) // WINDOW * WINDOW - 3
    lines = [*steady("read", end - 60, end), *([master_line("read", "stop", end)] if over else [])]
    board = Board(influx, lines, ((end - 60) * 1_000, (end - ago) * 1_000)).opened
    for name, title, ref_id in DRAWN_AT_ONCE:
        (asked,) = (a for a in board.queries(name) if (a.of, a.ref_id) == (title, ref_id))
        bounds, _, _ = asked.flux.partition("\nfilled = ")
        flux = f"{bounds}\narray.from(rows: [{{_value: stored_to > drawn_to}}])\n"
        (row,) = board.ask(flux, board.values(name))
        assert row["_value"] is more, title


@OF_EACH
def test_boards_draw_a_window_as_soon_as_it_is_whole_of_all_workers_that_go_on(
    influx: Influx, behind: Behind
) -> None:
    now = int(time.time())
    board = Board(influx, behind.lines("live", now), ((now - 30) * 1_000, (now + 9) * 1_000))
    rows = replace(board.opened, window=1).panel("overlay", "Load, and the machines' CPU")
    drawn = [row["_time"].timestamp() for row in rows if row["_value"] is not None]
    assert max(drawn) == behind.until(now) - 1


@pytest.mark.parametrize("said", [True, False], ids=["its master said so", "all have finished"])
def test_boards_draw_a_run_that_is_over_to_its_stop_at_once(influx: Influx, said: bool) -> None:
    now = int(time.time())
    lines = [master_line("over", "start", now - 30)]
    lines += seconds("over", "worker-0", now - 30, now, ended=not said)
    lines += [master_line("over", "stop", now)] if said else []
    board = Board(influx, lines, ((now - 30) * 1_000, (now + 9) * 1_000)).opened
    # Its last window goes on for a while.
    rows = replace(board, window=3_600).panel("overlay", "Load, and the machines' CPU")
    drawn = sum(row["_value"] for row in rows if row["_value"] is not None)
    assert drawn * 3_600 == pytest.approx(30 * EACH_S)


@pytest.mark.parametrize(
    ("ago", "stopped", "until"), [(1, False, "now"), (100, False, ""), (1, True, "")]
)
def test_a_click_on_a_run_that_goes_on_follows_it(
    influx: Influx, ago: int, stopped: bool, until: str
) -> None:
    now = int(time.time()) - ago + 1
    lines = run_lines("clicked", now, GOING, stopped=None)
    lines += [master_line("clicked", "stop", now)] if stopped else []
    board = Board(influx, lines, ((now - 500) * 1_000, (now + 200) * 1_000)).opened
    (row,) = board.panel("runs", RUNS)
    # The last sign of life: the worker's, or the stop.
    last = now if stopped else now - 1
    assert row["until"] == (until or str(last * 1_000))
    values = board.values("overlay")
    assert values["run_end"] == (until or str((last + 1) * 1_000))
    asked_anew = config.REFRESH_LIVE if until == "now" else config.REFRESH_OVER
    assert (row["refresh"], values["run_refresh"]) == (asked_anew, asked_anew)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (0, r"Data \d s ago: running: 10 requests of 1 worker stored so far"),
        (100, r"Data: not audited to its end; swarmscope audit going"),
    ],
)
def test_the_line_above_a_board_says_running_only_while_somebody_is_heard(
    influx: Influx, ago: int, said: str
) -> None:
    now = int(time.time()) - ago
    lines = run_lines("going", now, GOING, stopped=None)
    board = Board(influx, lines, ((now - 500) * 1_000, (now + 200) * 1_000))
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=board.bucket)
    with FluxReader(settings) as reader:
        found = audit(reader, "going", now_ms=now * 1_000)
        keep_record(reader, found, lambda lines: influx.write(board.bucket, lines))
    (told,) = [row["a_data"] for row in banner(board.opened, "overlay") if "a_data" in row]
    assert re.fullmatch(said, told)


@pytest.mark.long
def test_a_list_is_of_runs_in_its_range_alone(influx: Influx) -> None:
    """What was found of another run is read wherever that began."""
    now = int(time.time()) - 5_000
    board = Board(influx, run_lines("here", now, [Told()]), ((now - 500) * 1_000, now * 1_000))
    influx.write(board.bucket, run_lines("before", now - 9_000, [Told()]))
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=board.bucket)
    with FluxReader(settings) as reader:
        found = audit(reader, "before", now_ms=(now - 9_200) * 1_000)
        keep_record(reader, found, lambda lines: influx.write(board.bucket, lines))
    rows = board.opened.panel("runs", RUNS)
    assert [row["run"] for row in rows] == ["here"]


@pytest.mark.long
def test_a_board_leads_to_its_run_where_its_range_has_nothing_of_it(influx: Influx) -> None:
    now = int(time.time()) - 5_000
    lines = run_lines("before", now, [Told()])
    here = ((now - 500) * 1_000, now * 1_000)
    later = ((now + 500) * 1_000, (now + 900) * 1_000)
    boards = Board(influx, lines, later).opened
    for board in ("overlay", "endpoints", "generators"):
        values = boards.values(board)
        # It is offered all the same.
        assert values["run"] == "before"
        assert int(values["run_start"]) == (now - 401) * 1_000  # type: ignore[arg-type]
        assert values["run_end"] == str((now - 299) * 1_000)
        told = [row["e_elsewhere"] for row in banner(boards, board) if "e_elsewhere" in row]
        assert told == [
            "Run before went on at another time than this board shows: click here to go there"
        ]
        there = banner(replace(boards, range_ms=here), board)
        assert not any("e_elsewhere" in row for row in there)


def banner(boards: Opened, board: str) -> list[Row]:
    """Return all that the panel above the others says on *board*."""
    title = "Can this measurement be trusted?"
    values = boards.values(board)
    asked = [one.flux for one in boards.queries(board) if one.of == title]
    return [row for flux in asked for row in boards.ask(flux, values)]
