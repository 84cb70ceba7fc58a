"""Whose the folder of the spools is, on a machine that several people use."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

NOBODY = 65_534
_MAKE = """
import importlib
import os
import sys
from swarmscope import settings, spool_file
from swarmscope.errors import SwarmscopeError
if uid := int(sys.argv[1]):
    # Not from the beginning: the interpreter may lie where another user can't read.
    os.setuid(uid)
    settings, spool_file = map(importlib.reload, (settings, spool_file))
folder = settings.Settings.from_env().spool_dir
try:
    made = spool_file.SpoolFile.create(folder, "host")
    made.path.touch()
    made.release(remove=False)
    (orphan,) = spool_file.SpoolFile.orphans(folder)
    print("made in", folder)
except SwarmscopeError as error:
    assert spool_file.SpoolFile.orphans(folder) == []
    print(error)
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


def make(temporary: Path, uid: int = 0, **settings: str) -> str:
    """Make a spool as the user *uid* on a machine with this folder for temporary files."""
    done = subprocess.run(
        [sys.executable, "-c", _MAKE, str(uid)],
        env={**os.environ, "TMPDIR": str(temporary), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder of everybody's, as /tmp is."""
    # Not below pytest's own: each pytest that starts meanwhile closes that to other users.
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(folder)
        shared.chmod(0o1777)
        yield shared


@needs_root
def test_each_user_has_a_folder_of_his_own(temporary: Path) -> None:
    """With one for all, the second user of a machine kept unsent data in memory alone."""
    assert make(temporary) == f"made in {temporary}/swarmscope-spool-0"
    assert make(temporary, NOBODY) == f"made in {temporary}/swarmscope-spool-{NOBODY}"
    modes = {folder.stat().st_mode & 0o777 for folder in temporary.iterdir()}
    assert modes == {0o700}


@needs_root
def test_a_folder_that_somebody_else_put_there_is_not_used(temporary: Path) -> None:
    trap = temporary / f"swarmscope-spool-{os.geteuid()}"
    trap.mkdir()
    os.chown(trap, NOBODY, NOBODY)
    said = make(temporary)
    assert said.startswith(f"The spool's folder {trap} was made by another user, or is a link.")
    assert "SWARMSCOPE_SPOOL_DIR" in said
    assert list(trap.iterdir()) == []


def test_a_link_that_somebody_put_there_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    trap = temporary / f"swarmscope-spool-{os.geteuid()}"
    trap.symlink_to(tmp_path / "target")
    assert "or is a link" in make(temporary)
    assert list((tmp_path / "target").iterdir()) == []


def test_a_folder_that_was_named_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "spool").symlink_to(tmp_path / "large disk")
    named = str(tmp_path / "spool")
    assert make(tmp_path, SWARMSCOPE_SPOOL_DIR=named) == f"made in {named}"
