"""What is remembered of requests by themselves."""

import gc
import tracemalloc

from swarmscope.logs.kinds import Kinds, What


def _what(i: int, error: str | None = None) -> What:
    return (f"/endpoint/{i}", "GET"), "GET", f"/endpoint/{i}", error, 200, None


def test_a_kind_is_put_together_once() -> None:
    kinds = Kinds(sample=1)
    (first,) = kinds.of([_what(1, "HTTPError: 500")])
    (again,) = kinds.of([_what(1, "HTTPError: 500")])
    assert first is again


def test_failures_whose_texts_differ_each_time_are_not_gathered() -> None:
    kinds = Kinds(sample=1)
    tracemalloc.start()
    try:
        for i in range(4_500):
            kinds.of(
                [_what(i % 60), _what(i % 60, f"CatchResponseError: wrong total in order {i}")]
            )
        gc.collect()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2 * 2**20


def test_what_was_forgotten_is_put_together_again() -> None:
    kinds = Kinds(sample=1)
    (before,) = kinds.of([_what(7)])
    for i in range(2_500):
        kinds.of([_what(7, f"CatchResponseError: wrong total in order {i}")])
    (after,) = kinds.of([_what(7)])
    assert after == before
