"""What a reader makes of answers that aren't what they should be: an error with a next step."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.fixtures import encoded
from tests.fixtures.prepared_server import Said, answering

from swarmscope import schema
from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.errors import ConfigurationError, StoreUnreachableError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.settings import Settings
from swarmscope.store.file_reader import FileReader
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question, Reader
from swarmscope.store.servers import health

INFLUXDB = Said(b'{"name": "influxdb", "status": "pass", "version": "2.9.1"}')
HEAD = (
    b"#datatype,string,long,string,long\r\n#group,false,false,false,false\r\n"
    b"#default,_result,,,\r\n"
)
ERROR_TABLE = (
    b"#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n"
    b",runtime error: division by zero,897\r\n"
)
ODD_CSV = {
    "a page": b"<html>\r\n<body>Please log in</body>\r\n",
    "nothing of CSV": b"\x00\x01\x02",
    "another encoding": "naïve,ä,ö\r\n".encode("utf-16"),
    "no head": b",result,table,run\r\n,,0,first\r\n",
    "a row too short": HEAD + b",result,table,run,requests\r\n,,0,first\r\n",
    "a table without a number": HEAD + b",result,table,run,requests\r\n,,x,first,1\r\n",
    "no number": HEAD + b",result,table,run,requests\r\n,,0,first,many\r\n",
    "a text as a number": HEAD.replace(b"string,long\r", b"string,string\r")
    + b",result,table,run,requests\r\n,,0,first,many\r\n",
    "a number as a time": HEAD + b",result,table,run,start\r\n,,0,first,17\r\n",
    "a field longer than CSV readers take": b"#datatype," + b"x" * 200_000,
}
RUNS = {
    "query": "runs",
    "columns": list(CATALOGUE["runs"].columns),
    "rows": [["first", "t", 1, 2, "", 1, 2, 3, 4, 0, 5, "", "", 1]],
    "window": 1,
    "from": 0,
    "to": 1,
}
ODD_JSON: dict[str, object] = {
    "a list": [],
    "a text": "runs",
    "nothing": None,
    "another query": RUNS | {"query": "users"},
    "other columns": RUNS | {"columns": ["run"]},
    "columns that are no list": RUNS | {"columns": 1},
    "rows that are none": RUNS | {"rows": 5},
    "rows of numbers": RUNS | {"rows": [1, 2]},
    "a row too short": RUNS | {"rows": [["first"]]},
    "a text as a number": RUNS
    | {"rows": [["first", "t", 1, 2, "", 1, "many", 3, 4, 0, 5, "", "", 1]]},
    "a text as a time": RUNS
    | {"rows": [["first", "t", "now", 2, "", 1, 2, 3, 4, 0, 5, "", "", 1]]},
    "a list as a text": RUNS | {"rows": [[[], "t", 1, 2, "", 1, 2, 3, 4, 0, 5, "", "", 1]]},
    "a window that is no number": RUNS | {"window": "1s"},
    "no end": {k: v for k, v in RUNS.items() if k != "to"},
}


def refusal(said: Said, name: str = "runs", run: str = "") -> StoreUnreachableError:
    """Return what a reader of InfluxDB says to an answer like *said*."""
    with answering({"/": said}) as url, FluxReader(Settings(url=url)) as reader:
        return _refusal(reader, name, run)


def refusal_of_server(said: Said) -> StoreUnreachableError:
    """Return what a reader of our own server says to an answer like *said*."""
    with answering({"/": said}) as url:
        return _refusal(HttpReader(url), "runs", "")


def _refusal(reader: Reader, name: str, run: str) -> StoreUnreachableError:
    with pytest.raises(StoreUnreachableError) as caught:
        reader.ask(Question(name, run))
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("body", ODD_CSV.values(), ids=ODD_CSV.keys())
def test_an_odd_answer_of_influxdb_is_an_error_with_a_next_step(body: bytes) -> None:
    assert "not as InfluxDB 2 does" in refusal(Said(body)).happened


def test_a_query_that_fails_while_it_runs_is_told_with_its_reason() -> None:
    assert "division by zero" in refusal(Said(ERROR_TABLE)).happened


def test_a_query_that_fails_after_its_first_rows_gives_none_of_them() -> None:
    rows = HEAD + b",result,table,run,requests\r\n,,0,first,1\r\n\r\n"
    assert "division by zero" in refusal(Said(rows + ERROR_TABLE)).happened


@pytest.mark.parametrize("name", ["users", "requests_per_second"])
def test_odd_times_of_a_run_are_an_error_with_a_next_step(name: str) -> None:
    said = Said(HEAD + b",result,table,run,_time\r\n,,0,first,17\r\n")
    assert "not as InfluxDB 2 does" in refusal(said, name, "a run").happened


def test_an_answer_that_ends_early_is_an_error_with_a_next_step() -> None:
    said = Said(HEAD + b",result,table,run,requests\r\n,,0,first,1", missing=9)
    assert "does not answer" in refusal(said).happened


@pytest.mark.parametrize("answer", ODD_JSON.values(), ids=ODD_JSON.keys())
def test_odd_json_of_a_server_is_an_error_with_a_next_step(answer: object) -> None:
    said = Said(json.dumps(answer).encode())
    assert "not as `swarmscope serve`" in refusal_of_server(said).happened


@pytest.mark.parametrize(
    "said",
    [
        Said(b"[" * 200_000),
        Said(b"<html>"),
        Said(b'{"query"', missing=100),
        Said(b"[" * 200_000, 500),
        Said(b"{}", 502),
        Said(b"\xff", 404),
        Said(b'{"mess', 400, missing=100),
    ],
    ids=lambda said: f"{said.status} {said.body[:9]!r}",
)
def test_an_answer_that_is_no_json_is_an_error_with_a_next_step(said: Said) -> None:
    assert "http://127.0.0.1" in refusal_of_server(said).happened


def test_an_answer_as_it_should_be_is_taken() -> None:
    """So that the refusals above are about what is odd in each."""
    with answering({"/": Said(json.dumps(RUNS).encode())}) as url:
        assert HttpReader(url).ask(Question("runs")).records()[0]["requests"] == 2


@pytest.mark.parametrize(
    "said",
    [Said(b"[" * 60_000), Said(b'{"name"', missing=9), Said(b'["influxdb"]'), Said(b"\xff", 503)],
    ids=lambda said: repr(said.body[:9]),
)
def test_a_server_that_does_not_say_what_it_is_is_refused(said: Said) -> None:
    with answering({"/": said}) as url, pytest.raises(StoreUnreachableError, match="neither"):
        health(Settings(url=url))


def test_a_date_that_is_none_costs_nothing_but_the_date() -> None:
    said = Said(INFLUXDB.body, headers={"Date": "yesterday"})
    with answering({"/": said}) as url:
        assert health(Settings(url=url)).date is None


def test_a_file_of_something_else_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / FILE_NAME)) as other:
        other.execute("CREATE TABLE sales (n INTEGER)")
    with pytest.raises(StoreUnreachableError, match="could not be read") as caught:
        FileReader(tmp_path)
    assert "--data" in caught.value.remedy


def test_a_damaged_file_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with Database(tmp_path) as database:
        database.write(schema.BUCKET, "\n".join(encoded.lines()))
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    # The heads of the file stay: it opens, and can't be read.
    path.write_bytes(whole[: 3 * 4096] + b"\xaa" * (len(whole) - 3 * 4096))
    with pytest.raises(StoreUnreachableError) as caught, FileReader(tmp_path) as reader:
        reader.ask(Question("runs"))
    assert caught.value.remedy


def test_an_influxdb_is_not_asked_beyond_all_times() -> None:
    with (
        answering({}) as url,
        FluxReader(Settings(url=url)) as reader,
        pytest.raises(ConfigurationError, match="reaches too far"),
    ):
        reader.ask(Question("runs", start=0, stop=10**17))


def test_a_server_of_either_kind_is_asked_without_duckdb() -> None:
    code = "import swarmscope.store.servers, sys; print('duckdb' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
