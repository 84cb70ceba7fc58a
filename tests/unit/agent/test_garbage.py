"""What full collections look at while a run goes on."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from swarmscope.agent.garbage import set_aside


class Knot:
    """An object that holds itself: only the garbage collector finds out that nobody else does."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave other tests a collector that looks at everything."""
    yield
    gc.unfreeze()


@pytest.mark.long
def test_what_is_there_when_a_run_begins_is_looked_at_no_more() -> None:
    kept = Knot()
    set_aside()
    assert gc.get_freeze_count() > 1_000
    assert not any(one is kept for one in gc.get_objects())


def test_what_is_garbage_by_then_goes_also_that_of_the_run_before() -> None:
    gone = weakref.ref(Knot())
    kept = [Knot()]
    later = weakref.ref(kept[0])
    set_aside()
    assert gone() is None
    assert later() is kept[0]
    kept.clear()
    gc.collect()
    assert later() is not None  # set aside
    set_aside()
    assert later() is None
