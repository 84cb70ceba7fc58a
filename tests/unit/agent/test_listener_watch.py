"""A master that fails at a message listens to its workers again."""

from collections.abc import Iterator
from typing import Any

import gevent
import pytest
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import MasterRunner
from tests.fixtures.patience import wait_until
from tests.fixtures.ports import free_port

from swarmscope.agent.listener_watch import ListenerWatch


class Master:
    """A master of which each turn of listening ends with the next of *errors*."""

    def __init__(self) -> None:
        environment = Environment()
        self.runner: MasterRunner = environment.create_master_runner("127.0.0.1", free_port())
        self.errors: list[Exception] = []
        self.turns = 0
        self._listen = self.runner.client_listener
        self.runner.client_listener = self._turn  # type: ignore[method-assign]
        for greenlet in list(self.runner.greenlet):
            if greenlet._run == self._listen:
                greenlet.kill()
        self.first = self.runner.greenlet.spawn(self.runner.client_listener)

    def _turn(self) -> None:
        self.turns += 1
        gevent.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        gevent.sleep(60)


@pytest.fixture
def master() -> Iterator[Master]:
    made = Master()
    yield made
    made.runner.greenlet.kill()
    made.runner.server.close()


def test_it_listens_again_each_time_and_says_so_seldom(
    master: Master, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    master.errors = [KeyError("id"), ValueError("frame"), KeyError("id")]
    watch: Any = ListenerWatch(master.runner)
    wait_until(lambda: master.turns == 4)
    said = [text for text in caplog.messages if "stopped listening to its workers" in text]
    assert len(said) == 1
    assert "(KeyError)" in said[0]
    assert f"port {master.runner.master_bind_port}" in said[0]
    assert watch
    capsys.readouterr()


def test_a_test_that_is_to_be_stopped_is_no_failure(
    master: Master, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    master.errors = [StopTest()]
    ListenerWatch(master.runner)
    wait_until(lambda: master.turns == 2)
    assert "stopped listening" not in caplog.text
    capsys.readouterr()
