"""The shop's cache: what it keeps, for how long, and how much of it."""

from swarmscope.demo import cache
from swarmscope.demo.cache import Cache


class Clock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_put_there_is_a_hit_until_its_time_is_over() -> None:
    clock = Clock()
    kept = Cache(30, clock)
    assert kept.get("a") is None
    kept.put("a", [])
    clock.now = 29.9
    assert kept.get("a") == []
    clock.now = 30.0
    assert kept.get("a") is None
    assert (kept.hits, kept.misses) == (1, 2)


def test_an_entry_that_is_put_there_again_is_the_newest() -> None:
    kept = Cache()
    for n in range(cache.MOST):
        kept.put(n, n)
    kept.put(0, "again")
    kept.put("one more", 1)
    assert len(kept) == cache.MOST
    assert (kept.get(0), kept.get(1)) == ("again", None)


def test_all_is_forgotten_at_once() -> None:
    kept = Cache()
    kept.put("a", 1)
    kept.forget_all()
    assert (len(kept), kept.get("a")) == (0, None)
