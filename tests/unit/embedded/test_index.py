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


def write_on(index: Index, lines: str, bucket: str = "loadtest") -> list[str]:
    """Write *lines* as the store does; return the texts of which the key had to be read."""
    batch = WriteSet(index, bucket)
    points = parse(lines, "ns", 0, index.texts.get)
    for point in points:
        batch.add(point)
    batch.remember()
    return [point.text for point in points if point.text]


def test_what_lines_call_a_series_is_read_once_however_many_series_there_are() -> None:
    """More than any fixed number of recent ones: they come by turns, each second."""
    index = Index()
    many = 40_000
    lines = "\n".join(f"m,w={i} f=1 1" for i in range(many))
    assert len(write_on(index, lines)) == many
    assert write_on(index, lines) == []
    # By the index's own key: a second copy of each would take four times as much as the text.
    assert all(series.key is index.texts[series.text] for series in index.series.values())


def test_a_series_is_known_by_what_lines_called_it_last() -> None:
    index = Index()
    for order in ("b=2,a=1", "a=1,b=2"):
        assert write_on(index, f"m,{order} f=1 1") == [f"m,{order}"]
    assert list(index.texts) == ["m,a=1,b=2"]
    assert index.texts_bytes == 100 + len("m,a=1,b=2")


def test_a_text_means_the_same_in_every_bucket() -> None:
    index = Index()
    write_on(index, "m,a=1 f=1 1")
    assert write_on(index, "m,a=1 f=1 1", "loadtest_long") == []
    assert len(index.series) == 2


def test_a_series_that_goes_is_called_nothing_any_more() -> None:
    index = Index()
    write_on(index, "m,a=1 f=1 1\nm,a=1 f=1 1")
    ((bucket, key),) = index.series
    index.forget_series(bucket, key)
    assert (index.texts, index.texts_bytes) == ({}, 0)


def test_what_lines_call_series_makes_room_for_names() -> None:
    index = Index(max_names_bytes=ROOM)
    write_on(index, "m,a=1 f=1 1")
    assert index.texts
    left = ROOM - index.names_bytes
    write_on(index, f"m,a=1 {'x' * (left - 100)}=1 1")
    assert index.names_bytes == ROOM
    assert (index.texts, index.texts_bytes) == ({}, 0)
    # Nor is any remembered where there is no room for it.
    assert write_on(index, "m,a=1 f=1 2") == ["m,a=1"]
    assert index.texts == {}


def test_nothing_is_remembered_of_a_write_that_failed() -> None:
    index = Index()
    batch = WriteSet(index, "loadtest")
    for point in parse("m,a=1 f=1 1", "ns", 0, index.texts.get):
        batch.add(point)
    batch.undo()
    assert index == Index()


def test_a_text_that_is_too_long_to_be_remembered_is_read_each_time() -> None:
    index = Index()
    for text in ("m,a=" + "x" * 512, "m," + ",".join(f"t{i}=1" for i in range(21))):
        assert write_on(index, f"{text} f=1 1\n{text} f=1 2") == []
    assert index.texts == {}
