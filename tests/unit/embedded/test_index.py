"""What the writer remembers has an end, and what is dropped leaves nothing behind."""

import pytest

from swarmscope.embedded.index import Index, WriteSet
from swarmscope.embedded.parser import parse

ROOM = 2_000
LONG = "x" * ROOM


def write(index: Index, lines: str) -> WriteSet:
    batch = WriteSet(index, "loadtest")
    for point in parse(lines, "ns", 0):
        batch.add(point)
    return batch


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("many time=1i 1", id="nothing is left of it"),
        pytest.param(f"{LONG} f=1 1", id="no room for its name"),
        pytest.param(f"m,tag={LONG} f=1 1", id="no room for its tag"),
        pytest.param(f"m {LONG}=1 1", id="no room for its field"),
        pytest.param(
            "m," + ",".join(f"t{i:02}=a" for i in range(20)) + " f=1 1", id="no room for its tags"
        ),
    ],
)
def test_a_point_that_is_dropped_leaves_nothing_behind(line: str) -> None:
    index = Index(max_names_bytes=ROOM)
    assert write(index, line).dropped == 1
    assert index == Index(max_names_bytes=ROOM)


def test_a_full_store_takes_points_of_what_it_knows() -> None:
    index = Index(max_names_bytes=ROOM)
    batch = write(index, "m,worker=w f=1 1")
    assert not batch.dropped
    index.max_names_bytes = 0  # as after a start with a smaller limit
    more = write(index, "m,worker=w f=2 2\nm,worker=v f=1 2\nm,worker=w g=1 2")
    assert (more.dropped, len(more.appended)) == (2, 1)
    assert "swarmscope delete RUN" in more.complaint


def test_room_that_is_given_back_is_there_again() -> None:
    index = Index(max_names_bytes=ROOM)
    write(index, "m,worker=w f=1 1").undo()
    assert index == Index(max_names_bytes=ROOM)
    point = next(iter(parse("m,worker=w f=1 1", "ns", 0)))
    index.know_series(0, "loadtest", point.key, None)
    index.forget_series("loadtest", point.key)
    assert index.names_bytes == 0
