"""What is printed is text: no terminal and no runner of a CI obeys it."""

import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.terminal import Plain, guard, lost, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\u001b[2J"),
        ("\x9b2J", "\\u009b2J"),
        ("\x07\x7f\x00", "\\u0007\\u007f\\u0000"),
        ("a\rb", "a\\u000db"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("a\u2028b", "a\\u2028b"),
        ("\udc9b", "\\udc9b"),
        ("::error::x", "\\u003a:error::x"),
        ("a\n  ::set-output", "a\n  \\u003a:set-output"),
        ("##[error]", "\\u0023#[error]"),
        ("##vso[task]", "\\u0023#vso[task]"),
        ("##teamcity[x", "\\u0023#teamcity[x"),
    ],
)
def test_what_something_obeys_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["p95 < 200 ms\n\ttotal", "Grüße: 12 %", "a::b", "## Run", "日本"])
def test_what_nothing_obeys_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_json_that_is_shown_means_the_same(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@given(st.text())
def test_one_line_is_one_line_of_signs_that_can_be_seen(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) == len(text)


def test_a_stream_writes_what_can_be_seen_and_counts_what_it_was_given() -> None:
    below = io.StringIO()
    assert Plain(below).write("\x1b[0m") == 4
    assert below.getvalue() == "\\u001b[0m"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_sign_that_a_terminal_has_not_is_spelled_as_json_does(encoding: str) -> None:
    bytes_below = io.BytesIO()
    stream = Plain(io.TextIOWrapper(bytes_below, encoding=encoding))
    stream.write(json.dumps("日😀", ensure_ascii=False))
    stream.flush()
    assert json.loads(bytes_below.getvalue().decode(encoding)) == "日😀"
    assert (stream.encoding, stream.writable(), stream.isatty()) == (encoding, True, False)


def test_a_process_is_guarded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    guard()
    guard()
    sys.stdout.write("\x1b")
    sys.stderr.write("\x1b")
    assert (out.getvalue(), err.getvalue()) == ("\\u001b", "\\u001b")


@pytest.fixture
def full() -> Iterator[TextIO]:
    """Open a file on a disk that is full."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w", encoding="utf-8") as file:
        yield file


def test_what_nobody_takes_is_let_go_of_and_why_is_known(
    full: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", full)
    guard()
    for text in ("a verdict", "what stood behind it"):
        sys.stdout.write(text)
        sys.stdout.flush()
    assert isinstance(sys.stdout, Plain)
    assert (error := lost()) is sys.stdout.lost
    assert error is not None
    assert error.errno == errno.ENOSPC
    full.flush()


def test_of_a_reader_who_left_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """`swarmscope runs | head -1` wants no more."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        guard()
        sys.stdout.write("a verdict")
        sys.stdout.flush()
        assert isinstance(sys.stdout, Plain)
        assert isinstance(sys.stdout.lost, BrokenPipeError)
        assert lost() is None
