"""Locust's own count, through everything that makes Locust forget."""

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st
from locust.env import Environment
from locust.event import Events
from locust.stats import RequestStats, StatsEntry, setup_distributed_stats_event_listeners

from swarmscope.agent.witness import Witness


def log(environment: Environment, count: int = 1) -> None:
    for _ in range(count):
        environment.stats.log_request("GET", "/", 1, 1)


def test_it_knows_what_was_counted_before_it_was_there():
    environment = Environment()
    log(environment, 3)
    witness = Witness(environment)
    log(environment)
    assert witness.requests == 4


def report(environment: Environment) -> None:
    setup_distributed_stats_event_listeners(environment.events, environment.stats)
    environment.events.report_to_master.fire(client_id="a", data={})
    environment.events = Events()


def receive(environment: Environment) -> None:
    other = RequestStats()
    for _ in range(7):
        other.log_request("GET", "/of-a-worker", 1, 1)
    environment.stats.total.extend(StatsEntry.unserialize(other.total.serialize(), other))


def replace(environment: Environment) -> None:
    environment.stats = RequestStats()


FORGETTING = {
    "clear_all": lambda environment: environment.stats.clear_all(),
    "reset_all": lambda environment: environment.stats.reset_all(),
    "reset": lambda environment: environment.stats.total.reset(),
    "report": report,
    "receive": receive,
    "replace": replace,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(FORGETTING)), st.integers(0, 3))))
def test_it_never_forgets_and_counts_no_worker_of_a_master(steps: list[tuple[str, int]]):
    environment = Environment()
    witness = Witness(environment)
    made = 0
    for step, count in steps:
        log(environment, count)
        made += count
        FORGETTING[step](environment)
        # asked each second in a run: a change of statistics is seen before the next request
        assert witness.requests == made


def test_it_tells_of_a_reset_and_not_of_a_report_or_a_start():
    environment = Environment()
    told: list[str] = []
    Witness(environment, on_reset=lambda: told.append("reset"))
    environment.stats.clear_all()
    report(environment)
    assert told == []
    environment.stats.reset_all()
    assert told == ["reset"]


def test_a_total_that_was_replaced_by_hand_is_noticed_at_the_next_look():
    environment = Environment()
    witness = Witness(environment)
    log(environment, 3)
    environment.stats.total = StatsEntry(environment.stats, "Aggregated", "")
    assert witness.requests == 3
    log(environment, 2)
    assert witness.requests == 5


def test_statistics_can_be_copied_and_pickled_and_copies_change_nothing():
    """Locustfiles keep copies as windows, and send them elsewhere."""
    environment = Environment()
    witness = Witness(environment)
    log(environment, 5)
    copied = copy.deepcopy(environment.stats.total)
    copied.extend(copied)
    copied.reset()
    again = pickle.loads(pickle.dumps(environment.stats.total))
    again.reset()
    assert environment.stats.total.num_requests == witness.requests == 5
    environment.stats.clear_all()
    assert witness.requests == 5
