"""Lines and messages: what is written is read back, and nothing else is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.logs.lines import (
    MAX_MESSAGE,
    Message,
    iso,
    parse_iso,
    read_line,
    record_line,
    shown,
)


@given(st.integers(0, 2**63 - 1))
def test_a_time_is_read_back_to_the_nanosecond(time_ns: int) -> None:
    assert parse_iso(iso(time_ns)) == time_ns


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-11-21", "2026-11-21T16:03:34Z", "2026-11-21T16:03:34.59757644Z",
     "2026-11-21T16:03:34.597576448", "2026-13-21T16:03:34.597576448Z",
     "2026-11-21T16:03:34.59757644xZ",
     "2026-11-21T16:03:34.\u0665\u0665\u0665\u0665\u0665\u0665\u0665\u0665\u0665Z"],
)  # fmt: skip
def test_another_form_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_iso(text)


@given(st.text(), st.text())
def test_any_record_is_one_line_that_is_read_back(message: str, logger: str) -> None:
    line = record_line(1, "info", logger, message, host="h", run="r", worker="w")
    assert "\n" not in line
    found = read_line(line.encode())
    assert (found["message"], found["logger"]) == (message, logger)


def test_a_line_of_ours_has_nothing_that_a_terminal_obeys() -> None:
    text = "".join(map(chr, range(0x2100)))
    line = record_line(1, "info", text, text, host="h", run="r", worker="w")
    assert line.isprintable()
    assert shown(line.encode()) == line.encode()


@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False)))
def test_a_line_means_the_same_where_it_is_shown(value: dict[str, object]) -> None:
    raw = json.dumps({**value, "\x7f": "\x9b2J\u202e"}, ensure_ascii=False, indent="\t")
    line = raw.replace("\n", "\r").encode("utf-8", "replace")
    found = shown(line)
    assert not {"\r", "\x7f", "\x9b", "\u202e"} & set(found.decode())
    assert json.loads(found) == json.loads(line)


def test_a_message_is_read_back() -> None:
    message = Message("h-1-ab", 17, {"env": "test"}, [b'{"a":1}', b'{"b":2}'])
    assert Message.decode(message.encode()) == message
    assert Message.decode(Message("s", 0, {}, []).encode()).lines == []


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\n",
        b"\xff\xfe\n",
        b"[]\n{}",
        b"null",
        b'{"v":2,"sender":"x","first":0,"tags":{}}',
        b'{"v":1,"sender":7,"first":0,"tags":{}}',
        b'{"v":1,"sender":"' + b"x" * 129 + b'","first":0,"tags":{}}',
        b'{"v":1,"sender":"x","first":-1,"tags":{}}',
        b'{"v":1,"sender":"x","first":true,"tags":{}}',
        b'{"v":1,"sender":"x","first":1e400,"tags":{}}',
        b'{"v":1,"sender":"x","first":99999999999999999999,"tags":{}}',
        b'{"v":1,"sender":"x","first":0,"tags":{"a":1}}',
        b'{"v":1,"sender":"x","first":0,"tags":null}',
        b'{"v":1,"sender":"x","first":0}',
        b'{"v":1,"sender":"x","first":0,"tags":{"a":"' + b"x" * MAX_MESSAGE + b'"}}',
        b"[" * 100_000,
        b"x" * (MAX_MESSAGE + 1),
    ],
)  # fmt: skip
def test_a_message_of_another_form_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Message.decode(frame)


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[1]", b"7", b'{"level":"info"}', b'{"time":1,"level":"info"}', b"\x00\x01",
     b'{"time":"","level":"info","x":NaN}', '{"time":"","level":"info"}'.encode("utf-16")],
)  # fmt: skip
def test_a_line_of_another_form_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_line(line)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(frame: bytes) -> None:
    try:
        Message.decode(frame)
    except ValueError:
        return
    raise AssertionError("it was taken")
