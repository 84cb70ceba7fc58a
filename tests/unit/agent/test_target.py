"""Hosts that users can request nothing of."""

from typing import Any

import pytest
from locust import FastHttpUser, HttpUser, User
from locust.env import Environment

from swarmscope.agent.target import Target, doubt

DOUBT = "The host of Shopper is 'staging.example', which has no scheme"


def environment(kind: Any, own: str | None = None, host: str | None = None) -> Environment:
    user = type("Shopper", (kind,), {"host": own, "tasks": [lambda _: None]})
    return Environment(user_classes=[user], host=host)


@pytest.mark.parametrize("kind", [HttpUser, FastHttpUser])
@pytest.mark.parametrize(
    ("own", "host", "doubtful"),
    [
        (None, "staging.example", True),
        ("staging.example", None, True),
        ("https://x.example", "staging.example", True),
        # What is given takes the place of the locustfile's own.
        ("staging.example", "https://x.example", False),
        (None, None, False),
    ],
)
def test_the_host_that_users_get_is_looked_at(
    kind: Any, own: str | None, host: str | None, doubtful: bool
) -> None:
    assert doubt(environment(kind, own, host)).startswith(DOUBT if doubtful else "")
    assert bool(doubt(environment(kind, own, host))) == doubtful


def test_users_that_speak_something_else_have_hosts_as_they_want_them() -> None:
    assert doubt(environment(User, "broker.example:9092")) == ""


def test_each_host_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    watched = environment(HttpUser, host="staging.example")
    target = Target(watched)
    target.look()
    target.look()
    assert caplog.text.count(DOUBT) == 1
    assert "perhaps https://staging.example?" in caplog.text
    assert "LOCUST_HOST" in caplog.text
    for host, times in (("https://staging.example", 1), ("staging.example", 2)):
        watched.host = host
        target.look()
        assert caplog.text.count(DOUBT) == times
