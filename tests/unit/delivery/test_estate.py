"""What dead processes left: taken where it is this user's own; what isn't is said, once."""

from pathlib import Path

import pytest
from tests.fixtures.spools import batch, leave

from swarmscope.delivery.estate import Estate
from swarmscope.settings import Settings
from swarmscope.spool import SpoolError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def estate(folder: Path) -> Estate:
    return Estate(Settings(url="http://127.0.0.1:9", spool_dir=folder))


def taken(estate: Estate, limit: int = 9, without: set[Path] | None = None) -> list[Path]:
    files = estate.take(limit, without or set())
    for file in files:
        file.release(remove=False)
    return [file.path for file in files]


def test_as_many_as_wanted_are_taken_and_none_of_those_that_are_not(
    folder: Path, estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    left = sorted(leave(folder, batch("1")) for _ in range(4))
    assert taken(estate) == left
    assert taken(estate, 2) == left[:2]
    assert taken(estate, 2, {left[0], left[2]}) == [left[1], left[3]]
    assert taken(estate, without={*left}) == []
    assert not caplog.messages


def test_what_is_not_this_users_own_is_said_once_when_nothing_else_is_left(
    folder: Path, estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    left = leave(folder, batch("1"))
    odd = [folder / "a-1-0.spool", folder / "b-1-0.spool"]
    for one in odd:
        one.symlink_to(left)
    assert taken(estate) == [left]
    assert not caplog.messages
    for _ in range(2):
        assert taken(estate, without={left}) == []
    assert caplog.messages == [
        f"{one} isn't taken for a spool of this user: it is a link. Nothing of it is read, sent or "
        "changed. If it is yours, move it and its -wal to a folder of your own, and name that in "
        "SWARMSCOPE_SPOOL_DIR; else remove it."
        for one in odd
    ]


def test_a_file_that_cannot_be_used_is_said_once(
    folder: Path, estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    error = SpoolError("The spool a can't be used: it is full.")
    for _ in range(2):
        estate.refuse(folder / "a.spool", error)
    estate.refuse(folder / "b.spool", SpoolError("The spool b can't be used."))
    assert caplog.messages == [
        f"{error} It was left by another process and stays where it is.",
        "The spool b can't be used. It was left by another process and stays where it is.",
    ]
