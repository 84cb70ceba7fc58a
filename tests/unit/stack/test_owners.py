"""Volumes are given to the users of the containers, all of them, and only once."""

import os
from pathlib import Path

import pytest

from swarmscope.stack import owners

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
_UID = 65_523


def test_all_of_a_volume_is_given_and_what_a_link_leads_to_is_not(tmp_path: Path) -> None:
    other, volume = tmp_path / "other", tmp_path / "influxdb-data"
    (volume / "engine/data").mkdir(parents=True)
    other.write_text("mine")
    (volume / "engine/data/000.tsm").write_text("points")
    (volume / "link").symlink_to(other)
    owners.give_all(tmp_path, {"influxdb-data": _UID})
    given = [volume, *volume.rglob("*")]
    assert len(given) == 5
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in given} == {(_UID, _UID)}
    assert volume.stat().st_mode & 0o777 == 0o700
    assert other.stat().st_uid == 0


def test_a_volume_that_was_given_is_not_walked_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("points")
    assert owners.give(tmp_path, _UID) == 2
    os.chown(tmp_path / "file", 0, 0)
    assert owners.give(tmp_path, _UID) == 0


def test_what_was_begun_is_ended_the_next_time(tmp_path: Path) -> None:
    """The folder itself comes last."""
    (tmp_path / "file").write_text("points")
    os.chown(tmp_path / "file", _UID, _UID)
    assert owners.give(tmp_path, _UID) == 2
    assert tmp_path.stat().st_uid == _UID
