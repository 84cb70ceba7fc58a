"""Who asks whom in a duet: the order of sides, and the sides of users."""

from collections import Counter
from itertools import pairwise

import pytest
from locust import User, constant
from locust.env import Environment

from swarmscope.load import duet
from swarmscope.load.duet import Duet, Mode, Playing

REQUESTS = Duet("http://b", Mode.REQUESTS, seed=7)
USERS = Duet("http://b", Mode.USERS, seed=7)


class Visitor(User):
    wait_time = constant(0)
    host = "http://a"


class Buyer(User):
    wait_time = constant(0)


def orders(playing: Playing, many: int = 1_000) -> list[tuple[str, str]]:
    return [playing.order() for _ in range(many)]


def test_each_side_is_first_as_often_and_in_no_pattern() -> None:
    found = orders(Playing(REQUESTS, 0))
    counts = Counter(found)
    assert set(counts) == {("A", "B"), ("B", "A")}
    assert 420 < counts["A", "B"] < 580
    changes = sum(one != other for one, other in pairwise(found))
    assert 420 < changes < 580


def test_a_seed_makes_the_order_again_and_each_worker_has_its_own() -> None:
    assert orders(Playing(REQUESTS, 0)) == orders(Playing(REQUESTS, 0))
    assert orders(Playing(REQUESTS, 0)) != orders(Playing(REQUESTS, 1))
    assert orders(Playing(REQUESTS, 0)) != orders(Playing(Duet("", Mode.REQUESTS, 8), 0))


@pytest.mark.parametrize("index", [0, 1])
def test_users_of_each_class_alternate(index: int) -> None:
    playing = Playing(USERS, index)
    visitors = [playing.next_side(Visitor) for _ in range(4)]
    buyers = [playing.next_side(Buyer) for _ in range(2)]
    assert visitors == 2 * visitors[:2]
    assert sorted(visitors[:2]) == sorted(buyers) == ["A", "B"]


def test_only_users_of_b_have_another_host_and_only_where_they_alternate() -> None:
    environment = Environment()
    environment.create_local_runner()
    for told, hosts in (
        (USERS, ["http://a", "http://b"]),
        (REQUESTS, ["http://a"] * 2),
        (None, ["http://a"] * 2),
    ):
        duet.play(environment, told)
        users = [Visitor(environment) for _ in range(2)]
        assert sorted(str(user.host) for user in users) == hosts
        assert {user.host == "http://b" for user in users if duet.side_of(user) == "B"} <= {True}
    assert Visitor.host == "http://a"


def test_a_duet_says_what_it_does_and_its_seed() -> None:
    assert str(REQUESTS) == "each request goes to both, in random order (seed 7)"
    assert str(USERS) == "every other user of a class asks B (seed 7)"
