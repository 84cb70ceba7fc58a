"""Another user of the machine, where windows wait on disk: he gets nothing in, out or broken."""

import gzip
import os
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, fake_influx
from tests.fixtures.neighbours import ATTACKER, VICTIM, as_user, everybodys, give, needs_root
from tests.fixtures.server_process import swarmscope
from tests.fixtures.spools import batch, leave
from tests.fixtures.traps import bomb, children, database, pointers

from swarmscope.delivery.outbox import Outbox
from swarmscope.settings import Settings
from swarmscope.spool import Kept
from swarmscope.spool.file import SpoolFile, salvage
from swarmscope.spool.schema import CREATE

DELIVER = """
import logging
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from swarmscope.spool import Batch
delivery = Delivery(Settings.from_env())
delivery.start()
delivery.keep(Batch("loadtest", "r", 1, ["own,run=r count=1i 1"]))
assert delivery.flush(60)
delivery.close()
"""
ENDLESS = """
CREATE VIEW batch AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT i AS id, 'loadtest' AS bucket, 'r' AS run, 1 AS requests, 1 AS points, x'00' AS body FROM n
"""
FORGED = gzip.compress(b"forged,run=r count=1i 1\n")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(url="http://127.0.0.1:9", spool_dir=tmp_path / "spool")


@pytest.fixture
def folder(settings: Settings) -> Path:
    settings.spool_dir.mkdir(mode=0o700)
    return settings.spool_dir


def sent(settings: Settings) -> list[list[str]]:
    """Return the lines of what the next process would send."""
    outbox = Outbox(settings)
    outbox.open()
    found = []
    while portion := outbox.next("loadtest", 5_000):
        found += [kept.lines() for kept in portion.batches]
        outbox.forget(portion)
    outbox.close()
    return found


def deliver(shared: Path, **env: str) -> tuple[list[str], str]:
    """Let the victim measure with this folder; return what came to the store, and was said."""
    with fake_influx(FakeInflux()) as store:
        told = {"INFLUXDB_V2_URL": store.url, "SWARMSCOPE_SPOOL_DIR": str(shared), **env}
        done = as_user(VICTIM, DELIVER, env=told)
        return store.lines, done.stdout


def forge(shared: Path, _: Path) -> None:
    database(shared / "gen-1-0.spool", CREATE, body=FORGED).chmod(0o666)


def link_a_lock(shared: Path, home: Path) -> None:
    database(shared / "gen-1-0.spool", CREATE).chmod(0o666)
    (shared / "gen-1-0.spool.lock").symlink_to(home / "made")


def link_a_database(shared: Path, home: Path) -> None:
    (shared / "gen-1-0.spool").symlink_to(home / "mail")


def link_what_belongs_to_it(shared: Path, home: Path) -> None:
    database(shared / "gen-1-0.spool", CREATE, body=FORGED).chmod(0o666)
    for end in ("-wal", "-shm", "-journal"):
        (shared / f"gen-1-0.spool{end}").symlink_to(home / f"made{end}")


def write_an_endless_view(shared: Path, _: Path) -> None:
    database(shared / "gen-1-0.spool", ENDLESS).chmod(0o666)


def put_a_bomb(shared: Path, _: Path) -> None:
    database(shared / "gen-1-0.spool", CREATE, body=bomb(3 * 2**30)).chmod(0o666)


TRAPS: list[Callable[[Path, Path], None]] = [
    forge,
    link_a_lock,
    link_a_database,
    link_what_belongs_to_it,
    write_an_endless_view,
]


@pytest.mark.long_sample(2)
@pytest.mark.long
@needs_root
@pytest.mark.parametrize("trap", [*TRAPS, pytest.param(put_a_bomb, marks=pytest.mark.long)])
@pytest.mark.parametrize("whose", [ATTACKER, VICTIM], ids=["attacker's", "victim's"])
def test_what_another_user_put_into_a_folder_of_everybodys_is_not_touched(
    trap: Callable[[Path, Path], None], whose: int
) -> None:
    """Also where the folder is the victim's own, and he let others write to it once."""
    with everybodys() as machine:
        home, shared = machine / "home", machine / "team"
        for one in (home, shared):
            one.mkdir(mode=0o700)
        database(home / "mail", "CREATE TABLE mail (text)")
        give(home, VICTIM)
        before = {path.name: path.read_bytes() for path in home.iterdir()}
        trap(shared, home)
        give(shared, ATTACKER)
        os.chown(shared, whose, whose)
        shared.chmod(0o777 if whose == ATTACKER else 0o755)
        planted = {path.name: path.lstat() for path in shared.iterdir()}
        lines, said = deliver(shared)
        assert lines == ["own,run=r count=1i 1"]
        assert {path.name: path.read_bytes() for path in home.iterdir()} == before
        for name, status in planted.items():
            assert (shared / name).lstat().st_mtime_ns == status.st_mtime_ns
        if whose == VICTIM:
            assert "gen-1-0.spool isn't taken for a spool of this user: it " in said


