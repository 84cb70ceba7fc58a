"""Whose the folder of the spools is, and where it lies, on a machine that several people use."""

import os
import tempfile
from pathlib import Path

import pytest
from tests.fixtures.files import state
from tests.fixtures.neighbours import ATTACKER, VICTIM, as_user, everybodys, give, needs_root

from swarmscope.settings import Settings, places
from swarmscope.spool import SpoolError
from swarmscope.spool.file import SpoolFile
from swarmscope.spool.folder import own_folder, usable_folder

MAKE = """
from swarmscope.errors import SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.spool.file import SpoolFile
folder = Settings.from_env().spool_dir
try:
    made = SpoolFile.create(folder, "host")
    made.release(remove=False)
    assert [orphan.path for orphan in SpoolFile.orphans(folder)] == [made.path]
    print("made in", made.path.parent)
except SwarmscopeError as error:
    assert SpoolFile.orphans(folder) == []
    print(error)
"""


def make(temporary: Path, uid: int, **env: str) -> str:
    """Make a spool as the user *uid* on a machine with this folder for temporary files."""
    said = as_user(uid, MAKE, env={"HOME": "/nonexistent", "TMPDIR": str(temporary), **env})
    return said.stdout.strip()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own, with a home for this user and a folder for temporary files."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("SWARMSCOPE_SPOOL_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def folder() -> Path:
    """Return where spools are where nobody says so."""
    return Settings.from_env().spool_dir


def left_in(where: Path) -> Path:
    """Return the path of a spool that a process which is gone left in *where*."""
    file = SpoolFile.create(where, "gone")
    file.release(remove=False)
    return file.path


def taken(where: Path) -> list[Path]:
    """Return the spools that the next process takes over."""
    orphans = SpoolFile.orphans(where)
    for orphan in orphans:
        orphan.release(remove=False)
    return [orphan.path for orphan in orphans]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_it_is_in_the_users_home(machine: Path) -> None:
    assert folder() == machine / "home/.local/state/swarmscope/spool"
    left = left_in(folder())
    assert taken(folder()) == [left]
    assert {mode(made) for made in (folder(), folder().parent)} == {0o700}


def test_or_where_such_things_are_said_to_be(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(machine / "home/state"))
    assert folder() == machine / "home/state/swarmscope/spool"
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    assert folder() == machine / "home/.local/state/swarmscope/spool"


