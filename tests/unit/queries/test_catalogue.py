"""The catalogue: a pair of files for each query, which say the same of what it needs."""

import re
from collections.abc import Iterator

import duckdb
import pytest
from tests.fixtures.grafana import ROOT

from swarmscope.embedded.database import Database
from swarmscope.embedded.macros import create_macros
from swarmscope.errors import ConfigurationError
from swarmscope.queries.catalogue import CATALOGUE, TIME_COLUMNS, query
from swarmscope.queries.query import TIME

QUERIES = ROOT / "locust" / "swarmscope" / "queries"
VALUES = {
    **{"run": "r", "bucket": "loadtest", "from": 0, "to": 10**12, "window": 10**9},
    "believed": True,
    "apdex_t": 500,
    **{"measurement": "cpu", "field": "usage_idle", "tags": "{}"},
}


@pytest.fixture(scope="module")
def cursor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A store without a point."""
    with Database(tmp_path_factory.mktemp("store")) as database, database.cursor() as opened:
        yield opened


@pytest.mark.parametrize("dialect", ["sql", "flux"])
def test_every_file_is_a_query_of_the_catalogue_and_every_query_has_its_file(dialect: str):
    assert {file.stem for file in QUERIES.glob(f"*.{dialect}")} == set(CATALOGUE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_both_dialects_are_about_one_run_or_neither_and_have_windows_or_neither(name: str):
    asked = CATALOGUE[name]
    assert ("${run}" in asked.flux) == asked.needs_run
    assert ("v.windowPeriod" in asked.flux) == asked.windowed


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_answer_has_the_columns_that_the_catalogue_says_in_their_order(
    cursor: duckdb.DuckDBPyConnection, name: str
):
    sql = CATALOGUE[name].sql
    create_macros(cursor, sql)
    (statement,) = duckdb.extract_statements(sql)
    cursor.execute(statement, {key: VALUES[key] for key in statement.named_parameters})
    assert [column[0] for column in cursor.description or ()] == list(CATALOGUE[name].columns)
    assert cursor.fetchall() == []


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_question_keeps_to_its_bucket_and_its_range(name: str):
    (statement,) = duckdb.extract_statements(CATALOGUE[name].sql)
    assert set(statement.named_parameters) >= {"bucket", "from", "to"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_column_that_answers_turn_into_ms_says_so(name: str):
    units = {c: unit for c, unit in CATALOGUE[name].columns.items() if c in TIME_COLUMNS}
    assert set(units.values()) <= {TIME}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_title_is_its_query_s_own(name: str):
    assert [one.name for one in CATALOGUE.values() if one.title == CATALOGUE[name].title] == [name]


def test_a_query_is_found_by_its_name():
    assert query("users") is CATALOGUE["users"]


def test_a_query_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigurationError) as refused:
        query("../../etc/passwd")
    assert "There is no query '../../etc/passwd'." in str(refused.value)
    assert str(refused.value).endswith(f"{', '.join(CATALOGUE)}.")


def test_a_query_file_takes_everything_until_somebody_picks():
    everything = {"endpoint": "/^Aggregated$/", "worker": "/.*/", "host": "/.*/"}
    found = {
        match
        for asked in CATALOGUE.values()
        for match in re.findall(r"^(endpoint|worker|host) = (.*)$", asked.flux, re.MULTILINE)
    }
    assert found == set(everything.items())
