"""Secrets as files: made once, for one owner."""

import os
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.stack.vault import Handover, Vault


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = Vault(tmp_path).get("password")
    assert len(first) == 32
    assert Vault(tmp_path).get("password") == first
    assert Vault(tmp_path).get("other") != first


def test_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    Vault(tmp_path).get("password")
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["password"]


def test_a_vault_without_its_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no folder"):
        Vault(tmp_path / "nosuch")


def test_a_handed_over_file_is_replaced_as_a_whole_and_has_no_line_end(tmp_path: Path) -> None:
    folder = Handover(tmp_path, os.getuid())
    assert folder.get("token") == ""
    folder.put("token", "a")
    folder.put("token", "b")
    assert (tmp_path / "token").read_bytes() == b"b"
    assert folder.get("token") == "b"
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_a_file_with_an_owner_is_for_that_owner_alone(tmp_path: Path) -> None:
    Handover(tmp_path, tmp_path.stat().st_uid).put("token", "a")
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o400
