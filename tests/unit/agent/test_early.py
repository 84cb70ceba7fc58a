"""Requests from before an agent is there."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from locust import events

from swarmscope.agent.early import Early


class Answer:
    status_code = 204


class Broken:
    @property
    def status_code(self) -> int:
        raise ConnectionError("no status was read")


@pytest.fixture
def early() -> Iterator[Early]:
    listening = Early()
    listening.listen()
    yield listening
    listening.take()


def fire(response: object, exception: object = None) -> None:
    events.request.fire(
        request_type="GET",
        name="/",
        response_time=1.0,
        response_length=1,
        context={},
        exception=exception,
        response=response,
    )


def test_of_an_answer_its_status_is_remembered_and_nothing_else(early: Early) -> None:
    answer = Answer()
    gone = weakref.ref(answer)
    fire(answer)
    del answer
    gc.collect()
    assert gone() is None
    for odd in (None, Broken(), object()):
        fire(odd)
    requests, over = early.take()
    assert over == 0
    assert [request["response"].status_code for request in requests] == [204, 0, 0, 0]


def test_a_failed_answer_is_kept_whole_to_be_looked_at(early: Early) -> None:
    answer = Answer()
    fire(answer, ValueError("bad"))
    ((request,), _) = early.take()
    assert request["response"] is answer


def test_who_took_them_hears_no_more_until_somebody_listens_again(early: Early) -> None:
    early.listen()
    fire(None)
    assert len(early.take()[0]) == 1
    fire(None)
    assert early.take() == ([], 0)
    early.listen()
    fire(None)
    assert len(early.take()[0]) == 1


ATTACH = (
    "In a program that runs Locust as a library, call swarmscope.listener.attach(environment) once "
    "its runner exists"
)


def test_more_than_a_worker_can_remember_are_counted_and_said_once(
    early: Early, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20_000):
        fire(None)
    assert not caplog.messages
    for _ in range(3):
        fire(None)
    assert caplog.messages == [
        "More than 20,000 requests came before swarmscope was attached: further ones are not "
        f"recorded until it is. {ATTACH}; in a locustfile, an init handler takes too long."
    ]
    caplog.clear()
    early._say_if_nobody_came()
    assert "in this process (20,003)" in caplog.text
    requests, over = early.take()
    assert (len(requests), over) == (20_000, 3)
    assert early.take() == ([], 0)


def test_at_the_end_it_is_said_that_nobody_came(
    early: Early, caplog: pytest.LogCaptureFixture
) -> None:
    early._say_if_nobody_came()
    assert not caplog.messages
    fire(None)
    early._say_if_nobody_came()
    assert caplog.messages == [
        "Requests were made in this process (1), and none of them is recorded: swarmscope.listener "
        f"was imported, and never attached. {ATTACH}."
    ]
