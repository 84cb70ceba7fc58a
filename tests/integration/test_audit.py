"""Every verdict of the audit and every reason for it, over real stores."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.served import serving, write

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.audit import Verdict, audit, audit_when_settled, newest_run
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.reader import HttpReader, Reader

NOW = int(time.time())
BUCKET = "audited"


@dataclass(frozen=True)
class Case:
    """A run, and what the audit must say of it."""

    name: str
    verdict: Verdict
    workers: list[Told]
    stopped: int | None = 300
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    missing: int = 0
    interrupted: bool = False

    @property
    def run(self) -> str:
        return self.name.replace(" ", "-")


def seen(n: int, delivered: int, **others: int) -> dict[str, int]:
    return {"seen": n, "delivered": delivered, **others}


COMPLETE, INCOMPLETE, PENDING = Verdict
GOOD = Told("worker-1")

CASES = [
    Case(
        "all there",
        COMPLETE,
        [Told(), GOOD],
        says=("complete: 20 requests of 2 workers, each one stored",),
    ),
    Case("local run without a roster", COMPLETE, [Told(joined=False)], says=("of 1 worker,",)),
    Case("worker left early with its marker", COMPLETE, [Told(left=310, heard=310), GOOD]),
    Case(
        "replay delivered what the marker calls pending",
        COMPLETE,
        [Told(counters=seen(10, 3, pending=7))],
    ),
    Case(
        "worker without any request",
        COMPLETE,
        [Told(stored=None, totals=None, counters=seen(0, 0)), GOOD],
    ),
    Case("markers arrived before the stop event", COMPLETE, [Told(heard=5)], stopped=None),
    Case(
        "killed worker",
        INCOMPLETE,
        [Told(final=False, left=305, heard=306), GOOD],
        says=("worker-0 left and has no final marker", "unknown rest"),
        silent=("worker-1",),
    ),
    Case(
        "killed worker of which less is stored than its totals say",
        INCOMPLETE,
        [Told(final=False, stored=6), GOOD],
        says=("incomplete by 4 of 20 requests", "worker-0 has no final marker"),
        missing=4,
    ),
    Case(
        "worker that joined and was never heard of",
        INCOMPLETE,
        [Told(stored=None, totals=None, counters=None), GOOD],
        says=("worker-0 joined, but nothing of it has arrived",),
    ),
    Case(
        "worker of which only requests arrived",
        INCOMPLETE,
        [Told(counters=None, joined=False), GOOD],
        says=("worker-0 has no final marker",),
    ),
    Case(
        "rejected",
        INCOMPLETE,
        [Told(stored=8, counters=seen(10, 8, rejected=2)), GOOD],
        says=("incomplete by 2 of 20 requests", "worker-0 had 2 requests rejected by the store"),
        missing=2,
    ),
    Case(
        "lost",
        INCOMPLETE,
        [Told(stored=7, counters=seen(10, 7, lost=3))],
        says=("incomplete by 3 of 10 requests", "worker-0 lost 3 requests"),
        missing=3,
    ),
    Case(
        "delivered but not in the store",
        INCOMPLETE,
        [Told(stored=9)],
        says=("worker-0 is short of 1 request that it takes for delivered",),
        missing=1,
    ),
    Case(
        "lost and pending",
        INCOMPLETE,
        [Told(stored=5, counters=seen(10, 5, lost=2, pending=3))],
        says=("by 5 of 10", "lost 2 requests", "has 3 requests on the way or in its spool"),
        missing=5,
    ),
    Case(
        "two processes with one name",
        INCOMPLETE,
        [Told(stored=12)],
        says=("worker-0 stored 12 requests but saw 10", "share its name"),
    ),
    Case(
        "totals that contradict",
        INCOMPLETE,
        [Told(totals=9)],
        says=("worker-0 saw 10 requests, but its totals say 9",),
    ),
    Case(
        "Locust counted more",
        INCOMPLETE,
        [Told(counters=seen(10, 10, locust=14)), GOOD],
        says=(
            "incomplete by 4 of 24 requests",
            "worker-0 counted 14 requests in Locust's own statistics, but only 10 reached",
            "4 passed it by",
        ),
        silent=("short of",),
        missing=4,
    ),
    Case(
        "Locust counted more and some were lost",
        INCOMPLETE,
        [Told(stored=7, counters=seen(10, 7, lost=3, locust=14))],
        says=("by 7 of 14", "lost 3 requests", "4 passed it by"),
        silent=("short of",),
        missing=7,
    ),
    Case("Locust counted the same", COMPLETE, [Told(counters=seen(10, 10, locust=10)), GOOD]),
    Case("Locust counted fewer", COMPLETE, [Told(counters=seen(10, 10, locust=9)), GOOD]),
    Case(
        "Locust is ahead before the marker",
        PENDING,
        [Told(final=False, heard=1, counters=seen(10, 10, locust=14))],
        stopped=None,
        says=("worker-0 is still running",),
        silent=("passed it by",),
    ),
    Case(
        "master with requests of its own",
        COMPLETE,
        [Told(), Told("master", joined=False, counters=seen(10, 10, locust=10))],
        says=("complete: 20 requests of 1 worker and the master, each one stored",),
    ),
    Case(
        "master of which requests passed by",
        INCOMPLETE,
        [
            Told(),
            Told("master", joined=False, stored=None, totals=None, counters=seen(0, 0, locust=3)),
        ],
        says=("master counted 3 requests", "incomplete by 3 of 13 requests"),
        missing=3,
    ),
    Case(
        "master killed after which the workers delivered everything",
        COMPLETE,
        [Told(), GOOD],
        stopped=None,
        says=("complete: 20 requests of 2 workers, each one stored (interrupted)",),
        interrupted=True,
    ),
    Case(
        "master killed just now",
        PENDING,
        [Told(final=False, heard=2)],
        stopped=None,
        says=("worker-0 is still running",),
        silent=("interrupted",),
    ),
    Case(
        "rejected when a successor sent what was left",
        INCOMPLETE,
        [Told(stored=4, counters=seen(10, 4, pending=6), replayed={"rejected": 5, "lost": 1})],
        says=("had 5 requests rejected by the store", "lost 1 request"),
        silent=("on the way",),
        missing=6,
    ),
    Case(
        "dropped before they became points",
        INCOMPLETE,
        [Told(stored=7, totals=7, counters=seen(10, 7, lost=3))],
        says=("by 3 of 10 requests", "worker-0 lost 3 requests"),
        silent=("totals",),
        missing=3,
    ),
    Case("nobody", INCOMPLETE, [], says=("no worker is known to have taken part",)),
    Case(
        "master and workers gone without a word",
        INCOMPLETE,
        [Told(final=False), Told("worker-1", final=False)],
        stopped=None,
        says=("worker-0 has no final marker", "worker-1 has no final marker", "(interrupted)"),
        interrupted=True,
    ),
    Case(
        "in the spool",
        PENDING,
        [Told(stored=4, counters=seen(10, 4, pending=6)), GOOD],
        says=("pending by 6 of 20", "worker-0 has 6 requests on the way or in its spool"),
        missing=6,
    ),
    Case(
        "stopped just now, marker on its way",
        PENDING,
        [Told(final=False, heard=3), Told("worker-1", heard=3)],
        stopped=2,
        says=("worker-0 has no final marker",),
        silent=("worker-1",),
    ),
    Case(
        "left just now, marker on its way",
        PENDING,
        [Told(final=False, heard=4, left=3), Told("worker-1", heard=3)],
        stopped=None,
        says=("worker-0 left and has no final marker",),
    ),
    Case(
        "running",
        PENDING,
        [Told(final=False, heard=1, stored=8, counters=seen(10, 8, pending=2))],
        stopped=None,
        says=("worker-0 is still running", "has 2 requests on the way"),
        missing=2,
    ),
    Case("just begun", PENDING, [], stopped=None, says=("no worker is known to have taken part",)),
    Case(
        "last totals on the way",
        PENDING,
        [Told(totals=9, heard=3)],
        stopped=2,
        says=("its totals say 9",),
    ),
]


def all_lines() -> list[str]:
    return [line for c in CASES for line in run_lines(c.run, NOW, c.workers, stopped=c.stopped)]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server that holds every case."""
    with serving(tmp_path_factory.mktemp("store")) as served:
        write(served, all_lines())
        yield served


