"""The client of the other side: what it has in common with its user's, and what not.

What it sends is in test_duet_clients.py.
"""

from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession

from swarmscope.load.twins import twin_of


class Own(HttpSession):
    """A user's own kind of client, with arguments of its own."""

    def __init__(self, host: str, tenant: str) -> None:
        super().__init__(host, request_event=None, user=None)
        self.tenant = tenant


def test_a_twin_of_a_client_of_the_users_own_is_one_of_it() -> None:
    session = Own("http://a", "acme")
    twin = twin_of(session, "http://b", "http://b/")
    assert isinstance(twin, Own)
    assert (twin.base_url, twin.tenant) == ("http://b", "acme")
    assert twin_of(session, "http://b", "http://b/") is twin


def test_what_is_replaced_on_the_client_is_the_twins_too() -> None:
    session = HttpSession("http://a", request_event=None, user=None)
    twin = twin_of(session, "http://b", "http://b")
    session.headers = {"X": "1"}  # type: ignore[assignment]
    session.verify = False
    again = twin_of(session, "http://b", "http://b")
    assert isinstance(again, HttpSession)
    assert again is twin
    assert (again.headers, again.verify, again.base_url) == ({"X": "1"}, False, "http://b")


def test_cookies_from_before_the_first_request_are_both_and_later_ones_as_alone() -> None:
    session = HttpSession("http://a", request_event=None, user=None)
    session.cookies.set("consent", "yes")
    twin = twin_of(session, "http://b", "http://b")
    session.cookies.set("session", "A")
    assert isinstance(twin, HttpSession)
    assert twin_of(session, "http://b", "http://b") is twin
    assert twin.cookies.get_dict() == {"consent": "yes"}


def test_a_fast_twin_has_a_jar_and_an_agent_of_its_own() -> None:
    session = FastHttpSession("http://a", request_event=None, user=None)
    twin = twin_of(session, "http://b", "http://b")
    assert isinstance(twin, FastHttpSession)
    assert twin.client.cookiejar is twin.cookiejar is not session.cookiejar
    assert session.client.cookiejar is session.cookiejar
