"""Another user of the machine, and the files of a store that wants a token."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import duckdb
import pytest
from tests.fixtures.neighbours import ATTACKER, as_user, everybodys, needs_root
from tests.fixtures.server_process import clean_environment, start, swarmscope

from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.embedded.server_note import announce, server_of
from swarmscope.errors import StoreUnreachableError
from swarmscope.store.backend import EVER
from swarmscope.store.file_reader import FileReader
from swarmscope.store.question import Question

READ = """
import pathlib
for path in sorted(pathlib.Path(sys.argv[2]).rglob("*")):
    try:
        print(path.name, len(path.read_bytes()))
    except (PermissionError, IsADirectoryError):
        pass
"""


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fill(folder: Path) -> None:
    """Let a server with a token take a point into the store in *folder*."""
    server = start(folder, env=clean_environment(INFLUXDB_V2_TOKEN="s3cret"))
    try:
        request = urllib.request.Request(
            f"{server.url}/api/v2/write?org=swarmscope&bucket=loadtest",
            b"secret,run=r f=1i 1",
            {"Authorization": "Token s3cret"},
        )
        assert urllib.request.urlopen(request).status == 204
        files = {path.name for path in folder.iterdir()}
        assert files >= {FILE_NAME, f"{FILE_NAME}.wal", "serve.json"}
        assert {mode(path) for path in folder.iterdir()} == {0o600}
    finally:
        server.end()


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("found", [None, pytest.param(0o755, marks=pytest.mark.long), 0o777])
def test_a_store_is_for_its_user_alone(tmp_path: Path, found: int | None) -> None:
    """A token says who may read it by the server; its files said: everybody."""
    folder = tmp_path / ".swarmscope"
    if found:
        folder.mkdir()
        folder.chmod(found)
    fill(folder)
    assert mode(folder) == 0o700


def test_a_folder_that_was_named_keeps_its_permissions_and_the_files_have_theirs(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    folder.chmod(0o755)
    fill(folder)
    assert mode(folder) == 0o755


def test_files_of_former_versions_are_closed(tmp_path: Path) -> None:
    Database(tmp_path / "data").close()
    assert mode(tmp_path / "data") == 0o700
    store = tmp_path / "data" / FILE_NAME
    store.chmod(0o644)
    Database(tmp_path / "data").close()
    assert mode(store) == 0o600
    with duckdb.connect(str(store), read_only=True) as db:
        assert db.execute("FROM store_format").fetchone()


@pytest.mark.long
def test_what_a_deletion_writes_is_closed_too(tmp_path: Path) -> None:
    fill(tmp_path / "data")
    code = f"""
from pathlib import Path
from swarmscope.settings import Settings
from swarmscope.store.eraser import FileEraser
eraser = FileEraser(Path({str(tmp_path / "data")!r}), Settings())
eraser.erase({{"run": "r"}}, "loadtest")
for path in eraser._database.path.parent.iterdir():
    print(path.name, oct(path.stat().st_mode & 0o777))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split("\n")[:-1]) == [f"{FILE_NAME} 0o600", f"{FILE_NAME}.wal 0o600"]


SOMEBODYS = {
    "a view in the place of the points": (
        "ALTER TABLE points RENAME TO hidden",
        "CREATE VIEW points AS SELECT * REPLACE ((SELECT content FROM read_text('{file}')) AS s) "
        "FROM hidden",
    ),
    "another view of them": (
        "CREATE OR REPLACE VIEW samples AS SELECT series.*, (SELECT content FROM "
        "read_text('{file}')) AS text FROM series",
    ),
    "a view without an end": (
        "DROP TABLE store_format",
        "CREATE VIEW store_format AS SELECT sum(range) AS version FROM range(10000000000000)",
    ),
    "another view without an end": (
        "CREATE OR REPLACE VIEW samples AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL "
        "SELECT n + 1 FROM t) SELECT 1 AS series, 'loadtest' AS bucket, "
        "'locust_run' AS measurement, "
        "MAP {{'event': 'start'}} AS tags, 'r' AS run, 'w' AS worker, 'a' AS name, "
        "'GET' AS method, "
        "'h' AS host, '' AS role, 'host' AS field, NULL::DOUBLE AS bound, n AS time, "
        "1.0 AS number, n AS whole, 'x' AS text, true AS flag FROM t",
    ),
    "macros with the names of what looks for them": (
        "CREATE MACRO duckdb_functions() AS TABLE SELECT 'x' AS function_name, true AS internal",
        "CREATE MACRO duckdb_views() AS TABLE SELECT 'x' AS view_name, true AS internal",
        "CREATE MACRO duckdb_tables() AS TABLE SELECT 'x' AS table_name, 'y' AS sql",
        "DROP TABLE store_format",
        "CREATE VIEW store_format AS SELECT sum(range) AS version FROM range(10000000000000)",
    ),
    "a column that is computed": (
        "DROP TABLE points",
        "CREATE TABLE points (series INTEGER, time BIGINT, field INTEGER, f DOUBLE, i BIGINT, "
        "u UBIGINT, b BOOLEAN, s VARCHAR AS (repeat('r', 100000000)))",
    ),
    "a condition that is computed": (
        "DROP TABLE fields",
        "CREATE TABLE fields (id INTEGER, bucket VARCHAR, measurement VARCHAR, name VARCHAR, "
        "type VARCHAR, bound DOUBLE, CHECK (length(repeat('r', 100000000)) > id))",
    ),
    "numbers that aren't unique": (
        "INSERT INTO series SELECT 0, 'loadtest', 'locust_run', MAP {{'event': 'start'}}, 'r', "
        "'', '', '', '', '' FROM range(1000000)",
        "INSERT INTO fields SELECT 0, 'loadtest', 'locust_run', 'message', 'string', NULL "
        "FROM range(1000000)",
        "INSERT INTO points SELECT 0, range, 0, NULL, NULL, NULL, NULL, 'x' FROM range(1000000)",
    ),
    "a text in a number's place": (
        "DROP VIEW samples",
        "ALTER TABLE points ALTER time TYPE VARCHAR",
    ),
    "a blob in a text's place": (
        "DROP VIEW samples",
        "ALTER TABLE points ALTER s TYPE BLOB USING s::BLOB",
    ),
    "a run that may be nothing": (
        "DROP VIEW samples",
        "ALTER TABLE series ALTER run DROP NOT NULL",
    ),
    "a macro": ("CREATE MACRO coalesce(a, b, c) AS (SELECT content FROM read_text('{file}'))",),
}


