"""Locust's own count, through everything that makes Locust forget."""

import copy
import pickle
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locust.env import Environment
from locust.event import Events
from locust.stats import RequestStats, StatsEntry, setup_distributed_stats_event_listeners

from swarmscope.agent.witness import Witness


def log(environment: Environment, count: int = 1, failures: int = 0, name: str = "/") -> None:
    for _ in range(count):
        environment.stats.log_request("GET", name, 1, 1)
    for _ in range(failures):
        environment.stats.log_error("GET", name, "no")


def test_it_knows_what_was_counted_before_it_was_there():
    environment = Environment()
    log(environment, 3)
    witness = Witness(environment)
    log(environment)
    assert witness.total.requests == 4


def report(environment: Environment) -> None:
    setup_distributed_stats_event_listeners(environment.events, environment.stats)
    environment.events.report_to_master.fire(client_id="a", data={})
    environment.events = Events()


def receive(environment: Environment) -> None:
    other = RequestStats()
    for _ in range(7):
        other.log_request("GET", "/of-a-worker", 1, 1)
        other.log_request("GET", "/", 1, 1)
    setup_distributed_stats_event_listeners(environment.events, environment.stats)
    other.log_error("GET", "/", "of a worker, of an endpoint that this process has as well")
    data = {
        "stats": other.serialize_stats(),
        "stats_total": other.total.get_stripped_report(),
        "errors": other.serialize_errors(),
    }
    environment.events.worker_report.fire(client_id="a", data=data)
    environment.events = Events()


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


ENDPOINTS = ("/", "/other")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(FORGETTING)),
            st.integers(0, 3),
            st.integers(0, 2),
            st.sampled_from(ENDPOINTS),
        )
    )
)
def test_it_never_forgets_and_counts_no_worker_of_a_master(
    steps: list[tuple[str, int, int, str]],
):
    environment = Environment()
    witness = Witness(environment)
    made = dict.fromkeys(ENDPOINTS, (0, 0))
    for step, count, failures, name in steps:
        log(environment, count, failures, name)
        made[name] = (made[name][0] + count, made[name][1] + failures)
        FORGETTING[step](environment)
        # asked each second in a run: a change of statistics is seen before the next request
        assert witness.total.requests == sum(count for count, _ in made.values())
        total, each = witness.read()
        assert total == witness.total
        assert total.failures == sum(failures for _, failures in made.values())
        assert {name: each.get((name, "GET"), (0, 0)) for name in ENDPOINTS} == made
        # what only workers have had is nothing of this process
        assert each.get(("/of-a-worker", "GET"), (0, 0)) == (0, 0)


def test_it_tells_of_a_reset_and_not_of_a_report_or_a_start():
    environment = Environment()
    told: list[str] = []
    witness = Witness(environment, on_reset=lambda: told.append("reset"))
    environment.stats.clear_all()
    report(environment)
    assert told == []
    environment.stats.reset_all()
    assert told == ["reset"]
    assert witness.total == (0, 0)


def test_a_total_that_was_replaced_by_hand_is_noticed_at_the_next_look():
    environment = Environment()
    witness = Witness(environment)
    log(environment, 3)
    environment.stats.total = StatsEntry(environment.stats, "Aggregated", "")
    assert witness.total.requests == 3
    log(environment, 2)
    assert witness.total.requests == 5


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
    assert environment.stats.total.num_requests == witness.total.requests == 5
    entry = copy.copy(environment.stats.get("/", "GET"))
    entry.extend(entry)
    entry.reset()
    assert witness.read().each == {("/", "GET"): (5, 0)}
    environment.stats.clear_all()
    assert witness.total.requests == 5
    assert witness.read().each == {("/", "GET"): (5, 0)}


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_statistics_that_are_replaced_by_their_copy_go_on_from_there(
    copied: Callable[[RequestStats], RequestStats],
):
    environment = Environment()
    witness = Witness(environment)
    log(environment, 5, failures=2)
    first = environment.stats
    environment.stats = copied(first)
    log(environment, 3, failures=1)
    assert witness.total == (8, 3)
    assert witness.read().each == {("/", "GET"): (8, 3)}
    environment.stats = copied(environment.stats)
    assert witness.total == (8, 3)
    assert witness.read().each == {("/", "GET"): (8, 3)}


def test_a_copy_that_is_older_than_what_it_replaces_takes_nothing_back():
    environment = Environment()
    witness = Witness(environment)
    log(environment, 5, failures=2)
    backup = copy.deepcopy(environment.stats)
    log(environment, 3, failures=1)
    environment.stats = backup
    assert witness.total == (8, 3)
    assert witness.read().each == {("/", "GET"): (8, 3)}


def test_entries_of_a_locustfile_s_own_are_left_alone(caplog: pytest.LogCaptureFixture):
    class Equal(StatsEntry):  # noqa: PLW1641 - no key, which is the point
        def __eq__(self, other: object) -> bool:
            return True

    environment = Environment()
    witness = Witness(environment)
    for owner in (environment, None, environment.stats):
        for kind in (StatsEntry, Equal):
            own = kind(owner, ["no", "key"], "FLOW")  # type: ignore[arg-type]
            own.log(1, 1)
            own.extend(own)
            own.reset()
            assert own.num_requests == 0
    assert witness.read() == ((0, 0), {})
    assert caplog.text == ""


def test_what_a_native_thread_adds_meanwhile_breaks_nothing():
    environment = Environment()
    witness = Witness(environment)
    names = iter(range(10**9))
    done = threading.Event()

    def add() -> None:
        while not done.is_set():
            log(environment, name=f"/{next(names)}")

    thread = threading.Thread(target=add)
    thread.start()
    try:
        for _ in range(200):
            witness.read()
            environment.stats.clear_all()
    finally:
        done.set()
        thread.join()
    # `+= 1` of Locust's in two threads may lose some, and none is made up
    assert 0 < sum(count.requests for count in witness.read().each.values()) <= next(names)


def test_statistics_that_are_replaced_by_new_ones_begin_at_zero_however_late_that_is_seen():
    environment = Environment()
    witness = Witness(environment)
    log(environment, 5, failures=2)
    environment.stats = RequestStats()
    log(environment, 3, failures=3)
    assert witness.total == (8, 5)
    assert witness.read().each == {("/", "GET"): (8, 5)}
    log(environment, 1)
    assert witness.total == (9, 5)


def test_each_environment_of_a_process_has_a_witness_of_its_own():
    told: list[str] = []
    first, second = Environment(), Environment()
    one = Witness(first, on_reset=lambda: told.append("first"))
    other = Witness(second, on_reset=lambda: told.append("second"))
    log(first, 2)
    log(second, 3, failures=1)
    first.stats.clear_all()
    second.stats.reset_all()
    assert (one.total, other.total) == ((2, 0), (3, 1))
    assert told == ["second"]
