"""Key files: made once, private where they must be, and checked when read."""

from pathlib import Path

import pytest
import zmq

from swarmscope.errors import ConfigurationError
from swarmscope.logs.curve import make_keys, read_key


def test_the_keys_that_are_made_are_a_pair(tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "keys")
    assert zmq.curve_public(read_key(secret)) == read_key(public)
    assert (secret.stat().st_mode & 0o777, public.stat().st_mode & 0o777) == (0o600, 0o644)


def test_keys_that_are_there_are_kept(tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path)
    before = secret.read_bytes(), public.read_bytes()
    with pytest.raises(ConfigurationError, match="No key was changed"):
        make_keys(tmp_path)
    assert (secret.read_bytes(), public.read_bytes()) == before


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 41, b"\xff" * 40, b"two words" * 5])
def test_a_file_without_a_key_says_how_to_make_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="--make-keys"):
        read_key(path)


def test_a_file_that_is_missing_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--make-keys"):
        read_key(tmp_path / "none")
