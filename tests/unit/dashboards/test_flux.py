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


@pytest.mark.parametrize("name", ["runs", "hosts", "workers", "alerts/p95"])
def test_a_query_that_only_boards_need_has_what_it_shares_in_its_place(name: str):
    asked = flux.read(name)
    assert "// include:" not in asked
    assert "from(bucket: v.defaultBucket)" in asked
