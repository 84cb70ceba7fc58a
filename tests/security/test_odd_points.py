"""Points that whoever may write can write, of numbers and times that no run has.

One of them broke the list of all runs, and `swarmscope delete`, which should take it away.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.fixtures import server_process
from tests.fixtures.prepared_server import Heard, Said, answering
from tests.fixtures.server_process import swarmscope

from swarmscope.queries.catalogue import CATALOGUE

MOST, ENDS = 2**63 - 1, 2**63 - 2
"""The largest whole number, and the latest time, that a store takes."""
LONG_AGO = (int(time.time()) - 3_600) * 10**9
RUNS = ("ahead", "behind", "both", "sums", "good")
HOST = f"host=h,role=generator read_bytes={MOST}i,load1=1e308,n_cpus=0i,used_percent=1e308"


def _event(run: str, event: str, at: int) -> str:
    fields = f'message="x",user_count={MOST}i,resolution={MOST}i'
    return f"locust_run,run={run},event={event},test=t {fields} {at}"


def _sums() -> Iterator[str]:
    yield _event("sums", "start", LONG_AGO)
    for worker in ("w1", "w2", "w3"):
        tags = f"run=sums,worker={worker}"
        counts = f"count={MOST}i,num_failures={MOST}i,total_content_length={MOST}i"
        times = "total_response_time=1e308,min_response_time=1e308,max_response_time=1e308"
        for endpoint in ("name=Aggregated", "name=/,method=GET"):
            yield f"locust_stats,{tags},{endpoint} {counts},{times} {LONG_AGO}"
            yield (
                f"locust_latency,{tags},{endpoint} "
                f"10={MOST}i,nan={MOST}i,inf={MOST}i,-1e400={MOST}i,0={MOST}i,x={MOST}i {LONG_AGO}"
            )
        yield f"locust_entry_point_stats,{tags},name=/ count={MOST}i {LONG_AGO}"
        yield (
            f"locust_worker,{tags} requests_seen={MOST}i,replay_lost={MOST}i,"
            f"replay_rejected={MOST}i,cpu_percent=1e308,loop_lag_ms=1e308,clock_error_ms=1e308 "
            f"{LONG_AGO}"
        )
        yield f"locust_users,{tags},user_class=u count={MOST}i {LONG_AGO}"
        yield f"locust_status,{tags},status=500 count={MOST}i {LONG_AGO}"
        yield f'locust_exception_stats,{tags},reason=r count={MOST}i,message="m" {LONG_AGO}'
        yield f'locust_user_error,{tags},place=p count={MOST}i,message="m" {LONG_AGO}'


def _odd() -> Iterator[str]:
    yield _event("ahead", "start", ENDS)
    yield _event("behind", "start", -ENDS)
    yield _event("both", "start", -ENDS)
    yield _event("both", "stop", ENDS)
    yield from _sums()
    yield _event("good", "start", LONG_AGO)
    yield _event("good", "stop", LONG_AGO + 60 * 10**9)
    tags = "run=good,worker=w"
    yield f"locust_stats,{tags},name=Aggregated count=7i {LONG_AGO}"
    yield f"locust_stats,{tags},name=/,method=GET count=7i {LONG_AGO}"
    yield f"locust_users,{tags},user_class=u count=1i {LONG_AGO}"
    yield f"locust_worker,{tags} requests_seen=7i,final=true {LONG_AGO}"
    # One point at each end of all times in the middle of a good run's series.
    for end in (-ENDS, ENDS):
        yield f"locust_stats,{tags},name=Aggregated count=1i {end}"
        yield f"locust_worker,{tags} cpu_percent=1e308 {end}"
        for measurement in ("diskio", "net", "cpu", "disk", "system"):
            yield f"{measurement},{HOST} {end}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server_process.store_process(tmp_path_factory.mktemp("store")) as url:
        server_process.write(url, list(_odd()))
        yield url


@pytest.mark.long_sample(3)
@pytest.mark.sample(9)
@pytest.mark.parametrize("range_", ["", "&from=-9223372036854&to=9223372036854"])
@pytest.mark.parametrize("run", RUNS)
def test_every_question_about_it_is_answered(url: str, run: str, range_: str) -> None:
    """Nothing is out of range for an answer, and JSON has a word for all of it."""
    for name in CATALOGUE:
        asked = f"{url}/api/queries/{name}?run={quote(run)}{range_}"
        with urllib.request.urlopen(asked, timeout=60) as response:
            assert json.load(response)["query"] == name


@pytest.mark.long
def test_one_odd_point_rules_neither_the_list_nor_a_report(url: str, tmp_path: Path) -> None:
    listed = swarmscope("runs", "--json", "--url", url)
    assert (listed.returncode, listed.stderr) == (0, "")
    runs = {run["run"]: run for run in json.loads(listed.stdout)}
    assert runs.keys() == set(RUNS)
    assert (runs["good"]["seconds"], runs["good"]["requests"]) == (60, 9)
    with urllib.request.urlopen(f"{url}/api/queries/users?run=good", timeout=60) as response:
        assert json.load(response)["window"] == 1
    out = tmp_path / "report.html"
    reported = swarmscope("report", "good", "--out", str(out), "--url", url)
    assert (reported.returncode, reported.stderr) == (0, "")
    assert "0:01:00" in reported.stdout


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("command", ["audit", "report", "export"])
def test_no_command_ends_in_a_traceback(url: str, tmp_path: Path, run: str, command: str) -> None:
    words = {
        "audit": ("--wait", "0"),
        "report": ("--out", str(tmp_path / "report.html")),
        "export": ("--out", str(tmp_path)),
    }
    done = swarmscope(command, run, *words[command], "--url", url)
    assert "Traceback" not in done.stderr
    assert done.returncode in ((0, 3, 5) if command != "export" else (0,))


def test_a_run_that_no_answer_can_hold_is_listed_all_the_same() -> None:
    table = {"query": "runs", "columns": list(CATALOGUE["runs"].columns)}
    row = ["evil", "t", 1, None, None, None, 5, 0, 1, 0, None, "", "", None]
    runs = json.dumps({**table, "rows": [row], "window": 1, "from": 0, "to": 1}).encode()
    columns = list(CATALOGUE["endpoint_percentiles"].columns)
    tails = {"query": "endpoint_percentiles", "columns": columns}
    none = json.dumps({**tails, "rows": [], "window": 1, "from": 0, "to": 1}).encode()
    audits = {"query": "kept_audits", "columns": list(CATALOGUE["kept_audits"].columns)}
    never = json.dumps({**audits, "rows": [], "window": 1, "from": 0, "to": 1}).encode()
    answers = {
        "/health": Said(b'{"name": "swarmscope", "status": "pass"}'),
        "/api/queries/runs": Said(runs),
        "/api/queries/kept_audits": Said(never),
        "/api/queries/endpoint_percentiles": Said(none),
        "/api/queries/": Said(b'{"message": "more than 1,000,000 rows"}', 400),
    }
    with answering(answers) as url:
        listed = swarmscope("runs", "--json", "--url", url)
    assert listed.returncode == 0, listed.stderr
    (told,) = json.loads(listed.stdout)
    assert (told["run"], told["requests"]) == ("evil", 5)
    assert "it can't be judged: more than 1,000,000 rows" in told["audit_line"]


@pytest.mark.long
def test_a_run_that_no_answer_can_hold_is_deleted_by_force() -> None:
    """Whoever may write can make more events of it than an answer has rows."""
    table = {"query": "stored", "columns": list(CATALOGUE["stored"].columns), "rows": [[1, 2]]}
    stored = json.dumps({**table, "window": 1, "from": 0, "to": 1}).encode()
    heard: list[Heard] = []
    answers = {
        "/health": Said(b'{"name": "swarmscope", "status": "pass"}'),
        "/api/queries/stored": Said(stored),
        "/api/queries/": Said(b'{"message": "more than 1,000,000 rows"}', 400),
        "/api/v2/delete": Said(status=204),
    }
    with answering(answers, heard) as url:
        refused = swarmscope("delete", "evil", "--yes", "--url", url)
        assert (refused.returncode, "With --force it is deleted" in refused.stderr) == (2, True)
        assert not any(one.path.startswith("/api/v2/delete") for one in heard)
        forced = swarmscope("delete", "evil", "--yes", "--force", "--url", url)
    assert forced.returncode == 0, forced.stderr
    assert sum(one.path.startswith("/api/v2/delete") for one in heard) == 2
