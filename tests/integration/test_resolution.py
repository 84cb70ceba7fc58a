"""Windows are whole multiples of those that were recorded: rates would be multiplied."""

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, locusts
from tests.fixtures.stores import Store

from swarmscope.errors import ConfigurationError
from swarmscope.store.question import Question


@pytest.fixture(scope="module")
def run(any_store: Store, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run of windows of five seconds."""
    env = {**any_store.env, "SWARMSCOPE_RUN_ID": "fives", "SWARMSCOPE_RESOLUTION": "5s"}
    with locusts(tmp_path_factory.mktemp("locust"), env) as swarm:
        options = ("--headless", "-u", "2", "-r", "10", "-t", "7", "--only-summary")
        local = swarm.start(*options, files=(SCENARIOS / "steady.py", LISTENER))
        swarm.wait(local)
    return "fives"


@pytest.mark.long
@pytest.mark.long_sample(3)
def test_the_window_is_a_multiple_of_the_runs_own(any_store: Store, run: str):
    found = any_store.reader.ask(Question("requests_per_second", run))
    assert found.window == 5
    counted = sum(
        row["requests"] for row in any_store.reader.ask(Question("endpoint_totals", run)).records()
    )
    assert sum(rate * found.window for _, rate in found.rows) == pytest.approx(counted)


@pytest.mark.long
def test_a_shorter_window_is_refused_with_the_one_to_ask_for(any_store: Store, run: str):
    with pytest.raises(ConfigurationError, match="windows of 5 s"):
        any_store.reader.ask(Question("requests_per_second", run, window=1))


def test_endpoints_percentiles_are_in_windows_of_the_spans_of_their_histograms(
    any_store: Store, run: str
):
    found = any_store.reader.ask(Question("endpoint_p95", run))
    assert found.window == 10
    assert {row["time"] % 10_000 for row in found.records()} == {0}
    with pytest.raises(ConfigurationError, match=r"histograms were recorded in windows of 10 s"):
        any_store.reader.ask(Question("endpoint_p95", run, window=5))
