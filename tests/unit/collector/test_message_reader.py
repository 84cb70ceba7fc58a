"""The collector's reading of messages: everything in them may be wrong, or meant ill."""

import json
import tracemalloc
from dataclasses import replace

import pytest

from swarmscope import schema
from swarmscope.collector import message_reader
from swarmscope.collector.message_reader import MessageReader
from swarmscope.embedded.parser import parse
from swarmscope.logs.lines import MAX_MESSAGE, Message, record_line

REQUEST = b'{"time":"2026-11-21T16:03:34.597576448Z","level":"info","request_type":"GET"}'


def record(message: str = "hi", **change: str) -> bytes:
    told = {"host": "h", "run": "r", "worker": "worker-0"}
    logger, level = change.pop("logger", "locust.main"), change.pop("level", "info")
    line = record_line(1_763_740_000_000_000_001, level, logger, message, **told | change)
    return line.encode()


def frame(*lines: bytes, sender: str = "s", first: int = 0, **tags: str) -> list[bytes]:
    return [Message(sender, first, tags, list(lines)).encode()]


def test_a_record_is_a_line_and_a_point() -> None:
    found = MessageReader().read(frame(record("no stock"), env="test"))
    assert found.lines == [record("no stock")]
    (point,) = parse(found.points[0], "ns", 0)
    assert point.key.measurement == "locust_log"
    assert dict(point.key.tags) == {
        "env": "test",
        "level": "info",
        "run": "r",
        "source": "locust.main",
        "worker": "worker-0",
    }
    assert point.fields == {"message": "no stock"}
    assert point.time == 1_763_740_000_000_000_001


def test_a_request_is_a_line_and_no_point() -> None:
    found = MessageReader().read(frame(REQUEST))
    assert (found.lines, found.points) == ([REQUEST], [])


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [b""],
        [b"\x00" * 1_000],
        [b"x" * (MAX_MESSAGE + 1)],
        [*frame(record()), b"and another frame"],
        [b"not a header\n" + record()],
    ],
)
def test_a_message_that_cannot_be_read_is_counted_and_dropped(frames: list[bytes]) -> None:
    reader = MessageReader()
    assert reader.read(frames).lines == []
    assert reader.counts.malformed == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b'{"time":"now","level":"info","message":"x"}',
        b'{"time":"1969-11-21T16:03:34.597576448Z","level":"info","message":"x"}',
        b'{"time":"9999-11-21T16:03:34.597576448Z","level":"info","message":"x"}',
        b'{"time":"2026-11-21T16:03:34.597576448Z","level":"info"}',
        b'{"time":"2026-11-21T16:03:34.597576448Z","level":"info","message":7}',
        b'{"time":"2026-11-21T16:03:34.597576448Z","level":"info","message":"x","run":{}}',
        b'{"time":"2026-11-21T16:03:34.597576448Z","level":"IN\\nFO","message":"x"}',
    ],
)
def test_a_bad_line_is_counted_and_the_others_of_its_message_stay(line: bytes) -> None:
    reader = MessageReader()
    found = reader.read(frame(record("before"), line, record("after")))
    assert found.lines == [record("before"), record("after")]
    assert (reader.counts.malformed, reader.counts.records) == (1, 2)


def test_lines_that_never_came_are_missed_once() -> None:
    reader = MessageReader()
    reader.read(frame(REQUEST, REQUEST))
    assert reader.read(frame(REQUEST, first=7)).missing == 5
    assert reader.read(frame(REQUEST, first=8)).missing == 0
    assert reader.counts.missing == 5


def test_a_worker_that_is_met_in_the_middle_misses_nothing() -> None:
    assert MessageReader().read(frame(REQUEST, first=1_000)).missing == 0


def test_senders_are_told_apart_and_only_so_many_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message_reader, "_SENDERS", 3)
    reader = MessageReader()
    for number in range(50):
        reader.read(frame(REQUEST, sender=f"s{number}"))
    assert reader.read(frame(REQUEST, sender="s49", first=2)).missing == 1
    assert len(reader._next) == 3


