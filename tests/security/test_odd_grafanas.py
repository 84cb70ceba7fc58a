"""A Grafana that means harm, or who stands in its place: commands end with one line that helps."""

import gc
from collections.abc import Callable, Iterator

import pytest
from tests.fixtures import hostile_store as harm
from tests.fixtures.hostile_store import hostile

from swarmscope.grafana.connection import GrafanaError, Place
from swarmscope.grafana.events import Event, mark
from swarmscope.grafana.publish import Wanted, publish

ODD = {
    "null": b"null",
    "a number": b"1e999",
    "a list of numbers": b"[1]",
    "an object": b'{"folders": {}}',
    "another kind of folder": b'[{"title": "swarmscope"}]',
    "many brackets": b"[" * 100_000,
    "no JSON": b"<html>",
    "no text": b"\xff\xfe",
}


@pytest.fixture(autouse=True)
def nothing_is_collected() -> Iterator[None]:
    """What is finalized at the depth at which JSON's brackets end fails there, whosever it is."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
@pytest.mark.parametrize("status", ["200 OK", "400 x", "500 x"])
def test_odd_answers_are_told_in_one_line(status: str, body: bytes) -> None:
    with hostile(lambda: iter([harm.whole(status, body)]), kind=None) as grafana:
        place = Place(f"{grafana.url}/", "token")
        with pytest.raises(GrafanaError, match=grafana.url) as caught:
            publish(place, Wanted())
    assert str(caught.value).isprintable()
    assert "Nothing was published." in str(caught.value)


REFUSALS: dict[str, Callable[[Place], object]] = {
    "a mark": lambda place: mark(Event("e", "k", 1), place),
    "the boards": lambda place: publish(place, Wanted()),
}


@pytest.mark.parametrize("ask", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("status", ["400 x", "403 x", "500 x"])
def test_what_it_says_begins_no_line_of_its_own(
    ask: Callable[[Place], object], status: str
) -> None:
    """In a CI's log, `::error::` at the beginning of a line is a command."""
    body = b'{"message": "no\\n::error::from-grafana"}'
    with (
        hostile(lambda: iter([harm.whole(status, body)]), kind=None) as grafana,
        pytest.raises(GrafanaError, match="no ::error::from-grafana") as caught,
    ):
        ask(Place(f"{grafana.url}/", "token"))
    assert str(caught.value).isprintable()