@pytest.fixture(scope="module")
def flux(influx: Influx) -> Iterator[FluxReader]:
    """An InfluxDB that holds every case."""
    influx.make_bucket(BUCKET)
    influx.write(BUCKET, all_lines())
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=BUCKET)
    with FluxReader(settings) as reader:
        yield reader


@pytest.fixture(params=["embedded", "influxdb"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each of the stores in turn."""
    if request.param == "embedded":
        return HttpReader(request.getfixturevalue("url"))
    opened: FluxReader = request.getfixturevalue("flux")
    return opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.run)
def test_verdict_and_reasons(reader: Reader, case: Case) -> None:
    found = audit(reader, case.run, now_ms=NOW * 1000)
    line = found.line()
    assert found.verdict == case.verdict, line
    assert line.startswith(case.verdict)
    for words in case.says:
        assert words in line
    for words in case.silent:
        assert words not in line
    assert found.missing == case.missing
    assert found.interrupted is case.interrupted
    assert len(found.accounts) == len(case.workers)


def test_run_that_is_not_there_is_no_data(reader: Reader) -> None:
    with pytest.raises(NoDataError) as caught:
        audit(reader, "no-such-run")
    assert caught.value.exit_code is ExitCode.NO_DATA


def test_newest_run_is_the_one_that_started_last(reader: Reader) -> None:
    assert newest_run(reader) in {case.run for case in CASES}


def test_empty_store_has_no_newest_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        serving(tmp_path_factory.mktemp("empty")) as served,
        pytest.raises(NoDataError, match="holds no run"),
    ):
        newest_run(HttpReader(served))


def test_waiting_ends_as_soon_as_the_marker_arrives(url: str) -> None:
    """The marker is written while the audit waits, as a late worker's is."""
    late = Told(final=False, heard=2)
    begun = int(time.time())
    write(url, run_lines("late", begun, [late], stopped=1))
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            write(url, run_lines("late", begun, [Told(heard=2)], stopped=1))

    # It ends by itself: without the marker it would poll until the clock says an hour is over.
    found = audit_when_settled(HttpReader(url), "late", 3_600, sleep=pause, clock=lambda: 0.0)
    assert found.verdict is Verdict.COMPLETE
    assert len(pauses) == 2


def test_waiting_ends_with_pending_when_the_time_is_over(url: str) -> None:
    begun = int(time.time())
    write(url, run_lines("spooled", begun, [Told(stored=4, counters=seen(10, 4, pending=6))]))
    moments = iter(range(100))
    found = audit_when_settled(
        HttpReader(url), "spooled", 3, sleep=lambda _: None, clock=lambda: float(next(moments))
    )
    assert found.verdict is Verdict.PENDING
    assert next(moments) == 4


def test_exit_codes() -> None:
    assert [v.exit_code for v in Verdict] == [
        ExitCode.FINE,
        ExitCode.INCONCLUSIVE,
        ExitCode.INCONCLUSIVE,
    ]
