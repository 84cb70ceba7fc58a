"""Sharing out users again, on Locust's own master and dispatcher, with workers that only listen."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from locust import User, task
from locust.dispatch import UsersDispatcher
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_MISSING, STATE_RUNNING, MasterRunner, WorkerNode
from tests.fixtures.ports import free_port

from swarmscope.agent.rebalance import Rebalancer


class Shopper(User):
    @task
    def shop(self) -> None:
        """Never run: nobody spawns here."""


class Clerk(Shopper):
    fixed_count = 3


class Cluster:
    """A master whose workers do as they are told and report so, unless told to keep quiet."""

    def __init__(self, *user_classes: type[User]) -> None:
        self.environment = Environment(user_classes=list(user_classes or (Shopper,)))
        self.runner: MasterRunner = self.environment.create_master_runner("127.0.0.1", free_port())
        self.orders: list[str] = []
        self.deaf: set[str] = set()
        self.told: list[str] = []
        self.runner.server.send_to_client = self._deliver
        self.rebalancer = Rebalancer(self.runner, self.told.append)

    def _deliver(self, message: Message) -> None:
        if message.type == "spawn" and message.node_id not in self.deaf:
            self.orders.append(message.node_id)
            users = message.data["user_classes_count"]
            for kind in ("spawning", "spawning_complete"):
                data: dict[str, Any] = {"user_classes_count": users, "user_count": 0}
                gevent.spawn(
                    self.runner.handle_message,
                    message.node_id,
                    Message(kind, data, message.node_id),
                )

    def join(self, *workers: str) -> None:
        for worker in workers:
            self.runner.handle_message(worker, Message("client_ready", -1, worker))

    def leave(self, *workers: str) -> None:
        for worker in workers:
            self.runner.handle_message(worker, Message("quit", None, worker))

    def start(self, users: int) -> None:
        self.runner.start(users, users)
        assert self.runner.state == STATE_RUNNING

    def shares(self) -> dict[str, int]:
        return {node.id: node.user_count for node in self.runner.clients.all}

    def ticks(self, count: int = 6) -> None:
        for _ in range(count):
            self.rebalancer.tick()
            gevent.sleep(0.02)


@pytest.fixture
def cluster() -> Iterator[Callable[..., Cluster]]:
    made: list[Cluster] = []

    def make(*user_classes: type[User]) -> Cluster:
        made.append(Cluster(*user_classes))
        return made[-1]

    yield make
    for each in made:
        each.runner.quit()


def test_workers_that_join_and_leave_keep_the_users_at_their_target(
    cluster: Callable[..., Cluster],
):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(40)
    swarm.join("c", "d", "e", "f", "g", "h")
    assert min(swarm.shares().values()) == 0  # what Locust leaves it at
    swarm.ticks()
    assert set(swarm.shares().values()) == {5}
    swarm.leave("a", "c", "e", "f", "h")
    assert swarm.runner.user_count == 15
    swarm.ticks()
    assert sorted(swarm.shares().values()) == [13, 13, 14]
    assert swarm.told == [
        "40 users shared out over 8 workers again",
        "40 users shared out over 3 workers again",
    ]


def test_a_run_without_a_change_of_workers_is_left_alone(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    before = list(swarm.orders)
    # They ended by themselves (StopUser): none of them must be started again.
    for node in swarm.runner.clients.all:
        node.user_classes_count = {"Shopper": 0}
    swarm.ticks()
    assert swarm.orders == before
    assert swarm.told == []


def test_a_target_beyond_the_fixed_users_is_no_reason_to_start_anything(
    cluster: Callable[..., Cluster],
):
    swarm = cluster(Clerk)
    swarm.join("a", "b")
    swarm.start(10)
    before = list(swarm.orders)
    swarm.ticks()
    assert swarm.runner.user_count == 3
    assert swarm.orders == before


def test_no_second_start_no_reset_and_the_same_rate_are_seen_by_the_test(
    cluster: Callable[..., Cluster],
):
    swarm = cluster()
    swarm.environment.reset_stats = True
    swarm.join("a", "b")
    swarm.start(40)
    started: list[object] = []
    swarm.environment.events.test_start.add_listener(lambda **_: started.append(1))
    swarm.join("c", "d")
    swarm.environment.stats.log_request("GET", "/", 1, 1)
    swarm.ticks()
    assert set(swarm.shares().values()) == {10}
    assert started == []
    assert swarm.environment.stats.total.num_requests == 1
    assert swarm.environment.reset_stats is True
    assert swarm.runner.spawn_rate == 40
    assert swarm.runner.spawning_completed


def test_a_ramp_that_goes_on_is_not_disturbed(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.join("a", "b")
    ramp = gevent.spawn(swarm.runner.start, 6, 3)  # it takes two seconds
    gevent.sleep(0.15)
    swarm.join("c")
    swarm.ticks(5)
    assert swarm.told == []
    ramp.join()
    swarm.ticks()
    assert sorted(swarm.shares().values()) == [2, 2, 2]


def test_the_user_classes_that_a_shape_picked_stay_picked(cluster: Callable[..., Cluster]):
    swarm = cluster(Shopper, Clerk)
    swarm.join("a", "b")
    swarm.runner.start(8, 8, user_classes=[Shopper])
    swarm.join("c", "d")
    swarm.ticks()
    assert swarm.runner.reported_user_classes_count == {"Shopper": 8, "Clerk": 0}


def test_a_worker_whose_order_was_lost_is_told_again(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.deaf.add("c")
    swarm.join("a", "b", "c")
    swarm.start(9)
    assert swarm.shares()["c"] == 0
    swarm.deaf.clear()
    swarm.ticks()
    assert set(swarm.shares().values()) == {3}


def test_a_worker_that_returns_unnoticed_is_planned_for_again(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    lost = swarm.runner.clients["b"]
    lost.state, lost.user_classes_count = STATE_MISSING, {}
    dispatcher = swarm.runner._users_dispatcher
    assert dispatcher is not None
    dispatcher.remove_worker(lost)
    swarm.ticks()
    assert swarm.shares()["a"] == 10
    # Any message but a heartbeat brings it back without a word to the dispatcher.
    swarm.runner.handle_message("b", Message("spawning", None, "b"))
    swarm.ticks()
    assert set(swarm.shares().values()) == {5}


def test_a_worker_that_reports_ready_twice_has_one_share(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    swarm.join("b")
    swarm.ticks()
    assert swarm.shares() == {"a": 5, "b": 5}


def test_a_worker_dead_for_a_minute_is_removed_before_locust_starts_from_zero(
    cluster: Callable[..., Cluster],
):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    swarm.runner.clients["dead"] = WorkerNode("dead", STATE_MISSING, heartbeat_liveness=-50)
    swarm.ticks()
    assert "dead" in swarm.runner.clients  # it may still come back
    swarm.runner.clients["dead"].heartbeat = -56
    swarm.ticks()
    assert "dead" not in swarm.runner.clients


def test_a_run_that_stops_meanwhile_stays_stopped(cluster: Callable[..., Cluster]):
    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    swarm.join("c", "d")
    swarm.deaf.update("abcd")  # so that it waits for their reports
    for _ in range(4):
        swarm.rebalancer.tick()
        gevent.sleep(0)
    assert swarm.told
    swarm.runner.stop(send_stop_to_client=False)
    state = swarm.runner.state
    gevent.sleep(1.2)
    assert swarm.runner.state == state != STATE_RUNNING


def test_locusts_own_rebalancing_is_switched_off_and_it_is_said(
    cluster: Callable[..., Cluster], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    swarm = cluster()
    swarm.environment.parsed_options = type("Options", (), {"enable_rebalancing": True})()
    swarm.join("a", "b")
    swarm.start(10)
    swarm.ticks()
    assert not swarm.runner.rebalancing_enabled()
    assert caplog.text.count("--enable-rebalancing is switched off") == 1


def test_a_dispatcher_of_another_kind_is_left_alone_and_it_is_said_once(
    cluster: Callable[..., Cluster], caplog: pytest.LogCaptureFixture
):
    class Renamed(UsersDispatcher):
        @property
        def _rebalance(self) -> bool:
            raise AttributeError("_rebalance")

        @_rebalance.setter
        def _rebalance(self, value: bool) -> None:
            self.__dict__["_renamed"] = value

    swarm = cluster()
    swarm.join("a", "b")
    swarm.start(10)
    dispatcher = swarm.runner._users_dispatcher
    assert dispatcher is not None
    dispatcher.__class__ = Renamed
    before = list(swarm.orders)
    swarm.ticks()
    assert swarm.orders == before
    assert caplog.text.count("it leaves that alone") == 1
    assert "(_rebalance)" in caplog.text
