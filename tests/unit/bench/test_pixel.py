"""What the bench takes for a burst that is shown."""

import json
from typing import Any

import pytest
from tests.bench.large.pixel import BOARD, LIVE_PAGE, Look


def of_grafana(words: str, *frames: dict[str, list[Any]]) -> dict[str, Any]:
    told = [
        {"schema": {"fields": [{"name": n} for n in one]}, "data": {"values": list(one.values())}}
        for one in frames
    ]
    asked = {"queries": [{"refId": "A", "query": words}, {"refId": "B", "query": "users"}]}
    fields = [{"name": "Time"}, {"name": "value"}]
    others = {"schema": {"fields": fields}, "data": {"values": [[9_000], [5.0]]}}
    results = {"A": {"frames": told}, "B": {"frames": [others]}}
    address = "http://127.0.0.1:1/api/ds/query?ds_type=influxdb"
    return {"asked": address + json.dumps(asked), "body": {"results": results}}


def of_the_store(name: str, columns: list[str], *rows: list[Any]) -> dict[str, Any]:
    asked = f"http://127.0.0.1:1/api/queries/{name}?run=pixel"
    return {"asked": asked, "body": json.loads(json.dumps({"columns": columns, "rows": rows}))}


def test_a_curve_tells_of_its_newest_window_with_failures() -> None:
    failed = {"Time": [1_000, 2_000, 3_000, 4_000], "value": [0, 2.0, 1.0, None]}
    answer = of_grafana("num_failures … unpivot", failed, {"Time": [], "value": []})
    assert BOARD["curve"].of(answer) == 3_000
    assert BOARD["percentiles"].of(answer) is None
    rows = [[1_000, 0.0], [2_000, 1.0]]
    page = of_the_store("failures_per_second", ["time", "value"], *rows)
    assert LIVE_PAGE["curve"].of(page) == 2_000
    assert LIVE_PAGE["table"].of(page) is None


def test_percentiles_tell_of_slow_requests_alone() -> None:
    lines = {"Time": [1_000, 2_000, 3_000], "max": [10.0, 2_000.0, 10.0]}
    answer = of_grafana("histogramQuantile … unpivot", lines, {"Time": [1_000], "p50": [10.0]})
    assert BOARD["percentiles"].of(answer) == 2_000


def test_numbers_tell_how_many_failed() -> None:
    numbers = of_grafana("a_requests", {"a_requests": [300], "d_failed": [7 / 300]}, {"f": ["x"]})
    assert BOARD["six_numbers"].of(numbers) == 7
    columns = ["name", "requests", "failures"]
    table = of_the_store("endpoint_totals", columns, ["/a", 5, 2], ["/b", 5, 3])
    assert LIVE_PAGE["table"].of(table) == 5
    assert LIVE_PAGE["table"].of(of_the_store("endpoint_totals", columns)) == 0


def test_a_burst_is_as_late_as_the_first_answer_that_tells_of_more() -> None:
    look = Look(None, {})  # type: ignore[arg-type] - nobody looks at a page
    look.told["curve"] = [(98.0, 7.0), (101.0, 7.0), (103.5, 8.0), (108.0, 9.0)]
    assert look.late("curve", 100.0) == pytest.approx(3.5)
    with pytest.raises(AssertionError, match="curve never showed the burst of 109"):
        look.late("curve", 109.0)


def test_a_burst_is_told_of_also_while_older_ones_leave_the_range() -> None:
    look = Look(None, {})  # type: ignore[arg-type] - nobody looks at a page
    look.told["six_numbers"] = [(90.0, 540.0), (98.0, 490.0), (103.0, 490.0), (104.5, 515.0)]
    assert look.late("six_numbers", 100.0) == pytest.approx(4.5)
