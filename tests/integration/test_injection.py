"""Whoever may write points may not write queries: what boards offer stays a text in them.

A token that only writes is on every enrolled machine, and what it writes is offered on the boards.
"""

import csv
import io
import re
import time
from collections.abc import Iterator, Mapping

import pytest
from dashboards import ranges
from dashboards.flux import catalogue
from tests.fixtures import boards
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.grafana import Picked, filled_in
from tests.fixtures.influxd import Influx

from swarmscope.settings.values import run_id
from swarmscope.store.flux_reader import script

BUCKET = "injected"
RUN = "mine"
START = int(time.time()) - 7_200
ODD = (
    'x" or r.run != "',
    '") |> drop() //',
    "${v.defaultBucket}",
    "back\\slash",
    "/) or true or (r.x =~ /",
    ".*",
    "a|b",
    "(nothing",
    "line\\\nbreak",
)
"""The last: InfluxDB takes a line break in a tag, if a backslash stands before it."""
GOOD = "plain"
WHERE: Mapping[str, tuple[str, str]] = {
    "endpoint": ("requests_per_second", "value"),
    "worker": ("requests_per_second", "value"),
    "host": ("host_cpu", "value"),
    "other_measurement": ("others", "value"),
    "other_field": ("others", "value"),
}
"""Of each variable that takes any text: a query of a board that it is pasted into."""


def raw_tag(text: str) -> str:
    """Return *text* as a tag as InfluxDB takes it, without what our own encoder would replace."""
    return re.sub(r"([,= ])", r"\\\1", text)


def points() -> Iterator[str]:
    at = f"{START}000000000"
    for i, text in enumerate((GOOD, *ODD)):
        tag, n = raw_tag(text), 2**i
        yield f"locust_worker,run={tag},worker=w,host=h requests_seen={n}i {at}"
        yield f'locust_run,run={tag},event=start,test=t,worker=master message="m" {at}'
        mine = f"run={RUN}"
        yield f"locust_worker,{mine},worker={tag},host=h requests_seen={n}i {at}"
        yield f"locust_stats,{mine},worker={tag},name=Aggregated count={n}i,num_failures=0i {at}"
        yield f"locust_stats,{mine},worker=w,name={tag} count={n}i,num_failures=0i {at}"
        yield f"cpu,host={tag},cpu=cpu-total,role=target usage_idle={100 - i}.0 {at}"
        # In a measurement an equals sign needs no backslash.
        yield f"{tag.replace(chr(92) + '=', '=')},x=y some={n}.0 {at}"
        yield f"sales,x=y {raw_tag(text)}={n}.0 {at}"
    yield f'locust_run,run={RUN},event=start,test=t,worker=master message="m" {at}'
    yield f'locust_run,run={RUN},event=odd,test=t,worker=master resolution="1s) //" {at}'


@pytest.fixture(scope="module")
def store(influx: Influx) -> Influx:
    """An InfluxDB in which somebody has written what is meant to be pasted."""
    influx.make_bucket(BUCKET)
    influx.write(BUCKET, list(points()))
    return influx


PICKED: Picked = {
    **NOTHING_PICKED,
    "run": RUN,
    "run_start": f"{START}000",
    "baseline": RUN,
    "baseline_start": f"{START}000",
    "minutes": BUCKET,
    "baseline_minutes": BUCKET,
}


def ask(store: Influx, flux: str) -> list[dict[str, str]]:
    """Return the rows that *flux* has about the last hour; it must not fail."""
    text = script(
        flux,
        run=RUN,
        bucket=BUCKET,
        start=(START - 3_000) * 1_000,
        stop=(START + 600) * 1_000,
        window=3_600,
    )
    asked = {"query": text, "type": "flux"}
    status, body = store.call("POST", f"/api/v2/query?org={store.org}", asked)
    answer = body.decode()
    assert status == 200, answer
    tables = [list(csv.reader(io.StringIO(t))) for t in answer.strip().split("\r\n\r\n") if t]
    rows = [dict(zip(head, row, strict=True)) for head, *some in tables for row in some]
    assert not [row["error"] for row in rows if "error" in row]
    return rows


def offered(store: Influx, variable: str) -> list[str]:
    (query, *_) = (
        one["query"]["query"]
        for board in boards.boards()
        for one in boards.variables(board)
        if one["name"] == variable
    )
    picked = {**PICKED, "other_measurement": ["sales"]}
    return [row["_value"] for row in ask(store, filled_in(query, picked))]


@pytest.mark.parametrize("variable", ["run", "baseline"])
def test_only_ids_that_stay_in_their_text_are_offered(store: Influx, variable: str) -> None:
    found = offered(store, variable)
    assert GOOD in found
    # Of the odd ones those that are harmless between quotes.
    assert {text for text in ODD if text in found} == {
        "/) or true or (r.x =~ /",
        ".*",
        "a|b",
        "(nothing",
    }
    for text in found:
        assert run_id(text) == text


@pytest.mark.parametrize("variable", WHERE)
def test_whatever_is_offered_stands_for_itself_alone(store: Influx, variable: str) -> None:
    found = offered(store, variable)
    if variable == "host":
        found = [text.rsplit(" (", 1)[0] for text in found]
    assert {GOOD, 'x" or r.run != "', "${v.defaultBucket}", ".*", "a|b"} <= set(found)
    assert "line\\\nbreak" not in found
    query, column = WHERE[variable]
    for text in found:
        if text not in (GOOD, *ODD):
            continue
        flux = catalogue(query)
        picked = {**PICKED, "other_measurement": ["sales"], variable: [text]}
        numbers = [float(row[column]) for row in ask(store, filled_in(flux, picked))]
        assert len(numbers) == 1, (text, numbers)


def test_a_resolution_that_is_a_text_is_none(store: Influx) -> None:
    assert offered(store, "resolution") == ["1"]


def test_names_with_line_breaks_are_no_candidates(store: Influx) -> None:
    (expression,) = offered(store, "candidates")
    assert "\n" not in expression
    flux = catalogue("endpoint_p95")
    ask(store, filled_in(flux, {**PICKED, "candidates": expression}))


def test_an_odd_id_in_a_question_is_a_text(store: Influx) -> None:
    """As the command line asks: `swarmscope audit 'x" or r.run != "'`."""
    flux = (
        "from(bucket: v.defaultBucket) |> range(start: v.timeRangeStart)"
        ' |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")'
    )
    for i, text in enumerate((GOOD, *ODD)):
        asked = script(flux, run=text, bucket=BUCKET, start=(START - 60) * 1_000, stop=1, window=1)
        status, body = store.call(
            "POST", f"/api/v2/query?org={store.org}", {"query": asked, "type": "flux"}
        )
        assert status == 200, body
        rows = list(csv.DictReader(io.StringIO(body.decode().strip())))
        assert [row["_value"] for row in rows] == [str(2**i)], text


@pytest.mark.parametrize(
    "text", ['die(msg: "ran")', '500.0)\ndie(msg: "ran") //', "v.windowPeriod", "500 + 1", "x"]
)
def test_a_response_time_that_is_no_number_is_refused_and_runs_nothing(
    store: Influx, text: str
) -> None:
    """Anybody may put any text into the address of a board."""
    query = boards.panel_query("endpoints", ranges.TITLE, "A")
    flux = filled_in(query, {**PICKED, "apdex_t": [text]})
    asked = script(flux, run=RUN, bucket=BUCKET, start=0, stop=60_000, window=60)
    status, body = store.call(
        "POST", f"/api/v2/query?org={store.org}", {"query": asked, "type": "flux"}
    )
    assert status == 400, body
    assert b"ran" not in body
