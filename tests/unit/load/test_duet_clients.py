"""What a duet makes of users' requests: real clients of Locust, two real services."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from gevent import joinall, spawn
from locust import FastHttpUser, HttpUser, constant
from locust.clients import HttpSession
from locust.env import Environment
from locust.exception import ResponseError, StopUser
from tests.fixtures.two_versions import Version, two_versions

from swarmscope.load import duet
from swarmscope.load.duet import Duet, Mode
from swarmscope.load.duet_clients import take_over

Told = list[tuple[str, str]]
CLIENTS = pytest.mark.parametrize("base", [HttpUser, FastHttpUser])


class Play:
    """Two services, and users who ask them; what Locust was told of it."""

    def __init__(self, a: Version, b: Version) -> None:
        self.a, self.b = a, b
        self.environment = Environment()
        self.environment.create_local_runner()
        self.told: Told = []
        """The requests' names, and what failed them."""
        self.environment.events.request.add_listener(self._hear)

    def _hear(self, name: str, exception: object, **_: object) -> None:
        self.told.append((name, str(exception or "")))

    def user(self, base: type, mode: Mode = Mode.REQUESTS, *, begin: bool = True) -> Any:
        """Return the next user of a class of its own; *begin*: of a run of its own, too."""
        if begin:
            take_over()
            duet.play(self.environment, Duet(self.b.url, mode, seed=1))
            self.cls = type("Visitor", (base,), {"wait_time": constant(0), "host": self.a.url})
        return self.cls(self.environment)

    @property
    def names(self) -> list[str]:
        """The names, in alphabetical order: which side is first is random."""
        return sorted(name for name, _ in self.told)


@pytest.fixture
def play() -> Iterator[Play]:
    with two_versions() as (a, b):
        playing = Play(a, b)
        yield playing
        assert playing.environment.runner
        playing.environment.runner.quit()


@CLIENTS
def test_each_request_goes_to_both_and_the_code_sees_as_answer(play: Play, base: type) -> None:
    answer = play.user(base).client.get("/items?page=1")
    assert answer.json() == {"version": "A"}
    assert play.a.paths == play.b.paths == ["/items?page=1"]
    assert play.names == ["/items?page=1 @A", "/items?page=1 @B"]


@CLIENTS
def test_which_side_is_first_is_random_and_the_same_again(play: Play, base: type) -> None:
    def first() -> list[str]:
        play.told.clear()
        user = play.user(base)
        for _ in range(20):
            user.client.get("/")
        return [name[-1] for name, _ in play.told[::2]]

    before = first()
    assert {"A", "B"} == set(before)
    assert first() == before


@CLIENTS
def test_without_a_duet_clients_are_as_they_were(play: Play, base: type) -> None:
    user = play.user(base)
    duet.play(play.environment, None)
    user.client.get("/items")
    assert (play.b.paths, play.names) == ([], ["/items"])


@CLIENTS
def test_each_side_has_its_own_cookies(play: Play, base: type) -> None:
    user = play.user(base)
    for _ in range(2):
        user.client.get("/")
    for side in (play.a, play.b):
        first, second = side.asked
        assert "cookie" not in first["headers"]
        assert second["headers"]["cookie"] == f"session={side.name}"


@CLIENTS
def test_names_that_the_code_gives_are_both_sides(play: Play, base: type) -> None:
    user = play.user(base)
    user.client.get("/items/1", name="/items/[id]")
    with user.client.rename_request("renamed"):
        user.client.get("/items/2")
    assert play.names == ["/items/[id] @A", "/items/[id] @B", "renamed @A", "renamed @B"]


@CLIENTS
def test_a_path_within_the_hosts_makes_no_two_endpoints(play: Play, base: type) -> None:
    play.a.url += "/blue"
    play.b.url += "/green/"
    play.user(base).client.get("/items")
    assert (play.a.paths, play.b.paths) == (["/blue/items"], ["/green/items"])
    assert len({name.rpartition(" @")[0] for name in play.names}) == 1


@CLIENTS
def test_an_absolute_url_of_a_goes_to_both_and_another_once(play: Play, base: type) -> None:
    with two_versions() as (other, _):
        user = play.user(base)
        user.client.get(f"{play.a.url}/items", name="ours")
        user.client.get(f"{other.url}/logo", name="theirs")
        assert other.paths == ["/logo"]
    assert play.a.paths == play.b.paths == ["/items"]
    assert play.names == ["ours @A", "ours @B", "theirs"]


