"""One judge: whatever the situation, every surface says the words of the audit."""

import csv
import json
import secrets
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dashboards import banner
from influxdb_client import InfluxDBClient
from tests.fixtures import boards, encoded, expected, recorded, surroundings
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx
from tests.fixtures.kept_audits import known_record
from tests.fixtures.opened import Opened
from tests.fixtures.recorded import RUN
from tests.fixtures.server_process import store_process, swarmscope, write
from tests.fixtures.situations import CASES, NOW, Case, all_lines, seen

from swarmscope.runs.audit import Audit, Verdict, audit
from swarmscope.runs.judge import PATIENCE_MS
from swarmscope.runs.record import Record, keep_record
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader, script
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question, Reader
from swarmscope.store.write import post

BUCKET = "judged"
UNDECIDED = "judged-by-nobody"
SETTLED = [case for case in CASES if case.stopped is not None and case.stopped > 60]


@dataclass(frozen=True)
class Judged:
    """A store in which each situation has been audited, and its audits kept."""

    env: Mapping[str, str]
    reader: Reader
    found: Mapping[str, Audit]

    def board(self) -> dict[str, dict[str, Any]]:
        """Return the rows of the board of runs."""
        rows = self.reader.ask(Question("run_summaries")).records()
        return {row["run"]: row for row in rows}


def judged(reader: Reader, env: Mapping[str, str]) -> Judged:
    settings = Settings.from_env(env)
    audits = {case.run: audit(reader, case.run, now_ms=NOW * 1_000) for case in CASES}
    for found in audits.values():
        assert keep_record(reader, found, lambda lines: post(lines, settings, what="", data=""))
    return Judged(env, reader, audits)


def lines() -> list[str]:
    """Return every situation, and a run in order that nobody audits."""
    return [*all_lines(), *run_lines(UNDECIDED, NOW, [Told()])]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with store_process(tmp_path_factory.mktemp("store")) as url, HttpReader(url) as reader:
        write(url, lines())
        yield judged(reader, {"INFLUXDB_V2_URL": url})


@pytest.fixture(scope="module")
def influxdb(influx: Influx) -> Iterator[Judged]:
    influx.make_bucket(BUCKET)
    influx.write(BUCKET, lines())
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_ORG": influx.org,
        "INFLUXDB_V2_BUCKET": BUCKET,
    }
    with FluxReader(Settings.from_env(env)) as reader:
        yield judged(reader, env)


@pytest.fixture(params=["embedded", pytest.param("influxdb", marks=pytest.mark.long)])
def store(request: pytest.FixtureRequest) -> Judged:
    """Each of the stores in turn."""
    opened: Judged = request.getfixturevalue(request.param)
    return opened


@pytest.mark.long_sample(6)
@pytest.mark.sample(9)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.run)
def test_each_board_says_what_the_audit_said(store: Judged, case: Case) -> None:
    found = store.found[case.run]
    row = store.board()[case.run]
    if row["goes_on"] or not found.running:
        # Of one that has gone on for a minute without a word it isn't the verdict any more.
        assert (row["audit"], row["why"]) == (found.said, found.line())
        assert row["audit"].startswith("running" if found.in_order else case.verdict)
    (kept,) = store.reader.ask(Question("run_audit", case.run)).records()
    assert (kept["verdict"], kept["said"], kept["line"]) == (
        found.verdict,
        found.said,
        found.line(),
    )
    assert (kept["missing"], kept["workers"]) == (case.missing, len(case.workers))
    assert kept["generators_line"] == found.generators.line()


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("board", ["overlay", "generators", "endpoints"])
def test_the_line_above_a_board_is_the_audit_s_also_where_a_worker_was_killed(
    influxdb: Judged, influx: Influx, board: str
) -> None:
    opened = Opened(influx, BUCKET, "", ((NOW - 3_600) * 1_000, (NOW + 60) * 1_000))
    for case in SETTLED:
        if case.name.startswith("killed") or case.name in ("all there", "lost", "in the spool"):
            said = opened.panel(board, "Can this measurement be trusted?", run=case.run)
            line = f"Data: {influxdb.found[case.run].line()}"
            (shown,) = (row["a_data"] for row in said)
            if time.time() - NOW > PATIENCE_MS / 1_000:
                # In a long session of tests: nobody is heard of any more.
                line = line.replace("pending", banner.LONG_PENDING, 1)
            cut = len(line) > banner.MOST_BESIDE_ABOUT and shown.endswith(banner.MORE)
            assert shown == line or (cut and line.startswith(shown.removesuffix(banner.MORE)))
            assert case.verdict != Verdict.INCOMPLETE or "Data: incomplete" in said[0]["a_data"]


SATURATED = "saturated: worker-0 was saturated: response times are partly its own; and 1 more; "
FULL = "machine-a was full then, by something else: its workers took 3.9 % of it, and so on"


@pytest.mark.parametrize(
    ("line", "most", "begin"),
    [
        (SATURATED + FULL, 120, SATURATED.removesuffix("; ")),
        # Too much would be gone with it.
        (SATURATED + FULL, 160, f"{SATURATED}machine-a was full then, by something else: its"),
        ("a line of words without any semicolon and no end in sight", 50, "a line of words"),
    ],
)
def test_a_line_that_is_too_long_ends_with_a_clause_where_one_ends_near(
    influx: Influx, line: str, most: int, begin: str
) -> None:
    asked = f'import "array"\n\narray.from(rows: [{{told: fitting(text: "{line}")}}])\n'
    body = {"query": banner._fitting(asked, most), "type": "flux"}
    status, answer = influx.call("POST", f"/api/v2/query?org={influx.org}", body)
    assert status == 200, answer
    (_, row, *_) = csv.reader(answer.decode().splitlines())
    assert row[-1].replace("\u200b", "") == begin + banner.MORE