def test_a_sender_s_tags_replace_none_of_ours() -> None:
    found = MessageReader().read(
        frame(record(), run="evil", level="evil", message="evil", team="web")
    )
    (point,) = parse(found.points[0], "ns", 0)
    tags = dict(point.key.tags)
    assert (tags["run"], tags["level"], tags["team"]) == ("r", "info", "web")


@pytest.mark.parametrize(
    ("tag", "change", "limit"),
    [
        ("source", "logger", schema.MAX_SOURCES),
        ("level", "level", message_reader.LEVELS.count),
        ("worker", "worker", 30),
    ],
)
def test_values_past_a_budget_are_one_series(
    tag: str, change: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        message_reader,
        "SERIES",
        replace(message_reader.SERIES, count=30 if tag == "worker" else 1_000),
    )
    reader = MessageReader()
    values = set()
    for number in range(limit + 5):
        (line,) = reader.read(frame(record(**{change: f"v{number}"}))).points
        values.add(dict(parse(line, "ns", 0)[0].key.tags)[tag])
    assert len(values) == limit + 1
    assert schema.FOLDED in values


def test_what_becomes_a_series_has_one_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches the collector would fill the store, which then takes no new run."""
    monkeypatch.setattr(message_reader, "SERIES", replace(message_reader.SERIES, count=30))
    reader = MessageReader()
    keys, texts = set(), set()
    for number in range(100):
        text = f"v{number}"
        for sent in (
            frame(record(text), team=text),
            frame(record(text, run=text, logger=text)),
            frame(record(text, worker=text, level="error")),
        ):
            (line,) = reader.read(sent).points
            (point,) = parse(line, "ns", 0)
            keys.add(point.key)
            texts.add(point.fields["message"])
    folded = {key for key in keys if dict(key.tags)["run"] == schema.FOLDED}
    assert len(keys - folded) == 30
    # No tag of a stranger's is in those, and one for each level is no more than levels have.
    assert {
        dict(key.tags).keys() - {"run", "worker", "level", "source"} == set() for key in folded
    } == {True}
    assert len(folded) == 2
    assert len(texts) == 100


def test_what_was_told_apart_is_remembered_by_little_however_long_its_texts_are() -> None:
    """Those of 20,000 series, as large as they may be, took 600 MB."""
    reader = MessageReader()
    wide = "\N{GRINNING FACE}" * 190

    def read(number: int) -> dict[str, str]:
        tags = {f"{key}x{wide}": f"{number}x{wide}" for key in range(schema.MAX_TAGS)}
        (line,) = reader.read(frame(record(), **tags)).points
        return dict(parse(line, "ns", 0)[0].key.tags)

    read(0)
    tracemalloc.start()
    try:
        for number in range(1, 100):
            read(number)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000
    assert read(7)["run"] == "r"


@pytest.mark.parametrize(
    "tags", [{"x" * 201: "y"}, {"x": "y" * 201}, {f"t{i}": "" for i in range(17)}]
)
def test_tags_that_no_setting_allows_are_no_message_of_ours(tags: dict[str, str]) -> None:
    reader = MessageReader()
    assert reader.read(frame(record(), **tags)).lines == []
    assert reader.counts.malformed == 1


@pytest.mark.parametrize("key", ["run", "worker", "logger"])
def test_a_name_without_an_end_is_told_apart_from_none(key: str) -> None:
    """It is remembered as long as the collector runs; the file has it."""
    reader = MessageReader()
    found = reader.read(frame(*(record(**{key: str(number) * 300}) for number in range(5))))
    assert len(found.lines) == 5
    points = [parse(line, "ns", 0)[0] for line in found.points]
    tag = {"logger": "source"}.get(key, key)
    assert {dict(point.key.tags)[tag] for point in points} == {schema.FOLDED}


def test_lone_surrogates_and_control_characters_make_points_that_can_be_read() -> None:
    line = json.dumps({**json.loads(record()), "message": "\ud800\x00\n", "logger": "\x01=,"})
    (written,) = MessageReader().read(frame(line.encode())).points
    (point,) = parse(written, "ns", 0)
    assert point.fields["message"].endswith("\n")
