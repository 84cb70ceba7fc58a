"""Questions over HTTP, and the reader that asks them."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures import encoded, recorded, surroundings
from tests.fixtures.comparison import same_rows
from tests.fixtures.expected_fields import ASKED
from tests.fixtures.server_thread import RunningServer, running_server

from swarmscope.embedded.server_note import announce
from swarmscope.errors import ConfigurationError, NoDataError, StoreUnreachableError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.store.backend import MAX_WINDOWS
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import open_folder
from swarmscope.store.question import Question

OF_FIELDS = {"field_values", "field_names"}
T0 = 1_700_000_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("store")) as running:
        lines = [
            f"locust_stats,run=r,worker=w,name=Aggregated count={i}i {T0 + 1000 * i}"
            for i in range(1, 61)
        ]
        assert running.write("\n".join(lines), "bucket=loadtest&precision=ms").status == 204
        assert running.write("\n".join(encoded.lines())).status == 204
        yield running


def test_the_catalogue_says_what_can_be_asked(server: RunningServer) -> None:
    listed = server.call("GET", "/api/queries").json
    assert [entry["name"] for entry in listed] == list(CATALOGUE)
    assert listed[0] == {
        "name": "requests_per_second",
        "title": "Requests per second",
        "columns": ["time", "value"],
        "units": {"time": "ms since 1970", "value": "requests/s"},
        "needs_run": True,
        "windowed": True,
    }


def test_an_answer_has_columns_rows_and_the_range_it_is_about(server: RunningServer) -> None:
    path = f"/api/queries/requests_per_second?run=r&from={T0}&to={T0 + 30_000}&window=20s"
    answer = server.call("GET", path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json == {
        "query": "requests_per_second",
        "columns": ["time", "value"],
        "rows": [[T0, sum(range(1, 20)) / 20], [T0 + 20_000, sum(range(20, 30)) / 20]],
        "window": 20,
        "from": T0,
        "to": T0 + 30_000,
    }


def test_the_range_is_the_runs_own_by_default(server: RunningServer) -> None:
    found = server.call("GET", "/api/queries/requests_per_second?run=r").json
    assert (found["from"], found["to"], found["window"]) == (T0 + 1000, T0 + 61_000, 1)
    assert len(found["rows"]) == 60


def test_times_may_be_rfc3339(server: RunningServer) -> None:
    times = "from=2023-11-14T22:13:20Z&to=2023-11-14T23:13:50+01:00"
    found = server.call("GET", f"/api/queries/requests_per_second?run=r&{times}").json
    assert (found["from"], found["to"]) == (T0, T0 + 30_000)


@pytest.mark.parametrize(("hours", "window"), [(1, 15), (24, 600), (24 * 400, 86_400 * 2)])
def test_the_window_is_chosen_so_that_a_chart_can_show_it(
    server: RunningServer, hours: int, window: int
) -> None:
    stop = T0 + hours * 3_600_000
    found = server.call("GET", f"/api/queries/users?run=r&from={T0}&to={stop}").json
    assert found["window"] == window
    assert (stop - T0) / 1000 / found["window"] <= MAX_WINDOWS


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("nope", 400, "There are: requests_per_second"),
        ("users", 400, "no run was named"),
        ("users?run=gone", 404, "no run 'gone'"),
        ("users?run=r&window=0s", 400, "whole number of seconds"),
        ("users?run=r&window=1500ms", 400, "whole number of seconds"),
        ("users?run=r&window=x", 400, "it isn't a duration"),
        ("response_ranges?run=r&apdex_t=x", 400, "apdex_t='x': it isn't a duration"),
        ("response_ranges?run=r&apdex_t=0", 400, "Give ms"),
        ("window_sums?run=r&tags=host", 400, "aren't tags"),
        ("window_sums?run=r&tags=[]", 400, "aren't tags"),
        ('window_sums?run=r&tags={"a":1}'.replace('"', "%22"), 400, "Give JSON like"),
        ("users?run=r&from=yesterday", 400, "RFC 3339"),
        ("users?run=r&from=2026-01-01T00:00:00", 400, "RFC 3339"),
        ("users?run=r&from=9&to=9", 400, "is empty"),
        (f"users?run=r&from=0&to={10**30}", 400, "too far"),
        (f"users?run=r&from=0&to=1&window={10**12}s", 400, "too far"),
    ],
)
def test_what_cant_be_asked_is_explained(
    server: RunningServer, path: str, status: int, said: str
) -> None:
    answer = server.call("GET", f"/api/queries/{path}")
    assert answer.status == status
    assert said in answer.json["message"]


def test_parameters_are_never_part_of_the_question(server: RunningServer) -> None:
    attack = "x'%20OR%20'1'='1"
    assert server.call("GET", f"/api/queries/users?run={attack}").status == 404


def test_flux_is_declined_with_a_way_out(server: RunningServer) -> None:
    answer = server.call("POST", "/api/v2/query?org=swarmscope", b"{}")
    assert answer.status == 501
    assert "/api/queries" in answer.json["message"]


def test_unknown_paths_and_methods_are_refused_as_json(server: RunningServer) -> None:
    assert server.call("GET", "/nope").json["code"] == "not found"
    assert server.call("GET", "/api/v2/write").status == 405
    assert server.call("GET", "/static/..%2Fapp.py").status == 404


@pytest.mark.release
@pytest.mark.long
def test_a_reader_gets_the_same_from_the_server_and_from_the_file(tmp_path: Path) -> None:
    start, stop = recorded.T0 * 1000, recorded.END * 1000
    questions = [
        Question(name, recorded.RUN, start, stop, **(ASKED if name in OF_FIELDS else {}))
        for name in CATALOGUE
    ]
    with running_server(tmp_path) as running:
        assert running.write("\n".join([*encoded.lines(), *surroundings.lines()])).status == 204
        with HttpReader(running.url) as reader:
            over_http = [reader.ask(question) for question in questions]
    with open_folder(tmp_path) as reader:
        for question, table in zip(questions, over_http, strict=True):
            assert table.rows
            itself = reader.ask(question)
            same_rows(itself.rows, table.rows)
            assert replace(itself, rows=[]) == replace(table, rows=[])


def test_a_held_file_is_asked_through_its_server(server: RunningServer) -> None:
    folder = server.database.path.parent
    announce(folder, server.url)
    code = (
        "import sys; from pathlib import Path\n"
        "from swarmscope.store.question import Question\n"
        "from swarmscope.store.location import open_folder\n"
        "with open_folder(Path(sys.argv[1])) as reader:\n"
        "    table = reader.ask(Question('requests_per_second', 'r'))\n"
        "    print(type(reader).__name__, len(table.rows))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["HttpReader", "60"]


def test_a_reader_tells_errors_apart(server: RunningServer, tmp_path: Path) -> None:
    reader = HttpReader(server.url)
    with pytest.raises(NoDataError, match="no run 'gone'"):
        reader.ask(Question("users", "gone"))
    with pytest.raises(ConfigurationError, match="There are:"):
        reader.ask(Question("nope"))
    with pytest.raises(StoreUnreachableError, match="swarmscope serve"):
        HttpReader("http://127.0.0.1:9").ask(Question("runs"))
    with pytest.raises(StoreUnreachableError, match="There is no store"):
        open_folder(tmp_path)


def test_the_audit_is_about_one_run_that_is_there(server: RunningServer) -> None:
    nobody = server.call("GET", "/api/audit")
    assert (nobody.status, "no run was named" in nobody.json["message"]) == (400, True)
    assert server.call("GET", "/api/audit?run=absent").status == 404
    found = server.call("GET", "/api/audit?run=r")
    assert found.status == 200
    assert found.headers["cache-control"] == "no-store"
    assert found.json["line"].startswith(found.json["verdict"])
