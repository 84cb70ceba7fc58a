"""Who has to go at the gateway's door, and who isn't let in."""

from swarmscope.ingress.clients import Client, Clients, RateLimit


def client(address: str) -> Client:
    return Client(address, lambda: None)


def entered(clients: Clients, *addresses: str) -> list[Client]:
    """Bring a client of each address, for each of whom there is a place."""
    come = [client(address) for address in addresses]
    assert [clients.enter(one) for one in come] == [None] * len(come)
    return come


def test_as_long_as_there_are_places_nobody_has_to_go() -> None:
    clients = Clients(3)
    entered(clients, "a", "a", "a")
    assert len(clients) == 3
    assert clients.held_by("a") == 3
    assert clients.held_by("b") == 0


def test_who_has_to_go_is_the_longest_silent_of_the_address_that_has_most() -> None:
    clients = Clients(4)
    _, first, second, third = entered(clients, "b", "a", "a", "a")
    clients.touch(first)
    assert clients.enter(client("c")) is second
    assert clients.enter(client("a")) is third
    assert clients.enter(client("d")) is first
    assert clients.held_by("a") == 1
    assert len(clients) == 4


def test_where_each_address_has_one_the_longest_silent_of_all_goes() -> None:
    clients = Clients(3)
    first, second, third = entered(clients, "a", "b", "c")
    clients.touch(first)
    newest = client("d")
    assert clients.enter(newest) is second
    clients.touch(third)
    assert clients.enter(client("e")) is first
    assert clients.enter(client("f")) is newest


def test_one_that_came_last_has_its_say_first() -> None:
    """Even of the address that has most: it hasn't been silent yet."""
    clients = Clients(2)
    first, second = entered(clients, "a", "a")
    third = client("a")
    assert [clients.enter(third), clients.enter(client("a"))] == [first, second]
    assert clients.enter(client("b")) is third


def test_who_went_has_no_place_to_lose_or_to_give_back() -> None:
    clients = Clients(2)
    first, second = entered(clients, "a", "b")
    clients.forget(first)
    clients.forget(first)
    clients.touch(first)
    assert len(clients) == 1
    entered(clients, "c")
    assert clients.enter(client("d")) is second
    clients.forget(second)
    assert len(clients) == 2


def test_an_address_may_knock_so_often_and_no_other_s_knocks_count() -> None:
    knocks = RateLimit(2, seconds=3_600)
    assert [knocks.too_many("a") for _ in range(4)] == [False, False, True, True]
    assert not knocks.too_many("b")


def test_knocks_are_forgotten_after_their_time() -> None:
    knocks = RateLimit(1, seconds=0)
    assert not any(knocks.too_many("a") for _ in range(3))
