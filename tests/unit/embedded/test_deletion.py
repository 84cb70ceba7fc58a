"""What a predicate means, and what a deletion leaves."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swarmscope.embedded.database import Database, StoreFailedError, UnknownBucketError
from swarmscope.embedded.deletion import Doomed, PredicateError, predicate, read_predicate
from swarmscope.embedded.interruptible import Interruptible

LIMIT = 6


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path, max_series=LIMIT) as opened:
        yield opened


def left(database: Database) -> list[tuple[Any, ...]]:
    """All samples: bucket, run, time."""
    with database.cursor() as cursor:
        return cursor.execute("SELECT bucket, run, time FROM samples ORDER BY ALL").fetchall()


def fill(database: Database, run: str, *, bucket: str = "loadtest") -> None:
    lines = "\n".join(f"m,run={run},worker=w{i} f=1 {i}" for i in range(3))
    assert database.write(bucket, lines).dropped == 0


@pytest.mark.parametrize(
    "run", ["plain", "a b", 'q"uote', "back\\slash", "it's", 'x" AND y="z', "é AND ü", ""]
)
def test_a_run_s_predicate_means_that_run_whatever_its_id(run: str) -> None:
    assert read_predicate(predicate({"run": run, "worker": run})) == {"run": run, "worker": run}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('run="a" AND worker="w-1"', {"run": "a", "worker": "w-1"}),
        ("run = 'a'and _measurement=\"m\"", {"run": "a", "_measurement": "m"}),
        ('"my tag"="x"', {"my tag": "x"}),
    ],
)
def test_conditions_can_be_joined(text: str, tags: dict[str, str]) -> None:
    assert read_predicate(text) == tags


@pytest.mark.parametrize(
    "text",
    ["", "run", "run=a", 'run!="a"', 'run="a" OR run="b"', 'run="a" AND', 'run="a" x', 'a="'],
)
def test_what_is_no_predicate_is_refused(text: str) -> None:
    with pytest.raises(PredicateError):
        read_predicate(text)


def test_a_predicate_has_an_end() -> None:
    """What the database plans of many conditions takes all of the machine's memory."""
    conditions = [f'a{i}=""' for i in range(17)]
    assert len(read_predicate(" AND ".join(conditions[:16]))) == 16
    with pytest.raises(PredicateError, match="more than 16 parts") as refused:
        read_predicate("and ".join(conditions * 300))
    assert len(str(refused.value)) < 300


def test_a_tag_that_is_named_twice_is_refused() -> None:
    """The last of them alone would mean another run's points."""
    with pytest.raises(PredicateError, match="names a tag twice"):
        read_predicate('run="a" AND "run"="b"')


@pytest.mark.parametrize("text", ["x" * 60_000, f'{"x" * 60_000}="" or', 't="" OR ' * 5_000])
def test_a_refused_predicate_is_told_in_short(text: str) -> None:
    with pytest.raises(PredicateError) as caught:
        read_predicate(text)
    assert len(str(caught.value)) < 1_000


def test_a_deletion_without_a_tag_is_refused() -> None:
    """It would mean everything."""
    with pytest.raises(PredicateError, match="at least one tag"):
        Doomed("loadtest", {})


def test_a_deleted_run_is_gone_and_nothing_else(database: Database) -> None:
    fill(database, "a")
    fill(database, "b")
    database.delete(Doomed("loadtest", {"run": "a"}))
    assert left(database) == [("loadtest", "b", i) for i in range(3)]


def test_the_other_bucket_is_left_alone(database: Database) -> None:
    fill(database, "a")
    fill(database, "a", bucket="loadtest_long")
    database.delete(Doomed("loadtest", {"run": "a"}))
    assert left(database) == [("loadtest_long", "a", i) for i in range(3)]


def test_a_deletion_makes_room_where_the_limit_of_series_is_reached(database: Database) -> None:
    fill(database, "a")
    fill(database, "b")
    refused = database.write("loadtest", "m,run=c f=1 1")
    assert refused.dropped == 1
    assert "max-series-per-database limit exceeded: (6)" in refused.complaint
    assert "swarmscope delete RUN" in refused.complaint
    database.delete(Doomed("loadtest", {"run": "a"}))
    fill(database, "c")
    assert {run for _, run, _ in left(database)} == {"b", "c"}


def test_a_deleted_series_can_be_written_again_also_by_the_next_process(tmp_path: Path) -> None:
    for _ in range(2):
        with Database(tmp_path) as database:
            fill(database, "a")
            database.delete(Doomed("loadtest", {"run": "a"}))
            assert left(database) == []
            fill(database, "a")
            assert len(left(database)) == 3


def test_a_part_of_a_run_can_be_deleted(database: Database) -> None:
    database.write("loadtest", "m,run=a f=1 1\nm,run=a f=2 2\nm,run=a f=3 3\nn,run=a f=4 2")
    database.delete(Doomed("loadtest", {"run": "a", "_measurement": "m"}, start=2, stop=2))
    assert [time for _, _, time in left(database)] == [1, 2, 3]
    # What lies before the newest point that is left or was there lands where it belongs.
    database.write("loadtest", "m,run=a f=5 2")
    assert [time for _, _, time in left(database)] == [1, 2, 2, 3]


def test_an_unknown_bucket_is_refused(database: Database) -> None:
    with pytest.raises(UnknownBucketError, match="nosuch"):
        database.delete(Doomed("nosuch", {"run": "a"}))


@pytest.mark.release
@pytest.mark.long
def test_a_deletion_that_is_called_off_leaves_everything(database: Database) -> None:
    """Also what the writer remembers of the file: what comes next lands where it belongs."""
    fill(database, "a")
    points = 20_000_000
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points (series, time, field, f) "
            "SELECT 0, 10 + r.range, 0, 1 FROM range(?) r",
            [points],
        )
    with database.cursor() as cursor:
        interruptible = Interruptible(cursor)
        failures: list[StoreFailedError] = []

        def delete() -> None:
            try:
                database.delete_with(interruptible, Doomed("loadtest", {"run": "a"}))
            except StoreFailedError as error:
                failures.append(error)

        thread = threading.Thread(target=delete)
        thread.start()
        while thread.is_alive():
            interruptible.call_off()
            thread.join(0.01)
    assert "Nothing of this deletion is done" in str(failures[0])
    assert database.write("loadtest", "m,run=a,worker=w0 f=2 1\nm,run=b f=1 1").dropped == 0
    with database.cursor() as cursor:
        counted = cursor.execute("SELECT count(*), sum(number) FILTER (time = 1) FROM samples")
        assert counted.fetchall() == [(points + 5, 4.0)]


def test_nobody_calls_off_what_is_about_to_be_kept(database: Database) -> None:
    """Whether it was done would not be known."""
    called_off: list[object] = []

    class Cursor:
        interrupt = staticmethod(lambda: called_off.append(1))

    interruptible = Interruptible(Cursor())  # type: ignore[arg-type]
    with interruptible.ending:
        interruptible.call_off()
    assert not called_off
    interruptible.call_off()
    assert called_off