@pytest.mark.long
@needs_root
def test_nobody_else_can_read_what_waits() -> None:
    keep = (
        "from pathlib import Path; from swarmscope.spool import Batch, Spool\n"
        "from swarmscope.spool.file import SpoolFile\n"
        "file = SpoolFile.create(Path(sys.argv[2]), 'gen')\n"
        "spool = Spool(file.path, 10**6)\n"
        "spool.keep(Batch('loadtest', 'r', 1, ['secret f=1i 1']))\n"
        "print(file.path)\n"
        # killed: its files stay, the -wal among them
        "sys.stdout.flush(); os._exit(0)\n"
    )
    read = (
        "for path in sys.argv[2:]:\n"
        "    try: print(path, len(open(path, 'rb').read()))\n"
        "    except PermissionError: pass\n"
    )
    with everybodys() as shared:
        path = Path(as_user(VICTIM, keep, shared).stdout.strip())
        files = sorted(path.parent.iterdir())
        assert [file.name.partition(".spool")[2] for file in files] == ["", "-wal", ".lock"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert as_user(ATTACKER, read, *files).stdout == ""
        path.parent.chmod(0o755)
        assert as_user(ATTACKER, read, *files).stdout == ""


def test_a_link_with_a_spools_name_leads_nowhere(folder: Path, settings: Settings) -> None:
    """These need no other user: they are what he would have put there."""
    mail = database(folder.parent / "mail", "CREATE TABLE mail (text)")
    before = mail.read_bytes()
    (folder / "gen-1-0.spool").symlink_to(mail)
    (folder / "gen-2-0.spool.lock").symlink_to(folder.parent / "made")
    database(folder / "gen-2-0.spool", CREATE, body=FORGED)
    assert sent(settings) == []
    assert mail.read_bytes() == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["mail", "spool"]
    assert SpoolFile.take(folder / "gen-2-0.spool") is None


def test_a_second_name_of_another_file_is_not_taken_for_a_spool(
    folder: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    other = database(folder.parent / "other", CREATE, body=FORGED)
    os.link(other, folder / "gen-1-0.spool")
    before = other.read_bytes()
    assert sent(settings) == []
    assert other.read_bytes() == before
    assert "gen-1-0.spool isn't taken for a spool of this user: it has a second" in caplog.text


@pytest.mark.parametrize(
    "script",
    [
        [ENDLESS],
        [CREATE, "CREATE TRIGGER t AFTER DELETE ON batch BEGIN DELETE FROM batch; END"],
        [CREATE, "CREATE VIEW more AS SELECT * FROM batch"],
        [CREATE, "CREATE TABLE mine (text)"],
        [CREATE, "CREATE INDEX i ON batch (hex(zeroblob(100000000)))"],
        [CREATE.replace("run TEXT NOT NULL", "run TEXT AS (hex(zeroblob(400000000)))")],
        ["CREATE TABLE mail (text)"],
        ["CREATE VIRTUAL TABLE batch USING fts5(bucket, run, requests, points, body)"],
    ],
    ids=lambda script: script[-1].split()[1],
)
def test_a_file_of_another_form_is_left_as_it_is_and_said_once(
    folder: Path, settings: Settings, caplog: pytest.LogCaptureFixture, script: list[str]
) -> None:
    path = database(folder / "gen-1-0.spool", *script)
    before = path.read_bytes()
    outbox = Outbox(settings)
    outbox.open()
    for _ in range(3):
        outbox.sweep()
    assert outbox.next("loadtest", 5_000) is None
    outbox.close()
    assert path.read_bytes() == before
    assert caplog.text.count("isn't a spool: it holds the") == 1
    assert "Nothing of it is read, sent or changed. Move it elsewhere, or remove it." in caplog.text
    assert list(salvage(path)) == []


def test_a_table_without_an_end_is_given_up(tmp_path: Path) -> None:
    """Every branch of its tree leads to the same one below: a row is met thousands of times."""
    path = database(tmp_path / "a.spool", "PRAGMA page_size=512", CREATE)
    db = sqlite3.connect(path)
    row = ("b", "r", 1, 1, b"x" * 60)
    db.executemany("INSERT INTO batch VALUES (NULL, ?, ?, ?, ?, ?)", [row] * 20_000)
    db.commit()
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'batch'").fetchone()
    db.close()
    content = bytearray(path.read_bytes())
    branches = children(content, root)
    (leaf, *_) = children(content, branches[-1])
    for page, below in zip([root, *branches[:6]], [*branches[:6], leaf], strict=True):
        for at in pointers(content, page):
            content[at : at + 4] = below.to_bytes(4, "big")
    path.write_bytes(content)
    # in a process that the system ends: from within SQLite no time-out of Python's is heard
    code = f"""
import resource
from pathlib import Path
from swarmscope.spool import Spool, SpoolError
from swarmscope.spool.file import salvage
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
path = Path({str(path)!r})
assert len(list(salvage(path))) < 10
try:
    Spool(path, 2**30, found=True)
except SpoolError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "isn't a spool: reading it takes longer than a spool of its size" in done.stdout


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("members", [1, 2])
def test_a_body_that_swells_is_damage_and_never_whole_in_memory(
    folder: Path, settings: Settings, members: int
) -> None:
    body = b"".join([FORGED] * (members - 1)) + bomb(200 * 2**20)
    assert len(body) < 2**21
    kept = Kept(1, "loadtest", "r", 1, 1, body)
    assert not kept.intact()
    with pytest.raises(zlib.error):
        kept.lines()
    database(folder / "gen-1-0.spool", CREATE, body=body)
    assert sent(settings) == []


@pytest.mark.long
def test_the_doctor_reads_none_of_it_either(folder: Path) -> None:
    database(folder / "gen-1-0.spool", ENDLESS)
    (folder / "gen-2-0.spool").symlink_to(folder / "gen-1-0.spool")
    done = swarmscope("doctor", env={"SWARMSCOPE_SPOOL_DIR": str(folder)})
    assert "gen-1-0.spool isn't a spool: it holds the view 'batch', as no spool does" in done.stdout
    assert "gen-2-0.spool isn't taken for a spool of this user: it is a link" in done.stdout


def test_what_is_ones_own_is_sent(settings: Settings) -> None:
    leave(settings.spool_dir, batch("1"), batch("2"))
    assert sent(settings) == [["m f=1 0"], ["m f=2 0"]]