_FEW = ("a view in the place of the points", "numbers that aren't unique")
"""Of each kind one: the others come with the long tests."""


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize(
    "what",
    [pytest.param(what, marks=[] if what in _FEW else pytest.mark.long) for what in SOMEBODYS],
)
def test_a_store_that_somebody_else_made_reads_no_file_of_who_looks_at_it(
    tmp_path: Path, what: str
) -> None:
    """A server handed it out, to whoever asked for the runs."""
    (tmp_path / "mine").write_text("my secret")
    fill(tmp_path / "data")
    with duckdb.connect(str(tmp_path / "data" / FILE_NAME)) as db:
        for statement in SOMEBODYS[what]:
            db.execute(statement.format(file=tmp_path / "mine"))
    looked = swarmscope("runs", "--data", str(tmp_path / "data"))
    assert "my secret" not in looked.stdout + looked.stderr
    if what.startswith("another view"):  # everybody has one of his own
        assert (looked.returncode, looked.stderr[:11]) == (0, "No runs yet")
        return
    assert (looked.returncode, "Traceback" in looked.stderr) == (4, False)
    assert "Nothing was changed." in looked.stderr
    served = swarmscope("serve", "--port", "0", "--data", str(tmp_path / "data"))
    assert (served.returncode, "Traceback" in served.stderr) == (4, False)
    assert "can't be used: it" in served.stderr or "can't be used: the numbers" in served.stderr
    assert "Nothing was changed." in " ".join(served.stderr.split())


def test_a_file_with_more_than_an_answer_is_looked_for_is_given_up(tmp_path: Path) -> None:
    """A file of some MB can hold billions of rows."""
    Database(tmp_path).close()
    with duckdb.connect(str(tmp_path / FILE_NAME)) as db:
        db.execute(
            "INSERT INTO series SELECT 0, 'loadtest', 'm', MAP {'run': 'r'}, 'r', ''" + 4 * ", ''"
        )
        db.execute("INSERT INTO fields SELECT 0, 'loadtest', 'm', 'f', 'float', NULL")
        db.execute(
            "INSERT INTO points SELECT 0, range, 0, 1, NULL, NULL, NULL, NULL FROM range(1000000)"
        )
    with FileReader(tmp_path) as reader:
        reader.patience_s = 0.01
        with pytest.raises(StoreUnreachableError, match=r"No answer was found in .* within 0.01 s"):
            reader.ask(Question("points", "r", *EVER))


@pytest.mark.parametrize("how", ["a link", pytest.param("his own", marks=needs_root)])
def test_a_note_that_somebody_else_left_gets_no_token(tmp_path: Path, how: str) -> None:
    """It says where a server has the store, and that is where the token goes."""
    announce(tmp_path, "http://127.0.0.1:1")
    assert server_of(tmp_path, os.getpid()) == "http://127.0.0.1:1"
    note = tmp_path / "serve.json"
    if how == "his own":
        os.chown(note, ATTACKER, ATTACKER)
        note.chmod(0o644)
    else:
        note.rename(tmp_path / "elsewhere")
        note.symlink_to(tmp_path / "elsewhere")
    assert server_of(tmp_path, os.getpid()) is None
    (tmp_path / "mine").write_text("mine")
    (tmp_path / f"serve.json.{os.getpid()}").symlink_to(tmp_path / "mine")
    announce(tmp_path, "http://127.0.0.1:2")
    assert server_of(tmp_path, os.getpid()) == "http://127.0.0.1:2"
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize("command", [("runs",), ("delete", "r", "--yes")])
def test_a_note_of_a_killed_server_gets_no_token(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Its port is anybody's by now, while another process of this user has the file."""
    Database(tmp_path).close()
    with socket.create_server(("127.0.0.1", 0)) as stranger, Database(tmp_path):
        url = f"http://127.0.0.1:{stranger.getsockname()[1]}"
        (tmp_path / "serve.json").write_text(json.dumps({"url": url, "pid": 1}))
        done = swarmscope(
            *command, "--data", str(tmp_path), env={"INFLUXDB_V2_TOKEN": "s3cret-token"}
        )
        assert done.returncode == 2
        assert "is held by process" in done.stderr
        stranger.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody came
            stranger.accept()


@pytest.mark.long
@needs_root
def test_another_user_reads_nothing_of_it() -> None:
    with everybodys() as place:
        fill(place / ".swarmscope")
        assert as_user(ATTACKER, READ, place).stdout == ""
        (place / ".swarmscope").chmod(0o755)
        (place / "open").write_text("so the way there is")
        assert as_user(ATTACKER, READ, place).stdout == "open 19\n"