@pytest.mark.parametrize("home", ["missing", "missing/too", "home"])
def test_without_a_home_of_ones_own_it_is_among_temporary_files(
    machine: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (machine / "home").chmod(0o777)
    monkeypatch.setenv("HOME", str(machine / home))
    assert folder() == machine / "tmp" / f"swarmscope-spool-{os.geteuid()}"
    assert taken(folder()) == []
    left = left_in(folder())
    assert taken(folder()) == [left]
    assert not (machine / "missing").exists()


@needs_root
def test_a_home_of_somebody_else_is_left_alone(machine: Path) -> None:
    """As after `sudo -E`, where the home's name is still that of who called it."""
    give(machine / "home", ATTACKER)
    assert folder() == machine / "tmp/swarmscope-spool-0"


def test_what_former_versions_left_is_taken_over(machine: Path) -> None:
    former = [machine / "tmp" / name for name in (places.own_name(), "swarmscope-spool")]
    left = [left_in(where) for where in former]
    assert taken(folder()) == left
    # they were somebody's to write to: nothing is believed of what lies there
    for where in former:
        where.chmod(0o777)
    assert taken(folder()) == []


@pytest.mark.parametrize("found", [0o755, 0o777, 0o770])
def test_a_folder_that_others_could_enter_is_closed_to_them(machine: Path, found: int) -> None:
    folder().mkdir(parents=True)
    folder().chmod(found)
    left_in(folder())
    assert mode(folder()) == 0o700


def test_a_link_that_somebody_put_there_is_not_followed(machine: Path) -> None:
    target = machine / "target"
    left_in(target)
    folder().parent.mkdir(parents=True)
    folder().symlink_to(target)
    with pytest.raises(SpoolError, match="or is a link") as caught:
        SpoolFile.create(folder(), "host")
    assert "Nothing in it is read, sent or changed. Set SWARMSCOPE_SPOOL_DIR" in str(caught.value)
    assert taken(folder()) == []
    assert len(taken(target)) == 1


def test_a_folder_that_was_named_may_be_a_link(machine: Path) -> None:
    (machine / "large disk").mkdir()
    (machine / "spool").symlink_to(machine / "large disk")
    left = left_in(machine / "spool")
    assert left.parent == machine / "spool"
    assert taken(machine / "spool") == [left]


@pytest.mark.parametrize("found", [0o775, 0o777, 0o1777])
def test_in_a_folder_that_others_may_write_to_it_is_one_of_the_users_own(
    machine: Path, found: int
) -> None:
    shared = machine / "volume"
    shared.mkdir()
    before = left_in(shared)
    shared.chmod(found)
    left = left_in(shared)
    assert left.parent == shared / places.own_name()
    assert (mode(left.parent), mode(shared)) == (0o700, found & 0o777)
    assert taken(shared) == [left]
    # once nobody else may write there, what is in either is taken
    shared.chmod(0o755)
    assert taken(shared) == [before, left]


def test_one_that_others_may_only_read_is_used_as_it_is(machine: Path) -> None:
    (machine / "volume").mkdir(mode=0o755)
    left = left_in(machine / "volume")
    assert left.parent == machine / "volume"
    assert mode(machine / "volume") == 0o755
    assert mode(left) == 0o600


@needs_root
def test_each_user_has_a_folder_of_his_own() -> None:
    with everybodys() as temporary:
        for uid in (VICTIM, ATTACKER):
            made = temporary / f"swarmscope-spool-{uid}"
            assert make(temporary, uid) == f"made in {made}"
            assert (made.stat().st_uid, mode(made)) == (uid, 0o700)


@needs_root
@pytest.mark.parametrize("said", ["", "SWARMSCOPE_SPOOL_DIR"])
def test_a_folder_that_somebody_else_put_there_is_not_used(said: str) -> None:
    with everybodys() as temporary:
        trap = temporary / f"swarmscope-spool-{VICTIM}"
        trap.mkdir()
        give(trap, ATTACKER).chmod(0o777)
        told = make(temporary, VICTIM, **({said: str(temporary)} if said else {}))
        assert told.startswith(f"The spool's folder {trap} can't be used: it was made by another")
        assert list(trap.iterdir()) == []


@needs_root
def test_where_a_folder_is_of_everybody_each_user_of_it_has_one_in_it() -> None:
    """As Kubernetes makes volumes: root's, and open to all."""
    with everybodys() as volume:
        volume.chmod(0o777)
        for uid in (VICTIM, ATTACKER):
            told = make(volume, uid, SWARMSCOPE_SPOOL_DIR=str(volume))
            assert told == f"made in {volume}/swarmscope-spool-{uid}"


@pytest.mark.parametrize("found", [None, 0o700, 0o755, 0o777, 0o1777])
@pytest.mark.parametrize("named", [False, True])
def test_it_is_known_where_it_will_be_without_making_it(
    machine: Path, found: int | None, named: bool
) -> None:
    where = machine / "volume" if named else folder()
    if found is not None:
        where.mkdir(parents=True)
        where.chmod(found)
    before = state(machine)
    usable = usable_folder(where)
    assert state(machine) == before
    assert usable == own_folder(where)


@pytest.mark.parametrize("named", ["file", "file/below", "lost", "lost/below"])
def test_one_that_can_not_be_made_is_known_without_trying(machine: Path, named: str) -> None:
    (machine / "file").touch()
    (machine / "lost").symlink_to(machine / "nowhere" / "deep")
    before = state(machine)
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        usable_folder(machine / named)
    assert state(machine) == before


def test_a_link_in_its_place_is_said_without_trying(machine: Path) -> None:
    (machine / "target").mkdir()
    folder().parent.mkdir(parents=True)
    folder().symlink_to(machine / "target")
    with pytest.raises(SpoolError, match="or is a link"):
        usable_folder(folder())


CHECK = """
from pathlib import Path
from swarmscope.spool.folder import usable_folder
try:
    print(usable_folder(Path(sys.argv[2])))
except OSError as error:
    print(error.strerror)
"""


@needs_root
def test_one_that_the_user_may_not_write_to_is_known_without_trying() -> None:
    with everybodys() as temporary:
        (temporary / "roots").mkdir(mode=0o755)
        for where in (temporary / "roots", temporary / "roots/below/it"):
            assert as_user(VICTIM, CHECK, where).stdout.strip() == "Permission denied"
        assert as_user(VICTIM, CHECK, temporary / "mine").stdout.strip() == f"{temporary}/mine"
