"""Runs of which only a part arrived, or of which a stranger wrote a point: they are listed."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.fixtures import recorded
from tests.fixtures.influxd import Influx
from tests.fixtures.server_process import store_process, swarmscope, write

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.report.summary import summary
from swarmscope.runs.listing import list_runs
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Reader

PARTS = {
    "whole": "locust_run,run=whole,event=start user_count=1i",
    "stopped": "locust_run,run=stopped,event=stop,name=x user_count=1i",
    "labelled": 'locust_run,run=labelled,event=about label="a"',
    "counted": "locust_stats,run=counted,name=Aggregated,worker=w count=3i,num_failures=0i",
    "met": "locust_worker,run=met,worker=w requests_seen=3i",
    "nobody": "locust_worker,run=nobody requests_seen=3i",
    "bare": "locust_stats,run=bare,name=Aggregated count=3i",
    "alone": "locust_stats,run=alone,name=a count=3i",
    "mishap": "locust_user_error,run=mishap,worker=w count=3i",
    "odd": "locust_users,run=odd,user_class=x user_count=1i",
}
LISTED = ("whole", "stopped", "labelled", "counted", "met", "nobody", "bare")
"""Of the others it isn't known when they began, or that they did."""


def lines() -> list[str]:
    return [f"{line} {recorded.T0 + n}000000000" for n, line in enumerate(PARTS.values())]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that holds them."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        write(url, lines())
        yield url


@pytest.fixture(params=["embedded", "influxdb"])
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Each of the stores in turn."""
    if request.param == "embedded":
        yield HttpReader(request.getfixturevalue("url"))
        return
    influx: Influx = request.getfixturevalue("influx")
    influx.make_bucket("parts")
    influx.write("parts", lines())
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket="parts")
    with FluxReader(settings) as opened:
        yield opened


@pytest.mark.long
@pytest.mark.long_sample(3)
def test_each_has_a_start_and_none_hides_the_others(reader: Reader) -> None:
    found = {run.run: run.start // 1_000 for run in list_runs(reader, 100)}
    begins = {name: recorded.T0 + n for n, name in enumerate(PARTS)}
    assert found == {name: begins[name] for name in LISTED}
    for name in PARTS:
        with suppress(NoDataError):  # no request of it is known
            assert summary(reader, name).render()


def test_the_command_lists_them(url: str) -> None:
    done = swarmscope("runs", "--url", url)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert all(name in done.stdout for name in LISTED)
