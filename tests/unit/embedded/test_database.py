"""What the store keeps, merges and refuses."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmscope.embedded.database import Database, StoreFailedError, UnknownBucketError
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.embedded.parser import ParseError
from swarmscope.errors import StoreUnreachableError


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path) as opened:
        yield opened


def samples(database: Database) -> list[tuple[Any, ...]]:
    """Everything stored: measurement, tags, time, field, value."""
    with database.cursor() as cursor:
        rows = cursor.execute(
            "SELECT s.measurement, s.tags, p.time, f.name, p.f, p.i, p.u, p.b, p.s "
            "FROM points p JOIN series s ON s.id = p.series JOIN fields f ON f.id = p.field "
            "ORDER BY 1, s.id, 3, 4"
        ).fetchall()
    return [
        (m, t, time, n, next(v for v in values if v is not None)) for m, t, time, n, *values in rows
    ]


def values(database: Database) -> list[tuple[int, str, Any]]:
    return [(time, name, value) for _, _, time, name, value in samples(database)]


def test_all_types_come_back_as_they_were_written(database: Database) -> None:
    database.write("loadtest", 'm,t=a f=1.5,i=-2i,u=18446744073709551615u,b=true,s="x\0é" 7')
    assert samples(database) == [
        ("m", {"t": "a"}, 7, "b", True),
        ("m", {"t": "a"}, 7, "f", 1.5),
        ("m", {"t": "a"}, 7, "i", -2),
        ("m", {"t": "a"}, 7, "s", "x\0é"),
        ("m", {"t": "a"}, 7, "u", 2**64 - 1),
    ]


def test_points_of_one_series_and_time_merge_field_by_field_and_the_later_value_wins(
    database: Database,
) -> None:
    database.write("loadtest", "m a=1,b=1 5\nm a=1 9")
    database.write("loadtest", "m b=2,c=2 5")
    assert values(database) == [(5, "a", 1.0), (5, "b", 2.0), (5, "c", 2.0), (9, "a", 1.0)]


def test_points_of_one_batch_merge_too(database: Database) -> None:
    database.write("loadtest", "m a=1,b=1 5\nm a=2 5\nm a=3,c=3 5\nm a=0 4\nm a=4 4")
    assert values(database) == [(4, "a", 4.0), (5, "a", 3.0), (5, "b", 1.0), (5, "c", 3.0)]


def test_a_batch_sent_again_lands_on_itself(database: Database) -> None:
    body = "\n".join(f"m,w=w{i % 3} a={i},b={i}i {i}" for i in range(100))
    for _ in range(3):
        assert database.write("loadtest", body).stored == 100
    assert len(samples(database)) == 200


def test_merging_goes_on_after_a_restart(tmp_path: Path) -> None:
    with Database(tmp_path) as first:
        first.write("loadtest", "m,t=a x=1 5\nm,t=b x=1i 5")
    with Database(tmp_path) as second:
        assert second.write("loadtest", "m,t=a x=2 5\nm,t=a x=3 6").dropped == 0
        assert second.write("loadtest", "m,t=a x=1i 7").dropped == 1
        assert values(second) == [(5, "x", 2.0), (6, "x", 3.0)]


def test_buckets_are_apart(database: Database) -> None:
    database.write("loadtest", "m a=1 5")
    database.write("loadtest_long", "m a=1i 5")
    assert [value for _, _, value in values(database)] == [1.0, 1]


def test_a_type_conflict_drops_its_point_and_stores_the_rest(database: Database) -> None:
    database.write("loadtest", "m f=1 1")
    written = database.write("loadtest", 'm f=2i,new=1 5\nm s=1,g=1 5\nm f="x" 6\nn f=3i 5')
    assert (written.stored, written.dropped) == (2, 2)
    assert written.complaint == (
        'field type conflict: input field "f" on measurement "m" is type integer, '
        "already exists as type float"
    )
    assert [(m, n) for m, _, _, n, _ in samples(database)] == [
        ("m", "f"),
        ("m", "g"),
        ("m", "s"),
        ("n", "f"),
    ]


def test_a_field_called_time_is_left_out(database: Database) -> None:
    written = database.write("loadtest", "m time=1,g=1 1\nm time=2 2")
    assert (written.stored, written.dropped) == (1, 1)
    assert 'input field "time" on measurement "m" is invalid' in written.complaint
    assert values(database) == [(1, "g", 1.0)]


def test_a_bad_line_keeps_the_whole_body_out(database: Database) -> None:
    with pytest.raises(ParseError, match="unable to parse 'bad': missing fields"):
        database.write("loadtest", "m f=1 1\nbad\nm f=2 2")
    assert samples(database) == []


def test_an_unknown_bucket_is_refused(database: Database) -> None:
    with pytest.raises(UnknownBucketError, match='bucket "other" not found'):
        database.write("other", "m f=1 1")


def test_readers_see_each_write_whole_while_writes_go_on(database: Database) -> None:
    lines = 50
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not done.is_set():
            with database.cursor() as cursor:
                row = cursor.execute("SELECT count(*) FROM points").fetchone()
            assert row
            seen.append(row[0])

    reader = threading.Thread(target=read)
    reader.start()
    for second in range(30):
        body = "\n".join(f"m,t={i} a={i},b=1i {second}" for i in range(lines))
        database.write("loadtest", body)
    done.set()
    reader.join()
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert all(count % (2 * lines) == 0 for count in seen)


def test_a_second_process_is_told_who_holds_the_file(database: Database, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from swarmscope.embedded.database import Database\n"
        "from swarmscope.errors import StoreBusyError\n"
        "try: Database(Path(sys.argv[1]))\n"
        "except StoreBusyError as error: print(error)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert f"is held by process {os.getpid()}" in found.stdout
    assert "--data" in found.stdout


def test_a_folder_that_cant_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnreachableError, match="can't be made"):
        Database(tmp_path / "file" / "below")


def test_a_file_that_is_no_store_is_said_and_kept(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"my precious notes" * 1000)
    with pytest.raises(StoreUnreachableError, match="can't be opened"):
        Database(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes().startswith(b"my precious notes")


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with Database(tmp_path) as made, made.cursor() as cursor:
        cursor.execute("UPDATE store_format SET version = 99")
    with pytest.raises(StoreUnreachableError, match="has the store format 99"):
        Database(tmp_path)


_WRITER = """
import sys
from pathlib import Path
from swarmscope.embedded.database import Database
database = Database(Path(sys.argv[1]))
for second in range(10**9):
    lines = [f"m,t={i} a={second}i,b=0.5 {second}" for i in range(20)]
    lines.append(f"m,t=0 c={second}i {max(0, second - 1)}")
    database.write("loadtest", "\\n".join(lines))
    print(second, flush=True)
