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
