"""A spool's database is one process's alone; what others do to its files is noticed."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from swarmscope.spool.database import IN_MEMORY, CutOffError, Extent, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.spool"


def filled(path: Path) -> sqlite3.Connection:
    db = opened(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE t (x)")
    db.execute("INSERT INTO t VALUES (1)")
    return db


def test_none_of_its_files_is_mapped_into_memory(path: Path) -> None:
    """Whoever truncates one that is mapped ends the process."""
    with closing(filled(path)) as db:
        assert db.execute("PRAGMA mmap_size").fetchone() == (0,)
        assert sorted(one.name for one in path.parent.iterdir()) == ["a.spool", "a.spool-wal"]
        mapped = Path("/proc/self/maps")
        assert not mapped.exists() or str(path) not in mapped.read_text()


def test_nobody_else_reads_it_meanwhile(path: Path) -> None:
    with (
        closing(filled(path)),
        closing(sqlite3.connect(path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="database is locked"),
    ):
        other.execute("SELECT * FROM t")


def test_a_journal_and_its_index_that_a_killed_process_left_are_read(path: Path) -> None:
    """Earlier versions left an index in a file: it is neither used nor in the way."""
    leave = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA journal_mode=WAL'); db.execute('CREATE TABLE t (x)')\n"
        "db.execute('INSERT INTO t VALUES (1)'); os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", leave, str(path)], check=True)
    assert Path(f"{path}-shm").stat().st_size
    with closing(opened(path)) as db:
        os.truncate(f"{path}-shm", 0)
        assert db.execute("SELECT x FROM t").fetchall() == [(1,)]
        db.execute("INSERT INTO t VALUES (2)")
    with closing(opened(path)) as db:
        assert db.execute("SELECT x FROM t").fetchall() == [(1,), (2,)]


def test_a_forked_child_that_ends_takes_nothing_of_its_parents_along(path: Path) -> None:
    """Its copy of the connection goes with its interpreter; the journal is the parent's."""
    code = (
        "import os, sys; from swarmscope.spool import Batch, Spool\n"
        "spool = Spool(sys.argv[1], 10**6)\n"
        "spool.keep(Batch('loadtest', 'r', 1, ['m f=1 1']))\n"
        "child = os.fork()\n"
        "if child == 0: del spool; sys.exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "spool.keep(Batch('loadtest', 'r', 2, ['m f=1 1']))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    with closing(opened(path)) as db:
        assert db.execute("SELECT requests FROM batch").fetchall() == [(1,), (2,)]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * 8)


def replace(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(b"\x00" * (len(content) + 1))


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("part", "harm"),
    [
        ("", cut),
        ("", Path.unlink),
        ("-wal", cut),
        ("-wal", Path.unlink),
        ("-wal", overwrite),
        ("-wal", replace),
        ("-wal", a_pipe),
        (".lock", Path.unlink),
    ],
)
def test_what_is_done_to_its_files_is_noticed_for_good(
    path: Path, part: str, harm: Callable[[Path], None]
) -> None:
    Path(f"{path}.lock").touch()
    with closing(filled(path)):
        extent = Extent(path)
        extent.check()
        harm(Path(f"{path}{part}"))
        for _ in range(2):
            with pytest.raises(CutOffError, match=f"{path}{part}$"):
                extent.check()


def test_what_its_owner_writes_is_no_harm(path: Path) -> None:
    """Neither when the journal grows, nor when it begins anew."""
    with closing(filled(path)) as db:
        extent = Extent(path)
        for _ in range(3):
            db.execute("INSERT INTO t VALUES (zeroblob(100000))")
            extent.check()
        before = Path(f"{path}-wal").read_bytes()[:32]
        db.execute("PRAGMA wal_checkpoint")
        db.execute("INSERT INTO t VALUES (2)")
        assert Path(f"{path}-wal").read_bytes()[:32] != before
        extent.learn()
        extent.check()


def test_what_never_was_there_is_not_missed(path: Path) -> None:
    extent = Extent(path)
    path.touch()
    extent.check()
    Extent(IN_MEMORY).check()
