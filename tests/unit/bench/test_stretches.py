"""Whose greenlet kept others waiting, and for how long."""

import gc
from collections.abc import Callable
from time import thread_time

import gevent
from tests.bench.large.stretches import Stretches


def _busy(seconds: float) -> None:
    end = thread_time() + seconds
    while thread_time() < end:
        pass


def _named(module: str, work: Callable[[float], None]) -> Callable[[float], None]:
    def run(seconds: float) -> None:
        work(seconds)

    run.__module__ = module
    return run


def _seen(*work: tuple[str, float]) -> Stretches:
    stretches = Stretches()
    stretches.begin()
    try:
        gevent.joinall([gevent.spawn(_named(module, _busy), s) for module, s in work])
    finally:
        stretches.end()
    return stretches


def test_a_stretch_is_whose_greenlet_it_was() -> None:
    seen = _seen(("swarmscope.agent.agent", 0.02), ("locust.runners", 0.04))
    assert max(cpu for _, cpu in seen.ours.values()) >= 20
    assert max(cpu for _, cpu in seen.others.values()) >= 40


def test_what_gives_way_in_between_is_two_stretches() -> None:
    def twice(seconds: float) -> None:
        _busy(seconds)
        gevent.sleep(0)
        _busy(seconds)

    stretches = Stretches()
    stretches.begin()
    began = thread_time()
    gevent.spawn(_named("swarmscope.agent.agent", twice), 0.02).join()
    whole = (thread_time() - began) * 1_000
    stretches.end()
    longest = max(cpu for _, cpu in stretches.ours.values())
    assert 20 <= longest <= whole - 20


def test_a_full_collection_counts_as_ours_wherever_it_happens() -> None:
    stretches = Stretches()
    stretches.begin()
    gc.collect(0)
    gc.collect()
    stretches.end()
    (took,) = stretches.collections
    assert max(cpu for _, cpu in stretches.ours.values()) == took


def test_notes_are_what_json_takes_in_the_order_of_seconds() -> None:
    notes = _seen(("swarmscope.agent.agent", 0.01)).notes()
    assert set(notes) == {"ours", "others", "collections"}
    assert notes["ours"]
