"""Who has to go at the gateway's door, and who isn't let in."""

from swarmscope.stack.guests import Guest, Guests, Knocks


def guest(address: str) -> Guest:
    return Guest(address, lambda: None)


def entered(guests: Guests, *addresses: str) -> list[Guest]:
    """Bring a guest of each address, for each of whom there is a place."""
    come = [guest(address) for address in addresses]
    assert [guests.enter(one) for one in come] == [None] * len(come)
    return come


def test_as_long_as_there_are_places_nobody_has_to_go() -> None:
    guests = Guests(3)
    entered(guests, "a", "a", "a")
    assert len(guests) == 3
    assert guests.held_by("a") == 3
    assert guests.held_by("b") == 0


def test_who_has_to_go_is_the_longest_silent_of_the_address_that_has_most() -> None:
    guests = Guests(4)
    _, first, second, third = entered(guests, "b", "a", "a", "a")
    guests.touch(first)
    assert guests.enter(guest("c")) is second
    assert guests.enter(guest("a")) is third
    assert guests.enter(guest("d")) is first
    assert guests.held_by("a") == 1
    assert len(guests) == 4


def test_where_each_address_has_one_the_longest_silent_of_all_goes() -> None:
    guests = Guests(3)
    first, second, third = entered(guests, "a", "b", "c")
    guests.touch(first)
    newest = guest("d")
    assert guests.enter(newest) is second
    guests.touch(third)
    assert guests.enter(guest("e")) is first
    assert guests.enter(guest("f")) is newest


def test_one_that_came_last_has_its_say_first() -> None:
    """Even of the address that has most: it hasn't been silent yet."""
    guests = Guests(2)
    first, second = entered(guests, "a", "a")
    third = guest("a")
    assert [guests.enter(third), guests.enter(guest("a"))] == [first, second]
    assert guests.enter(guest("b")) is third


def test_who_went_has_no_place_to_lose_or_to_give_back() -> None:
    guests = Guests(2)
    first, second = entered(guests, "a", "b")
    guests.forget(first)
    guests.forget(first)
    guests.touch(first)
    assert len(guests) == 1
    entered(guests, "c")
    assert guests.enter(guest("d")) is second
    guests.forget(second)
    assert len(guests) == 2


def test_an_address_may_knock_so_often_and_no_other_s_knocks_count() -> None:
    knocks = Knocks(2, seconds=3_600)
    assert [knocks.too_many("a") for _ in range(4)] == [False, False, True, True]
    assert not knocks.too_many("b")


def test_knocks_are_forgotten_after_their_time() -> None:
    knocks = Knocks(1, seconds=0)
    assert not any(knocks.too_many("a") for _ in range(3))
