"""What `make large` says of what it measured."""

from pathlib import Path
from typing import Any

import pytest
from tests.bench.large import scale, ticks
from tests.bench.large.catalogue import ROWS, SCENARIOS, Row
from tests.bench.large.disk import Keys
from tests.bench.large.figures import TOO_SLOW, amount, slowest
from tests.bench.large.filled import digest, stores

PANEL = next(row for row in ROWS if (row.scenario, row.figure) == ("runs", "slowest_panel_s"))
MACHINE: dict[str, Any] = {
    **{"cpu": "Z80", "cores": 2, "memory_gib": 1.5, "system": "CP/M 3", "python": "3.11.7"},
    **{"packages": {"locust": "2.47.0"}, "load_average_at_start": 0.25},
}


def _result(commit: str, **scenarios: dict[str, Any]) -> dict[str, Any]:
    found = {name: {"figures": figures} for name, figures in scenarios.items()}
    return {"commit": commit, "machine": MACHINE, "scenarios": found}


def _rows(document: str) -> list[list[str]]:
    lines = [line for line in document.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_row_is_of_a_scenario_and_no_two_are_the_same() -> None:
    assert {row.scenario for row in ROWS} == set(SCENARIOS)
    assert len({(row.scenario, row.figure) for row in ROWS}) == len(ROWS)
    assert len({row.what for row in ROWS if row.budget is not None}) == len(scale.budgets())


def test_what_was_given_up_is_slower_than_any_number() -> None:
    assert slowest([59.9, TOO_SLOW, 3.0]) == TOO_SLOW
    assert slowest([0.1, 3.0]) == 3.0
    assert amount(TOO_SLOW) == 60.0


@pytest.mark.parametrize(
    ("at_least", "figure", "kept"),
    [
        (False, 2.0, True),
        (False, 2.1, False),
        (False, TOO_SLOW, False),
        (True, 2.0, True),
        (True, 1.9, False),
    ],
)
def test_a_figure_is_held_against_its_budget(
    *, at_least: bool, figure: float | str, kept: bool
) -> None:
    row = Row("runs", "x", "x", "s", 2.0, at_least)
    assert row.kept(figure) is kept


def test_a_figure_without_a_budget_is_neither_within_nor_over() -> None:
    row = Row("runs", "x", "x", "s")
    assert row.kept(1e9) is None
    assert scale.judged(row, 1_234.5) == "1,234.5 s"


def test_a_figure_is_said_with_its_budget() -> None:
    assert scale.judged(PANEL, 0.5) == "0.5 s (within the budget of ≤ 1)"
    assert scale.judged(PANEL, TOO_SLOW) == "> 60 s (OVER the budget of ≤ 1)"


def test_the_document_has_the_newest_figure_of_each_scenario() -> None:
    found = [
        _result("aaa", runs={"slowest_panel_s": 30.0}, bytes={"a_request": 13.1}),
        _result("bbb", runs={"slowest_panel_s": 0.2}),
    ]
    head, _, runs, sent = _rows(scale.document(found, ""))
    assert head[1] == "figure"
    assert runs[1:] == ["0.2 s", "≤ 1", "within", "bbb", "`make large ONLY=runs`"]
    assert sent[1:] == ["13.1", "≤ 10", "**over**", "aaa", "`make large ONLY=bytes`"]


def test_the_document_has_what_was_before_where_a_baseline_is_named() -> None:
    found = [
        _result("aaaaaaa+", runs={"slowest_panel_s": TOO_SLOW}),
        _result("bbb", runs={"slowest_panel_s": 0.2}, bytes={"a_request": 9.5}),
    ]
    head, _, runs, sent = _rows(scale.document(found, "aaaaaaa"))
    assert head[1:3] == ["before", "figure"]
    assert runs[1:3] == ["> 60 s", "0.2 s"]
    assert sent[1:3] == ["", "9.5"]


def test_nothing_was_before_where_the_baseline_is_the_newest() -> None:
    found = [_result("aaa", runs={"slowest_panel_s": 30.0})]
    _, _, runs = _rows(scale.document(found, "aaa"))
    assert runs[1:3] == ["", "30.0 s"]


def test_the_document_says_on_which_machine_and_how_busy_that_was() -> None:
    busy = {**MACHINE, "load_average_at_start": 17.0}
    runs = {**_result("aaa", runs={"slowest_panel_s": 9.5}), "machine": busy}
    text = scale.document([runs, _result("aaa", bytes={"a_request": 9.5})], "")
    assert "Load average at the start: 0.2 to 17.0." in text
    assert "2 processors (Z80), 1.5 GiB, CP/M 3, Python 3.11.7, locust 2.47.0" in text


def test_keys_are_fields_of_series_and_commas_in_texts_are_none_between_fields() -> None:
    keys = Keys()
    keys.add("b", ['m,t=1 a=1i,b="x, y=2",c=3i 10', "m,t=1 a=2i,d=0.5 11", "m,t=2 a=1i 10"])
    keys.add("other", ["m,t=1 a=1i 10"])
    assert (keys.series, keys.fields, keys.points, keys.values) == (3, 6, 4, 7)


def test_a_workers_stretches_are_told_without_those_of_its_start() -> None:
    start = [[900.0, 800.0]] * ticks.WARM_UP
    after = [[float(2 * i), float(i)] for i in range(1, 101)]
    notes = {"ours": start + after, "others": [*start, [7.0, 6.0]], "collections": [4.0, 40.0]}
    figures = ticks.figures_of(notes)
    assert figures["longest_ms"] == 100.0
    assert figures["longest_by_the_clock_ms"] == 200.0
    assert (figures["p50_ms"], figures["p99_ms"]) == (51.0, 100.0)
    assert figures["longest_of_locust_ms"] == 6.0
    assert (figures["longest_collection_ms"], figures["ticks"]) == (40.0, 100)


def test_a_store_is_filled_anew_when_the_code_that_writes_changes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text("1", encoding="utf-8")
    second.write_text("2", encoding="utf-8")
    before = digest([first, second])
    assert digest([second, first, first]) == before
    second.write_text("3", encoding="utf-8")
    assert digest([first, second]) != before


def test_a_stores_older_ones_are_of_its_own_name_alone(tmp_path: Path) -> None:
    for name in ("endpoints-500-0123456789ab", "endpoints-500-quarter-0123456789ab"):
        (tmp_path / name).mkdir()
    assert stores(tmp_path, "endpoints-500") == [tmp_path / "endpoints-500-0123456789ab"]