"""


@pytest.mark.sample(2)
@pytest.mark.parametrize("writes", [1, 40, 200])
def test_what_was_acknowledged_survives_sigkill(tmp_path: Path, writes: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for _ in range(writes):
        process.stdout.readline()
    process.kill()
    acknowledged = writes - 1 + sum(1 for _ in process.stdout)
    process.wait()
    with Database(tmp_path) as reopened, reopened.cursor() as cursor:
        rows = cursor.execute(
            "SELECT time, count(*) FILTER (f.name <> 'c'), count(*) FILTER (f.name = 'c') "
            "FROM points p JOIN fields f ON f.id = p.field GROUP BY time ORDER BY time"
        ).fetchall()
    # A write under way at the kill may have been committed without having been acknowledged.
    assert len(rows) in (acknowledged + 1, acknowledged + 2)
    assert rows == [(t, 40, 1 if t < len(rows) - 1 else int(t == 0)) for t in range(len(rows))]


_LIMITED = """
import resource, sys
from pathlib import Path
from swarmscope.embedded.database import Database, StoreFailedError
database = Database(Path(sys.argv[1]))
database.write("loadtest", "m a=0i 0")
# As good as a full disk: no file may grow beyond this.
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, resource.RLIM_INFINITY))
stored = 0
for second in range(1, 10_000):
    try:
        lines = [f'm,t={i} s="{i * 7919 ** 20}-{second}" {second}' for i in range(200)]
        database.write("loadtest", "\\n".join(lines))
        stored = second
    except StoreFailedError as error:
        print(error)
        break
with database.cursor() as cursor:
    print(stored, *cursor.execute("SELECT max(time) FROM points").fetchone())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(database.write("loadtest", "m a=1i 1\\nfresh b=1 1").stored)
database.close()
"""


def test_a_full_disk_is_said_stores_no_half_and_is_got_over(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    complaint, counts, after = found.stdout.strip().rsplit("\n", 2)
    assert "could not write" in complaint
    assert "Nothing of this write is stored" in complaint
    stored, newest = counts.split()
    assert stored == newest
    assert after == "2"
    with Database(tmp_path) as reopened:
        assert len(samples(reopened)) == int(stored) * 200 + 3


def test_a_failed_write_leaves_no_trace_in_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write("loadtest", "m,t=a x=1 5")
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE points RENAME TO away")
    with pytest.raises(StoreFailedError):
        database.write("loadtest", "m,t=a x=1 6\nm,t=b y=1i 6")
    with database.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO points")
    # Had the failed write been remembered, y would be an integer and 6 not new.
    assert database.write("loadtest", "m,t=a x=2 6\nm,t=b y=1 6").dropped == 0
    assert values(database) == [(5, "x", 1.0), (6, "x", 2.0), (6, "y", 1.0)]
