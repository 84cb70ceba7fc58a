"""Which arrivals are whose, as workers come, go and change."""

import pytest

from swarmscope.agent import shares as module
from swarmscope.agent.shares import Shares


def told(**users: dict[str, int]) -> Shares:
    shares = Shares()
    for client, of_classes in users.items():
        shares.hear(client, of_classes)
    return shares


def test_each_worker_has_as_many_parts_as_users() -> None:
    shares = told(a={"V": 2, "W": 1}, b={"V": 3})
    assert shares.settle(["a", "b"], {"V": 5, "W": 1})
    assert shares.of("a") == {"V": [0, 2, 5], "W": [0, 1, 1]}
    assert shares.of("b") == {"V": [2, 3, 5], "W": [1, 0, 1]}
    assert shares.of("c") == {}
    assert not shares.settle(["a", "b"], {"V": 5, "W": 1}), "nothing changed"


def test_nothing_is_dealt_out_until_all_users_are_told_of() -> None:
    """A worker that is told first would begin with all arrivals."""
    shares = told(a={"V": 2})
    assert not shares.settle(["a", "b"], {"V": 4})
    shares.hear("b", {"V": 2})
    assert shares.settle(["a", "b"], {"V": 4})


def test_where_users_stay_away_the_others_take_over_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    shares = told(a={"V": 2}, b={"V": 2})
    shares.settle(["a", "b"], {"V": 4})
    assert not shares.settle(["a"], {"V": 4}), "its users may come back, on another worker"
    now[0] += 3
    assert shares.settle(["a"], {"V": 4})
    assert (shares.of("a"), shares.of("b")) == ({"V": [0, 2, 2]}, {})


def test_where_nobody_is_left_nothing_is_dealt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = told(a={"V": 2})
    shares.settle(["a"], {"V": 2})
    shares.hear("a", {"V": 0})
    monkeypatch.setattr(module, "monotonic", lambda: 1e9)
    assert not shares.settle(["a"], {"V": 0})


@pytest.mark.parametrize("odd", [None, 3, {"V": -1}, {"V": "2"}, {7: 1}, [["V", 1]]])
def test_what_no_worker_tells_is_not_heard(odd: object) -> None:
    shares = told(a={"V": 1})
    shares.hear("a", odd)
    shares.settle(["a"], {"V": 1})
    assert shares.of("a") == {"V": [0, 1, 1]}
