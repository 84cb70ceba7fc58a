"""The first place in line: kept, given on in one step, and taken back."""

from typing import Any

import pytest
from locust.env import Environment
from locust.event import EventHook, Events
from locust.exception import StopUser

from swarmscope.agent.front import Place, is_first, is_listening, put_first


class Heard(list[str]):
    def by(self, name: str) -> Any:
        def listener(**_: Any) -> None:
            self.append(name)

        return listener


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_the_first_hears_what_a_raising_listener_hides(heard: Heard):
    environment = Environment()
    events = environment.events

    def stop(**_: Any) -> None:
        raise StopUser

    events.request.add_listener(stop)
    Place(environment, heard.by("ours"))
    with pytest.raises(StopUser):
        events.request.fire()
    assert heard == ["ours"]


def test_all_others_stay_in_their_order(heard: Heard):
    environment = Environment()
    events = environment.events
    for name in "abc":
        events.request.add_listener(heard.by(name))
    place = Place(environment, heard.by("ours"))
    place.give_to(heard.by("next"))
    events.request.fire()
    assert heard == ["next", "a", "b", "c"]


def test_a_place_that_is_given_on_is_never_taken_twice(heard: Heard):
    environment = Environment()
    events = environment.events
    second = heard.by("second")

    def give(**_: Any) -> None:
        heard.append("first")
        place.give_to(second)

    place = Place(environment, give)
    events.request.fire()
    events.request.fire()
    assert heard == ["first", "second"]


def test_who_pushed_in_is_behind_again(heard: Heard, caplog: pytest.LogCaptureFixture):
    environment = Environment()
    events = environment.events
    place = Place(environment, heard.by("ours"))
    events.request._handlers.insert(0, heard.by("pushy"))
    assert not place.hold()
    assert caplog.messages == [
        "Something put itself in front of swarmscope's listener. It is behind again: had it raised "
        "one of Locust's control exceptions, neither Locust nor swarmscope would have heard of the "
        "requests since, a second at most."
    ]
    events.request.fire()
    assert heard == ["ours", "pushy"]


def test_nothing_is_said_while_all_is_well(caplog: pytest.LogCaptureFixture, heard: Heard):
    place = Place(Environment(), heard.by("ours"))
    assert not place.hold()
    assert not caplog.text


@pytest.mark.parametrize("replaced", ["", "request", "events"])
def test_who_was_taken_off_comes_back_and_says_that_something_is_missing(
    heard: Heard, caplog: pytest.LogCaptureFixture, replaced: str
):
    environment = Environment()
    events = environment.events
    place = Place(environment, heard.by("ours"))
    if replaced == "request":
        events.request = EventHook()
    elif replaced:
        environment.events = Events()
    else:
        events.request._handlers.clear()
    assert place.hold()
    assert not place.hold()
    another = " (it is another one now)" if replaced else ""
    assert caplog.messages == [
        f"Something took swarmscope's listener off the request event{another}: what was requested "
        "since, a second at most, is not recorded, and the run stays incomplete. It listens again. "
        "A locustfile must not replace events.request, nor remove listeners that it didn't add."
    ]
    events.request.fire()
    assert heard == ["ours"]


def test_who_left_hears_nothing_and_may_leave_twice(heard: Heard):
    environment = Environment()
    events = environment.events
    place = Place(environment, heard.by("ours"))
    place.leave()
    place.leave()
    events.request.fire()
    assert heard == []


def test_who_was_given_the_place_holds_it_and_leaves_it(heard: Heard):
    environment = Environment()
    events = environment.events
    place = Place(environment, heard.by("first"))
    place.give_to(heard.by("second"))
    events.request._handlers.insert(0, heard.by("pushy"))
    assert not place.hold()
    events.request.fire()
    assert heard == ["second", "pushy"]
    place.leave()
    events.request.fire()
    assert heard == ["second", "pushy", "pushy"]


@pytest.mark.parametrize("taken_off", [False, True])
def test_who_gives_a_place_on_says_whether_nobody_had_it(heard: Heard, taken_off: bool):
    """What was requested meanwhile is in no window: the run must not end as a complete one."""
    environment = Environment()
    place = Place(environment, heard.by("first"))
    if taken_off:
        environment.events.request._handlers.clear()
    assert place.give_to(heard.by("second")) is taken_off
    environment.events.request.fire()
    assert heard == ["second"]


def test_a_hook_that_keeps_its_listeners_otherwise_still_gets_one(heard: Heard):
    class Other:
        """Of a Locust that doesn't exist yet."""

        def __init__(self) -> None:
            self.listeners: set[Any] = set()

        def add_listener(self, listener: Any) -> None:
            self.listeners.add(listener)

        def remove_listener(self, listener: Any) -> None:
            self.listeners.remove(listener)

    hook: Any = Other()
    first, second = heard.by("a"), heard.by("b")
    put_first(hook, first)
    put_first(hook, second, instead_of=first)
    assert hook.listeners == {second}
    # Where a listener stands can't be known then: nothing is said, and nobody is put in twice.
    assert is_first(hook, second)
    assert is_listening(hook, second)


def test_two_places_at_one_event_stand_in_front_of_all_others_and_don_t_push(
    heard: Heard, caplog: pytest.LogCaptureFixture
):
    environment = Environment()
    events = environment.events
    events.request.add_listener(heard.by("theirs"))
    handlers = [heard.by("one"), heard.by("other")]
    for handler in handlers:
        handler.__module__ = "swarmscope.recording.window"
    places = [Place(environment, handler) for handler in handlers]
    for place in [*places, *places, places[0]]:
        assert not place.hold()
    events.request.fire()
    assert heard == ["other", "one", "theirs"]
    assert not caplog.messages


def test_a_stranger_between_two_of_ours_goes_behind_both(heard: Heard):
    environment = Environment()
    events = environment.events
    handlers = [heard.by("one"), heard.by("other")]
    for handler in handlers:
        handler.__module__ = "swarmscope.recording.window"
    places = [Place(environment, handler) for handler in handlers]
    events.request._handlers.insert(1, heard.by("stranger"))
    for place in places:
        place.hold()
    events.request.fire()
    assert sorted(heard[:2]) == ["one", "other"]
    assert heard[2:] == ["stranger"]
