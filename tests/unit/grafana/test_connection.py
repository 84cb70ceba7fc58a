"""Which Grafana is meant, who we are there, and what its refusals mean."""

from base64 import b64encode

import pytest
from tests.fixtures import fake_grafana
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Said, answering

from swarmscope.errors import ConfigurationError
from swarmscope.grafana.connection import GrafanaError, Place, connect, explained


def look_for_folders(place: Place) -> None:
    with explained(place, "Nothing was published."):
        connect(place).folder.get_all_folders()


def test_no_grafana_is_named():
    assert Place.of({}) is None
    assert Place.of({"GRAFANA_URL": "  "}) is None


def test_an_option_goes_before_the_environment():
    environ = {"GRAFANA_URL": "http://there:3000", "GRAFANA_TOKEN": " a-token\n"}
    place = Place.of(environ, "http://here:3000/grafana", 2)
    assert place == Place("http://here:3000/grafana/", "a-token", 2)


@pytest.mark.parametrize(
    "url",
    ["grafana", "ftp://grafana", "http://", "http://host:port", "http://a:1/b@host", "http://["],
)
def test_what_is_no_address_is_refused_without_a_password_in_it(url: str):
    with pytest.raises(ConfigurationError, match="is not the address of a Grafana"):
        Place.of({"GRAFANA_URL": url})


def test_neither_password_nor_token_is_shown():
    place = Place("http://me:my-password@host:3000/grafana/", "my-token")
    assert place.shown == "http://host:3000/grafana"
    assert "my-token" not in repr(place)


@pytest.mark.parametrize(
    ("user", "token", "sent"),
    [
        ("", "a-token", "Bearer a-token"),
        ("me:p%2Fw@", "", f"Basic {b64encode(b'me:p/w').decode()}"),
        ("me:gr%C3%B6%C3%9Fer@", "", f"Basic {b64encode('me:größer'.encode()).decode()}"),
        ("me:password@", "a-token", "Bearer a-token"),
        ("", "", ""),
    ],
)
def test_we_are_whom_the_token_or_else_the_address_names(user: str, token: str, sent: str):
    with fake_grafana.serving() as grafana:
        url = grafana.url.replace("http://", f"http://{user}")
        look_for_folders(Place(f"{url}/", token))
    assert grafana.authorization == [sent]


@pytest.mark.parametrize(
    ("status", "what", "next_step"),
    [
        (401, "doesn't know us (401)", "Set GRAFANA_TOKEN"),
        (403, "doesn't let us do this (403: no)", "service account that is an Editor"),
        (412, "refused it (412: no)", "Its own log says more"),
        (500, "refused it (500: no)", "Its own log says more"),
    ],
)
def test_a_refusal_says_what_became_of_it_and_what_to_do(status: int, what: str, next_step: str):
    said = Said(b'{"message": "no"}', status, {"Content-Type": "application/json"})
    with answering({"/": said}) as url, pytest.raises(GrafanaError) as caught:
        look_for_folders(Place(f"{url}/", "token"))
    text = str(caught.value)
    assert f"Grafana at {url} {what}" in text
    assert "Nothing was published." in text
    assert next_step in text


def test_where_nothing_listens_the_setting_is_named():
    place = Place(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(GrafanaError, match=r"Nothing that speaks as a Grafana.*GRAFANA_URL"):
        look_for_folders(place)
