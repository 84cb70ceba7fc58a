"""Locust's own files: what is read of each version's, and what is none of them."""

from pathlib import Path

import pytest
from tests.unit.gate.csvs import GET, OWN, POST, history, stats

from swarmscope.errors import ConfigurationError
from swarmscope.gate.locust_csv import history_of, statistics


@pytest.mark.parametrize(
    ("version", "total", "percents"),
    [
        ("1.0", "None", {50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 99.999, 100}),
        ("2.0", "", {50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100}),
        ("own", "", {50, 97.5}),
    ],
)
def test_each_version_s_columns_are_read(
    tmp_path: Path, version: str, total: str, percents: set[float]
) -> None:
    found = statistics(stats(tmp_path / "run_stats.csv", version=version, total=total))
    assert found.name == "run"
    assert found.history == tmp_path / "run_stats_history.csv"
    together = found.together
    assert (together.requests, together.failures, together.avg) == (1_000, 10, 140.0)
    assert (together.min, together.max) == (1.5, 280.0)
    assert together.rate == pytest.approx(1_000 / 60)
    assert set(together.percentiles) == percents
    assert set(found.endpoints) == {(one[1], one[0]) for one in (GET, POST, OWN)}
    assert found.endpoints[POST[1], "POST"].percentiles[50] == 370


def test_where_there_was_no_request_there_are_no_times(tmp_path: Path) -> None:
    row = statistics(stats(tmp_path / "a_stats.csv")).endpoints["Aggregated", "GET"]
    assert (row.requests, row.avg, row.min, row.max, row.percentiles) == (0, None, None, None, {})


def test_an_endpoint_called_as_all_together_is_one_of_its_own(tmp_path: Path) -> None:
    """One without a method comes before Locust's own row."""
    mine = ("", "Aggregated", 7, 0, 1.0)
    found = statistics(stats(tmp_path / "a_stats.csv", (GET, mine)))
    assert found.together.requests == 907
    assert found.endpoints["Aggregated", ""].requests == 7


def test_the_name_that_locust_was_given_is_enough(tmp_path: Path) -> None:
    stats(tmp_path / "run_stats.csv")
    assert statistics(tmp_path / "run").path == tmp_path / "run_stats.csv"
    (tmp_path / "run").mkdir()
    assert statistics(tmp_path / "run").path == tmp_path / "run_stats.csv"


@pytest.mark.parametrize("ends", ["\r\r\n", "\n"])
def test_a_file_that_went_through_windows_is_read(tmp_path: Path, ends: str) -> None:
    path = stats(tmp_path / "a_stats.csv", (GET,))
    text = "\ufeff" + path.read_text(encoding="utf-8").replace("\n", ends)
    path.write_text(text, encoding="utf-8", newline="")
    assert statistics(path).together.requests == 900


GOOD = "Type,Name,Request Count,Failure Count,Average Response Time,Min Response Time,"
GOOD += "Max Response Time,Requests/s,50%\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("\n", "it is empty"),
        ("<html>\n<body>no</body>", "it has no column type, name, request count"),
        ("a,b\n1,2\n", "it has no column type, name"),
        ('"Type","Name","# requests","# failures"\n', "of a Locust older than 1.0"),
        ("Timestamp,User Count,Type,Name\n", "history of a run: name the file _stats.csv beside"),
        ("Method,Name,Error,Occurrences\n", "it has no column type, request count"),
        (GOOD, "it has no row Aggregated: Locust hadn't written all of it"),
        (GOOD + "GET,/a,1,0,1,1,1,1,1\n", "it has no row Aggregated"),
        (GOOD + "GET,/a,1,0,1\n", "line 2 has 5 cells, not 9"),
        (GOOD + ",Aggregated,x,0,1,1,1,1,1\n", "line 2 has 'x' as its request count"),
        (GOOD + ",Aggregated,-1,0,1,1,1,1,1\n", "line 2 has '-1' as its request count"),
        (GOOD + ",Aggregated,1.5,0,1,1,1,1,1\n", "no whole number as its request count"),
        (GOOD + ",Aggregated,,0,1,1,1,1,1\n", "no whole number as its request count"),
        (GOOD + ",Aggregated,1,0,nan,1,1,1,1\n", "has 'nan' as its average response time"),
        (GOOD + ',"Aggre"gated,1,0,1,1,1,1,1\n', "it is no CSV"),
        (GOOD + ',"Aggregated', "it is no CSV"),
    ],
)
def test_what_is_no_file_of_locust_s_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "a_stats.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        statistics(path)
    assert why in str(caught.value)
    assert "Nothing was judged." in str(caught.value)


def test_what_can_t_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent_stats.csv"):
        with pytest.raises(ConfigurationError, match="can't be read"):
            statistics(path)
    path = tmp_path / "b_stats.csv"
    path.write_bytes(b"Type,\xff\xfe\n")
    with pytest.raises(ConfigurationError, match="it is no CSV"):
        statistics(path)


def test_a_history_s_windows_are_what_was_counted_meanwhile(tmp_path: Path) -> None:
    counted = [0, 0, 30, 30, 30, 60, 60, 60, 90, 90, 90, 120]
    rows = [(1_000 + i, "", "Aggregated", n, n // 30, 10.0) for i, n in enumerate(counted)]
    found = history_of(history(tmp_path / "a_stats_history.csv", rows)).course
    assert (found.start, found.stop, found.endpoints) == (1_000, 1_011, {})
    told = [(one.start, one.seconds, one.tally.count, one.tally.failures, one.tally.total)
            for one in found.together]  # fmt: skip
    assert told == [(1_000, 10, 90, 3, 900.0), (1_010, 10, 30, 1, 300.0)]


def test_a_mean_is_of_what_came_meanwhile(tmp_path: Path) -> None:
    rows = [(1_005, "", "Aggregated", 10, 0, 100.0), (1_015, "", "Aggregated", 20, 0, 150.0)]
    (_, later) = history_of(history(tmp_path / "h.csv", rows)).course.together
    assert later.tally.total / later.tally.timed == 200.0


def test_statistics_that_were_reset_begin_anew(tmp_path: Path) -> None:
    counted = [(1_000, 50), (1_001, 80), (1_002, 5), (1_003, 9)]
    rows = [(at, "", "Aggregated", n, 0, 1.0) for at, n in counted]
    found = history_of(history(tmp_path / "h.csv", rows)).course
    assert sum(one.tally.count for one in found.together) == 80 + 9


def test_a_full_history_has_endpoints(tmp_path: Path) -> None:
    rows = [
        row
        for i in range(3)
        for row in (
            (1_000 + i, "GET", "/a", 2 * i, i, 1.0),
            (1_000 + i, "", "Aggregated", 99, 99, 1.0),
            (1_000 + i, "", "Aggregated", 3 * i, i, 1.0),
        )
    ]
    found = history_of(history(tmp_path / "h.csv", rows)).course
    counts = {key: sum(w.tally.count for w in some) for key, some in found.endpoints.items()}
    assert counts == {("/a", "GET"): 4}
    assert sum(one.tally.count for one in found.together) == 6


def test_a_history_without_a_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="hadn't begun to write it"):
        history_of(history(tmp_path / "h.csv", []))