def test_a_session_with_another_host_is_on_no_side(play: Play) -> None:
    user = play.user(HttpUser)
    with two_versions() as (other, _):
        session = HttpSession(other.url, play.environment.events.request, user)
        session.get("/token")
        assert other.paths == ["/token"]
    assert (play.a.paths, play.b.paths, play.names) == ([], [], ["/token"])


@CLIENTS
def test_a_failure_of_b_is_bs_alone(play: Play, base: type) -> None:
    play.b.answers["/items"] = (503, {})
    assert play.user(base).client.get("/items").status_code == 200
    assert {name: bool(why) for name, why in play.told} == {"/items @A": False, "/items @B": True}


@CLIENTS
def test_b_that_is_not_there_fails_and_the_user_goes_on(play: Play, base: type) -> None:
    play.b.url = "http://127.0.0.1:1"
    assert play.user(base).client.get("/items").status_code == 200
    assert {name: bool(why) for name, why in play.told} == {"/items @A": False, "/items @B": True}


@CLIENTS
def test_what_the_code_says_of_as_answer_is_said_of_a_b_with_the_same_status(
    play: Play, base: type
) -> None:
    play.a.answers["/gone"] = play.b.answers["/gone"] = (404, {})
    user = play.user(base)
    with user.client.get("/gone", catch_response=True) as answer:
        assert play.told == []
        answer.success()
    with user.client.get("/items", catch_response=True) as answer:
        answer.failure("too few")
    with user.client.get("/items", name="raised", catch_response=True):
        raise ResponseError("wrong")
    assert dict(play.told) == {
        **dict.fromkeys(("/gone @A", "/gone @B"), ""),
        **dict.fromkeys(("/items @A", "/items @B"), "too few"),
        **dict.fromkeys(("raised @A", "raised @B"), "wrong"),
    }
    assert len(play.told) == 6


@CLIENTS
def test_a_b_with_another_status_is_judged_by_its_own(play: Play, base: type) -> None:
    play.a.answers["/gone"] = (404, {})
    play.b.answers["/items"] = (500, {})
    user = play.user(base)
    with user.client.get("/gone", catch_response=True) as answer:
        answer.failure("gone")
    with user.client.get("/items", catch_response=True) as answer:
        answer.success()
    failed = {name: bool(why) for name, why in play.told}
    assert failed == {"/gone @A": True, "/gone @B": False, "/items @A": False, "/items @B": True}


@CLIENTS
def test_a_with_block_needs_catch_response_as_ever(play: Play, base: type) -> None:
    answer = play.user(base).client.get("/items")
    with pytest.raises(Exception, match=r"catch_response|context manager"), answer:
        pass
    assert len(play.told) == 2


@CLIENTS
def test_a_side_that_redirects_to_the_other_fails(play: Play, base: type) -> None:
    play.b.answers["/old"] = (302, {"Location": f"{play.a.url}/new"})
    play.a.answers["/old"] = (302, {"Location": "/new"})
    play.user(base).client.get("/old")
    told = dict(play.told)
    assert told["/old @A"] == ""
    assert "B redirected to A" in told["/old @B"]


@CLIENTS
def test_what_the_code_sets_on_its_client_is_sent_to_both(play: Play, base: type) -> None:
    user = play.user(base)
    user.client.get("/login")
    if base is HttpUser:
        user.client.headers["Authorization"] = "Bearer 1"
        user.client.get("/items")
    else:
        user.client.client.default_headers["Authorization"] = "Bearer 1"
        user.client.get("/items")
    for side in (play.a, play.b):
        assert side.asked[1]["headers"]["authorization"] == "Bearer 1"


@CLIENTS
def test_credentials_in_bs_address_are_bs(play: Play, base: type) -> None:
    play.b.url = play.b.url.replace("http://", "http://me:secret%21@")
    play.user(base).client.get("/items")
    assert "authorization" not in play.a.asked[0]["headers"]
    assert play.b.asked[0]["headers"]["authorization"] == "Basic bWU6c2VjcmV0IQ=="


def test_a_file_is_sent_to_both_from_where_it_stood(play: Play) -> None:
    file = io.BytesIO(b"headbody")
    file.seek(4)
    play.user(HttpUser).client.post("/upload", data=file)
    assert play.a.asked[0]["body"] == play.b.asked[0]["body"] == b"body"


