"""Where no exact answer was worked out by hand, SQL and Flux must at least say the same."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.fixtures import encoded, expected, surroundings
from tests.fixtures.comparison import same_rows
from tests.fixtures.influxd import Influx
from tests.fixtures.recorded import RUN, T0
from tests.fixtures.stores import Unserved

from swarmscope.embedded.database import Database
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

NOW = T0 * 10**9
UNTIMED = [
    f'locust_run,run=untimed,worker=master,event=start,test=t message="begun" {NOW}',
    f"locust_stats,run=untimed,worker=worker-0,name=push,method=WS count=3i,num_failures=0i {NOW}",
    f"locust_stats,run=untimed,worker=worker-0,name=Aggregated count=3i,num_failures=0i {NOW}",
    f"locust_worker,run=untimed,worker=worker-0,host=a requests_seen=3i {NOW}",
]
"""No request had a response time, and the events tell of no users and no target."""
SILENT = [
    f"locust_stats,run=silent,worker=worker-0,name=a,method=GET count=3i,num_failures=1i {NOW}",
    f"locust_stats,run=silent,worker=worker-0,name=Aggregated count=3i,num_failures=1i {NOW}",
    f"locust_stats,run=silent,worker=worker-1,name=a,method=GET count=2i,num_failures=0i {NOW}",
    f"locust_stats,run=silent,worker=worker-1,name=Aggregated count=2i,num_failures=0i {NOW}",
    f"locust_worker,run=silent,worker=worker-1,host=b requests_seen=2i,requests_lost=0i {NOW}",
]
"""Of its master nothing arrived, and of one worker only the requests."""
LOSSY = [
    f"locust_stats,run=lossy,worker=worker-0,name=Aggregated count=7i,num_failures=0i {NOW}",
    f"locust_worker,run=lossy,worker=worker-0,host=a requests_seen=10i,final=true {NOW}",
    f'locust_audit,run=lossy verdict="incomplete",said="incomplete by 3",line="all" {NOW}',
]
MUTE = [f"locust_stats,run=mute,worker=worker-0,name=Aggregated count=7i,num_failures=0i {NOW}"]
AHEAD_S = 7_258_118_400
AHEAD = [
    f'locust_run,run=ahead,worker=master,event=start,test=t message="begun" {AHEAD_S}000000000',
    *(
        f"locust_users,run=ahead,worker=w,user_class=U count=2i {AHEAD_S + n}000000000"
        for n in (0, 9)
    ),
]
"""Of machines whose clocks are wrong by more than a day."""
BUCKETS = {
    "ahead": AHEAD,
    "recorded": [*encoded.lines(), *surroundings.lines()],
    "sparse": UNTIMED + SILENT + LOSSY + MUTE,
}


@dataclass(frozen=True)
class Both:
    """The two stores with the same points."""

    database: Database
    flux: FluxReader

    def agree(self, question: Question) -> int:
        """Assert that both give one answer; return how many rows it has."""
        embedded = Unserved(self.database, "").ask(question)
        real = self.flux.ask(question)
        same_rows(embedded.rows, real.rows)
        return len(embedded.rows)


@pytest.fixture(scope="module")
def both(influx: Influx, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """An InfluxDB and an embedded store."""
    settings = Settings(url=influx.url, token=influx.token, org=influx.org)
    folder = tmp_path_factory.mktemp("store")
    with Database(folder, BUCKETS) as database, FluxReader(settings) as flux:
        for bucket, lines in BUCKETS.items():
            influx.make_bucket(bucket)
            influx.write(bucket, lines)
            database.write(bucket, "\n".join(lines))
        yield Both(database, flux)


OF_AN_INDEX = {"field_names"}
"""InfluxDB's knows which days something is in, and not which seconds."""


@pytest.mark.long_sample(6)
@pytest.mark.sample(18)
@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - OF_AN_INDEX))
@pytest.mark.parametrize(
    ("start", "stop", "window"),
    [(0, 95_000, 7), (5_000, 47_000, 10), (12_345, 61_789, 10), (33_000, 93_500, 1), (0, 1, 60)],
)
def test_any_range_and_window(both: Both, name: str, start: int, stop: int, window: int) -> None:
    begin = T0 * 1_000
    if CATALOGUE[name].of_spans:
        window = -(-window // encoded.SPAN) * encoded.SPAN
    both.agree(Question(name, RUN, begin + start, begin + stop, window, "recorded"))


@pytest.mark.sample(5)
@pytest.mark.parametrize("run", ["untimed", "silent"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_points_of_which_half_is_missing(both: Both, name: str, run: str) -> None:
    both.agree(Question(name, run, *expected.RANGE_MS, 10, "sparse"))


def test_worker_of_which_only_requests_arrived_is_in_the_delivery_account(both: Both) -> None:
    assert both.agree(Question("delivery", "silent", *expected.RANGE_MS, bucket="sparse")) == 2


def test_list_of_runs_says_what_is_known_of_their_data(both: Both) -> None:
    question = Question("run_summaries", "", *expected.RANGE_MS, bucket="sparse")
    assert both.agree(question) == 4
    said = {row["run"]: row["audit"] for row in both.flux.ask(question).records()}
    assert said.pop("lossy") == "incomplete by 3"
    # Whatever their numbers look like: nobody has judged them.
    assert set(said.values()) == {"not audited yet"}


@pytest.mark.parametrize("name", ["runs", "run_events", "users"])
def test_a_run_of_clocks_that_are_far_ahead_is_found_in_both(both: Both, name: str) -> None:
    assert both.agree(Question(name, "" if name == "runs" else "ahead", bucket="ahead"))
