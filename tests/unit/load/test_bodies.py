"""What a request sends, sent twice."""

import io
import os
from collections.abc import Mapping
from typing import Any

import pytest

from swarmscope.load.bodies import Bodies, UnrepeatableError


def file() -> io.BytesIO:
    """Return a file of which a part was read already."""
    opened = io.BytesIO(b"headbody")
    opened.seek(4)
    return opened


@pytest.mark.parametrize(
    "sent",
    [
        lambda one: {"data": one},
        lambda one: {"payload": one},
        lambda one: {"files": {"photo": one}},
        lambda one: {"files": {"photo": ("me.png", one, "image/png")}},
        lambda one: {"files": [("photo", ("me.png", one))]},
        lambda one: {"data": {"name": "me"}, "files": {"photo": one}},
    ],
)
def test_files_are_read_again_from_where_they_stood(sent: Any) -> None:
    one = file()
    bodies = Bodies(sent(one))
    for _ in range(2):
        bodies.rewind()
        assert one.read() == b"body"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"data": None, "json": {"a": 1}},
        {"data": b"bytes"},
        {"data": {"a": ["1", "2"]}},
        {"data": [("a", "1")]},
        {"params": iter([1])},
    ],
)
def test_what_is_no_file_needs_nothing(options: Mapping[str, Any]) -> None:
    Bodies(options).rewind()


def test_a_generator_and_a_pipe_can_be_read_once() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as pipe:
        os.close(writer)
        for once in (pipe, iter([b"a"]), (part for part in [b"a"])):
            with pytest.raises(UnrepeatableError):
                Bodies({"data": once})