def test_what_can_be_read_once_goes_to_a_alone_and_is_on_no_side(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    user = play.user(HttpUser)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            user.client.post("/upload", data=iter([b"once"]))
    assert (len(play.a.asked), play.b.asked, play.names) == (2, [], ["/upload"] * 2)
    assert sum("read once" in record.message for record in caplog.records) == 1


@CLIENTS
def test_users_alternate_with_all_that_they_do(play: Play, base: type) -> None:
    users = [play.user(base, Mode.USERS)]
    users += [play.user(base, begin=False) for _ in range(3)]
    answers = [user.client.get("/items").json()["version"] for user in users]
    assert sorted(answers) == ["A", "A", "B", "B"]
    assert answers[0] != answers[1]
    assert [user.host for user in users] == [
        {"A": play.a.url, "B": play.b.url}[answer] for answer in answers
    ]
    assert sorted(play.names) == ["/items @A"] * 2 + ["/items @B"] * 2


@CLIENTS
def test_an_absolute_url_of_a_goes_to_the_side_of_its_user(play: Play, base: type) -> None:
    users = [play.user(base, Mode.USERS), play.user(base, begin=False)]
    for user in users:
        with user.client.get(f"{play.a.url}/items", name="x", catch_response=True) as answer:
            answer.failure("checked")
    assert play.a.paths == play.b.paths == ["/items"]
    assert sorted(play.told) == [("x @A", "checked"), ("x @B", "checked")]


def test_workers_begin_with_different_sides() -> None:
    told = Duet("http://b", Mode.USERS, 1)
    first = {duet.Playing(told, index).next_side(HttpUser) for index in range(2)}
    assert first == {"A", "B"}


@CLIENTS
@pytest.mark.parametrize("mode", list(Mode))
def test_a_user_whose_own_host_is_a_part_of_as_asks_that_part_of_both(
    play: Play, base: type, mode: Mode
) -> None:
    """Tenants in paths: locust#2081."""
    play.user(base, mode)
    one = play.cls

    class Tenant(one):  # type: ignore[misc, valid-type]
        abstract = False

        def __init__(self, environment: Environment) -> None:
            self.host = f"{one.host}/acme"
            super().__init__(environment)

    for _ in range(2):
        Tenant(play.environment).client.get("/items", name="/items")
    assert set(play.a.paths) == set(play.b.paths) == {"/acme/items"}
    assert set(play.names) == {"/items @A", "/items @B"}


@CLIENTS
def test_requests_at_the_same_time_are_all_made_twice(play: Play, base: type) -> None:
    user = play.user(base)
    joinall([spawn(user.client.get, f"/{i}") for i in range(8)], raise_error=True)
    assert sorted(play.a.paths) == sorted(play.b.paths) == [f"/{i}" for i in range(8)]
    assert len(play.names) == 16


@CLIENTS
def test_a_stream_goes_to_a_alone(play: Play, base: type) -> None:
    play.user(base).client.get("/events", stream=True)
    assert (play.a.paths, play.b.paths, play.names) == (["/events"], [], ["/events"])


@CLIENTS
def test_a_listener_that_ends_the_user_hears_of_both_sides(play: Play, base: type) -> None:
    def end(**_: object) -> None:
        raise StopUser

    user = play.user(base)
    play.environment.events.request.add_listener(end)
    with pytest.raises(StopUser), user.client.get("/items", catch_response=True):
        pass
    assert play.names == ["/items @A", "/items @B"]


@CLIENTS
def test_a_service_can_be_compared_with_itself(play: Play, base: type) -> None:
    play.b.url = play.a.url
    play.user(base).client.get("/items")
    assert play.a.paths == ["/items"] * 2
    assert [why for _, why in play.told] == ["", ""]
    assert play.names == ["/items @A", "/items @B"]


def test_of_two_that_are_judged_together_the_last_one_is_told_of_first(play: Play) -> None:
    """Phases are noted in the greenlet: the newest are those of the request that is told of."""
    user = play.user(HttpUser)
    orders = duet.Playing(Duet(play.b.url, Mode.REQUESTS, seed=1), 0)
    for _ in range(8):
        with user.client.get("/", catch_response=True):
            pass
    assert [name[-1] for name, _ in play.told[::2]] == [orders.order()[-1] for _ in range(8)]
