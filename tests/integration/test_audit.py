"""Every verdict of the audit and every reason for it, over real stores."""

import time
from collections.abc import Iterator

import pytest
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.influxd import Influx
from tests.fixtures.server_process import store_process, write
from tests.fixtures.situations import CASES, NOW, Case, all_lines, seen

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.audit import Verdict, audit, audit_when_settled, newest_run
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Reader

BUCKET = "audited"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server that holds every case."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        write(url, all_lines())
        yield url


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


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.run)
def test_verdict_and_reasons(reader: Reader, case: Case) -> None:
    found = audit(reader, case.run, now_ms=NOW * 1000)
    line = found.line()
    assert found.verdict == case.verdict, line
    # Of one that goes on, and where nothing is amiss, it says just that.
    assert line.startswith("running: " if found.in_order else case.verdict)
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
        store_process(tmp_path_factory.mktemp("empty")) as url,
        pytest.raises(NoDataError, match="holds no run"),
    ):
        newest_run(HttpReader(url))


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
        ExitCode.NO_DATA,
    ]
