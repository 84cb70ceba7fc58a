"""How a query of the catalogue becomes a panel's."""

import pytest
from dashboards import flux

from swarmscope.queries.catalogue import CATALOGUE


def test_what_can_be_picked_takes_the_place_of_everything():
    asked = flux.catalogue("host_cpu")
    assert "host = /.*/\n" in CATALOGUE["host_cpu"].flux
    assert "host = /^${host:regex}$/\n" in asked
    assert "host = /.*/\n" not in asked


def test_what_nobody_can_pick_stays_everything():
    asked = flux.catalogue("percentiles", everything=("worker",))
    assert "worker = /.*/\n" in asked
    assert "endpoint = /^${endpoint:regex}$/\n" in asked


def test_a_question_of_histograms_is_in_windows_of_minutes_only_where_it_reads_minutes():
    by_minutes, by_seconds = (
        next(line for line in flux.catalogue(name).split("\n") if line.startswith("resolution ="))
        for name in ("percentiles", "requests_per_second")
    )
    assert '"${minutes}" != v.defaultBucket' in by_minutes
    assert "minutes" not in by_seconds


def test_the_baseline_is_asked_for_the_same_seconds_and_imports_stay_first():
    asked = flux.then(flux.catalogue("percentiles"))
    assert asked.startswith('import "date"\nago = ')
    _, _, body = asked.partition("v.timeRangeStop) - ago)\n")
    assert "${baseline}" in body
    assert "${baseline_minutes}" in body
    for left in ("${run}", "${minutes}", "v.timeRangeStart", "v.timeRangeStop"):
        assert left not in body


def test_only_rows_for_which_a_condition_holds_are_drawn():
    asked = flux.only("run_events", 'r.event == "step"')
    assert asked.endswith('\n    |> filter(fn: (r) => r.event == "step")\n')


def test_an_answer_with_a_name_can_be_joined_with_more():
    asked = flux.answered("run_audit")
    assert asked.startswith('import "array"\n')
    assert asked.count("\nanswer =\n") == 1
    assert asked.replace("answer =\n", "").replace('import "array"\n', "", 1) == flux.catalogue(
        "run_audit"
    )


def test_lines_have_every_text_of_the_question_to_tell_them_apart():
    asked = flux.lines("host_network_faults", called_by=("fault",))
    assert 'keep(columns: ["time", "host", "role", "fault", "value", "_field"])' in asked
    assert "_field: r.fault" in asked
    assert 'rename(columns: {time: "_time", value: "_value"})' in asked


def test_what_is_added_over_no_longer_tells_lines_apart():
    asked = flux.lines("users", added_over=("user_class",))
    assert '|> group(columns: ["time"])\n    |> sum(column: "value")' in asked
    assert "user_class" not in asked.rpartition("|> sum(column:")[2]


@pytest.mark.parametrize("name", ["runs", "hosts", "workers", "alerts/p95"])
def test_a_query_that_only_boards_need_has_what_it_shares_in_its_place(name: str):
    asked = flux.read(name)
    assert "// include:" not in asked
    assert "from(bucket: v.defaultBucket)" in asked


@pytest.mark.parametrize(
    "asked",
    [
        flux.apart("users", "user_class"),
        flux.apart("worker_requests", "worker", of=flux.WORKERS),
        flux.lines("host_memory", called_by=("role",), each_host=True),
    ],
)
def test_texts_are_numbered_once_and_not_again_for_each_row(asked: str):
    numbered, _, rows = asked.partition("\nrank = ")
    assert numbered.count("ranks = dict.fromList(") == 1
    assert rows.startswith("(text) => dict.get(dict: ranks, key: text, ")
    # A function of a row that walks over all texts takes rows times texts.
    assert "array.filter" not in asked


def test_what_a_question_imports_already_is_not_imported_again():
    asked = flux.apart("endpoint_p95", "name", "method", value="p95", of=flux.ENDPOINTS)
    head = asked[: asked.index("worker = ")]
    assert [head.count(f'import "{name}"') for name in ("array", "dict", "strings")] == [1, 1, 1]