def test_no_board_waits_for_what_the_audit_has(influxdb: Judged, influx: Influx) -> None:
    """A worker that was killed never said that the last it had sent was taken."""
    opened = Opened(influx, BUCKET, "", ((NOW - 3_600) * 1_000, (NOW + 60) * 1_000))
    waited = 0
    for case in SETTLED:
        if case.name.startswith("killed") or case.name in ("all there", "lost", "in the spool"):
            rows = opened.panel("generators", "Delivery, over the whole time range", run=case.run)
            pending = {
                account.worker: account.pending for account in influxdb.found[case.run].accounts
            }
            assert {row["worker"]: row["pending"] for row in rows} == pending
            waited += sum(pending.values())
    assert waited


def test_a_run_that_nobody_audited_is_never_called_complete(store: Judged) -> None:
    assert store.board()[UNDECIDED]["audit"] == "not audited yet"
    assert store.reader.ask(Question("run_audit", UNDECIDED)).records() == []
    assert known_record(store.reader, UNDECIDED) is None


@pytest.mark.long
def test_the_command_line_says_the_same_words(store: Judged) -> None:
    """All at once by the list; those of the audit itself are its own tests'."""
    done = swarmscope("runs", "--json", "--limit", "99", env=store.env)
    said = {run["run"]: (run["audit_line"], run["audit"]) for run in json.loads(done.stdout)}
    assert len(SETTLED) > 20
    for case in SETTLED:
        found = store.found[case.run]
        assert said[case.run] == (found.line(), found.verdict)


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize(
    "name",
    ["all there", "killed worker", pytest.param("in the spool", marks=pytest.mark.long), "nobody"],
)
def test_the_audit_command_ends_with_the_verdict_s_code_and_words(store: Judged, name: str) -> None:
    (case,) = (case for case in CASES if case.name == name)
    done = swarmscope("audit", case.run, "--wait", "0", env=store.env)
    found = store.found[case.run]
    assert done.returncode == found.verdict.exit_code
    assert done.stdout.splitlines()[0] == found.sentence()
    assert found.line() in done.stdout


@pytest.mark.long
def test_a_report_on_a_run_without_a_request_is_written_and_ends_with_no_data(
    store: Judged, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    run = "only-worker-without-any-request"
    done = swarmscope("report", run, "--out", str(out), env=store.env)
    assert done.returncode == 3, done.stderr
    assert store.found[run].line() in done.stdout
    assert store.found[run].line() in out.read_text()


@pytest.mark.long
def test_the_page_s_server_says_the_same_words(embedded: Judged) -> None:
    for case in SETTLED:
        query = urllib.parse.urlencode({"run": case.run})
        address = f"{embedded.env['INFLUXDB_V2_URL']}/api/audit?{query}"
        with urllib.request.urlopen(address, timeout=30) as response:
            told = json.load(response)
        found = embedded.found[case.run]
        assert (told["said"], told["line"]) == (found.said, found.line())


def test_an_audit_is_kept_once_until_it_finds_something_else(store: Judged) -> None:
    run, settings = "healed", Settings.from_env(store.env)
    kept: list[list[str]] = []

    def keep(found: Audit) -> bool:
        def write_them(lines: list[str]) -> None:
            kept.append(lines)
            post(lines, settings, what="", data="")

        return keep_record(store.reader, found, write_them)

    def begin(worker: Told) -> Audit:
        post(run_lines(run, NOW, [worker]), settings, what="", data="")
        return audit(store.reader, run)

    pending = begin(Told(stored=4, counters=seen(10, 4, pending=6)))
    assert [keep(pending), keep(pending)] == [True, False]
    healed = begin(Told())
    assert [keep(healed), keep(healed)] == [True, False]
    assert len(kept) == 2
    assert known_record(store.reader, run) == Record.of(healed)
    assert store.board()[run]["audit"] == "complete"


@pytest.mark.long
@pytest.mark.parametrize("audited", [True, False])
def test_the_board_says_one_p95_of_a_run_in_a_list_of_any_range(
    influx: Influx, *, audited: bool
) -> None:
    """That of its seconds: minutes are coarser, and of a killed worker the last one is missing.

    An audit that isn't final may be from before the last seconds came.
    """
    name = secrets.token_hex(4)
    known = [*encoded.lines(), *surroundings.lines()]
    known = [line for line in known if audited or not line.startswith("locust_run_summary,")]
    influx.write(influx.make_bucket(name), known)
    minutes = [line for line in encoded.minutes() if "worker-2" not in line]
    influx.write(influx.make_bucket(f"{name}_minutes"), minutes)
    (asked,) = (one.flux for one in boards.panel_queries("runs") if "locust_audit" in one.flux)
    filled = filled_in(asked, {**boards.NOTHING_PICKED, "run": RUN, "minutes": f"{name}_minutes"})
    start, stop = expected.RANGE_MS
    told = set()
    for window in (1, 60, 3_600):
        text = script(filled, run=RUN, bucket=name, start=start, stop=stop, window=window)
        with InfluxDBClient(influx.url, influx.token, org=influx.org) as client:
            rows = [record.values for table in client.query_api().query(text) for record in table]
        told |= {(row["p95"], row["audit"]) for row in rows if row["run"] == RUN}
    ((p95, said),) = told
    assert said == surroundings.AUDIT["said"]
    assert p95 == pytest.approx(expected.quantiles(recorded.of_run(RUN))[1], rel=0.0205)
