"""The note beside a store says where its server is, as long as that has it."""

import json
import os
from pathlib import Path

import pytest
from tests.fixtures.odd_files import mode

from swarmscope.embedded.server_note import NOTE, announce, server_of, withdraw


def test_it_is_there_from_the_server_s_begin_to_its_end(tmp_path: Path) -> None:
    assert server_of(tmp_path, os.getpid()) is None
    announce(tmp_path, "http://here:1")
    announce(tmp_path, "http://here:2")
    assert server_of(tmp_path, os.getpid()) == "http://here:2"
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]
    assert mode(tmp_path / NOTE) == 0o600
    withdraw(tmp_path)
    withdraw(tmp_path)
    assert server_of(tmp_path, os.getpid()) is None


def test_one_of_a_server_that_is_gone_is_not_believed(tmp_path: Path) -> None:
    announce(tmp_path, "http://here:1")
    assert server_of(tmp_path, os.getpid() + 1) is None


def test_one_that_a_killed_server_left_half_made_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f"{NOTE}.{os.getpid()}").write_text("{")
    announce(tmp_path, "http://here:1")
    assert server_of(tmp_path, os.getpid()) == "http://here:1"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"pid": %d}', '{"url": "http://x"}', "\x00\xff"]
)
def test_a_note_that_is_none_says_nothing(tmp_path: Path, text: str) -> None:
    text = text.replace("%d", str(os.getpid()))
    (tmp_path / NOTE).write_text(text, encoding="latin-1")
    assert server_of(tmp_path, os.getpid()) is None


def test_a_link_that_somebody_put_there_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text(json.dumps({"url": "http://evil", "pid": os.getpid()}))
    (tmp_path / NOTE).symlink_to(tmp_path / "other")
    assert server_of(tmp_path, os.getpid()) is None
