"""The macros that questions share: exact values of a few rows, and never those of a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.embedded.macros import create_macros
from swarmscope.errors import StoreUnreachableError
from swarmscope.store.backend import BackendReader
from swarmscope.store.file_reader import DuckDbBackend, FileReader
from swarmscope.store.question import Question

HISTOGRAMS = """
WITH buckets AS (
    SELECT * FROM (VALUES
        ('/a', 'GET', 90.0::DOUBLE, 0), ('/a', 'GET', 100.0, 90), ('/a', 'GET', 4900.0, 0),
        ('/a', 'GET', 5000.0, 10), ('/a', 'PUT', 8.0, 1), ('/b', 'GET', 50.0, 0)
    ) AS told (name, method, bound, count)
)
FROM histogram_percentiles(buckets) ORDER BY ALL
"""
COUNTERS = """
WITH counters AS (
    SELECT series, 'read' AS field, 'web' AS host, '' AS role, map {} AS tags, time, number
    FROM (VALUES (1, 5, 100.0::DOUBLE), (1, 12, 170.0), (1, 19, 240.0), (1, 29, 40.0),
        (1, 33, 42.0), (2, 18, 9.0), (2, 25, 9.0)) AS told (series, seconds, number),
        LATERAL (SELECT seconds * 1000000000::BIGINT AS time)
)
SELECT start // 1000000000, per_second
FROM counter_rates(counters, {since} * 1000000000::BIGINT, 10000000000) ORDER BY ALL
"""
DISK = (
    "diskio,host=web,name=sda read_bytes=0i 0\n"
    "diskio,host=web,name=sda read_bytes=50i 10000000000\n"
)
ASKED = Question("host_disk", start=10_000, stop=20_000, window=10)


def answer_of(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        create_macros(connection, sql)
        return connection.execute(sql).fetchall()


def test_a_percentile_is_interpolated_in_the_bucket_of_its_rank_in_each_histogram_with_requests():
    assert answer_of(HISTOGRAMS) == [
        ("/a", "GET", pytest.approx(90 + 10 * 50 / 90), 4950.0, 4990.0),
        ("/a", "PUT", 4.0, pytest.approx(7.6), pytest.approx(7.92)),
    ]


def test_a_rate_is_the_growth_between_the_last_points_of_two_windows_by_their_own_times():
    rates = answer_of(COUNTERS.replace("{since}", "10"))
    # 170 at 12 s, and 240 at 19 s, of which the later stands for its window.
    assert rates == [(10, 140 / 14), (20, 0.0), (30, 2 / 4)]


def test_a_counter_that_went_backwards_has_no_rate_and_one_at_rest_has_zero():
    # Between 19 and 29 s the first fell from 240 to 40; the second stood still.
    assert answer_of(COUNTERS.replace("{since}", "20")) == [(20, 0.0), (30, 0.5)]


@pytest.mark.parametrize(
    ("percentile", "kept"), [("2.0", 3.0), ("5.0", 5.0), ("9.0", 7.0), ("NULL", None)]
)
def test_a_percentile_is_not_outside_of_what_was_measured(percentile: str, kept: float | None):
    assert answer_of(f"SELECT clamp({percentile}, 3.0, 7.0)") == [(kept,)]


def test_a_percentile_stays_where_nobody_knows_what_was_measured():
    assert answer_of("SELECT clamp(5.0, NULL, NULL)") == [(5.0,)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A folder with a store that holds the growth of one disk's counter."""
    with Database(tmp_path) as database:
        database.write("loadtest", DISK)
    return tmp_path


def test_a_file_that_brings_a_macro_of_our_name_is_refused(store: Path):
    with duckdb.connect(str(store / FILE_NAME)) as somebody:
        somebody.execute("CREATE MACRO counter_rates(a, b, c) AS TABLE SELECT 1")
    for opened in (FileReader, Database):
        with pytest.raises(StoreUnreachableError, match="it holds the macro counter_rates"):
            opened(store)


def test_what_is_asked_uses_our_macros_even_if_the_file_came_to_have_others(tmp_path: Path):
    with Database(tmp_path) as database:
        database.write("loadtest", DISK)
        with database.cursor() as somebody:
            somebody.execute("CREATE MACRO counter_rates(a, b, c) AS TABLE SELECT 1 AS start")
        with database.cursor() as cursor:
            assert BackendReader(DuckDbBackend(cursor), "loadtest").ask(ASKED).rows == [
                (10_000, "web", "", "read", 5.0)
            ]


def test_asking_leaves_no_macro_in_the_file_and_a_connection_can_ask_again(store: Path):
    with Database(store) as database, database.cursor() as cursor:
        for _ in range(2):
            assert BackendReader(DuckDbBackend(cursor), "loadtest").ask(ASKED).rows == [
                (10_000, "web", "", "read", 5.0)
            ]
    with FileReader(store) as reader:
        for _ in range(2):
            assert reader.ask(ASKED).rows == [(10_000, "web", "", "read", 5.0)]
