"""Boards where points of whole minutes are, aren't, or may not be read: on a real InfluxDB."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from influxdb_client import InfluxDBClient
from tests.fixtures import boards, encoded, expected, recorded, surroundings
from tests.fixtures.boards import NOTHING_PICKED, Asked
from tests.fixtures.comparison import same_rows
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx
from tests.fixtures.recorded import RUN, T0

from swarmscope.grafana import content
from swarmscope.store.flux_reader import script

HOURS = 3_600_000
WINDOW = 60


@dataclass(frozen=True)
class Store:
    """An InfluxDB with the recorded run, and the boards that are published for it."""

    influx: Influx
    raw: str
    long: str

    def boards(self) -> dict[str, Any]:
        return {board["uid"]: board for board in content.boards(self.long)}

    def ask(self, flux: str, picked: dict[str, Any], *, hours: int = 0) -> list[dict[str, Any]]:
        """Return what Grafana would get: a script that fails while it runs is an error, too."""
        start, stop = expected.RANGE_MS
        text = script(
            filled_in(flux, picked),
            run=RUN,
            bucket=self.raw,
            start=start - hours * HOURS,
            stop=stop,
            window=WINDOW,
        )
        with InfluxDBClient(self.influx.url, self.influx.token, org=self.influx.org) as client:
            tables = client.query_api().query(text)
        return [record.values for table in tables for record in table.records]

    def minutes(self, board: str = "swarmscope-overlay", run: str = RUN) -> str:
        """Return what the hidden variable says: the bucket that is read by minutes."""
        found = self.boards()[board]["templating"]["list"]
        (flux,) = (v["query"]["query"] for v in found if v["name"] == "minutes")
        (row,) = self.ask(flux, {"run": run})
        return str(row["_value"])

    def picked(self) -> dict[str, Any]:
        return {
            **NOTHING_PICKED,
            "run": RUN,
            "run_start": str(T0 * 1_000),
            "baseline": RUN,
            "baseline_start": str(T0 * 1_000),
            "minutes": self.minutes(),
            "baseline_minutes": self.minutes(),
        }


def stocked(influx: Influx) -> Store:
    name = secrets.token_hex(4)
    influx.write(influx.make_bucket(name), [*encoded.lines(), *surroundings.lines()])
    return Store(influx, name, f"{name}_minutes")


@pytest.fixture(scope="module")
def missing(influx: Influx) -> Store:
    """A store of somebody who made the one bucket that INFLUXDB_V2_BUCKET names."""
    return stocked(influx)


@pytest.fixture(scope="module")
def complete(influx: Influx) -> Store:
    """A store with minutes, in a bucket of another name than the usual one."""
    store = stocked(influx)
    influx.write(influx.make_bucket(store.long), encoded.minutes())
    return store


@pytest.fixture(params=["missing", "empty", "unreadable", "set to nothing"])
def without(
    request: pytest.FixtureRequest, influx: Influx, missing: Store, complete: Store
) -> Iterator[Store]:
    """Each way to have no minutes that could be read."""
    if request.param == "missing":
        yield missing
    elif request.param == "empty":
        yield replace(missing, long=influx.make_bucket(secrets.token_hex(4)))
    elif request.param == "unreadable":
        token = influx.token_for(read=[complete.raw])
        yield replace(complete, influx=replace(influx, token=token))
    else:
        yield replace(complete, long="")


def percentiles(store: Store) -> list[tuple[Any, ...]]:
    """Return time, statistic and value of the panel with the response times, by minutes."""
    flux = boards.panel_query("overlay", "Response times")
    rows = store.ask(flux, store.picked())
    return [
        (int(row["_time"].timestamp()) * 1_000, row["_field"], row["_value"])
        for row in rows
        if row["_value"] is not None
    ]


def wanted(*, by_minutes: bool) -> list[tuple[Any, ...]]:
    return [
        (t, name, ms)
        for t, *values in expected.percentiles(WINDOW, by_minutes=by_minutes)
        for name, ms in zip(("p50", "p95", "p99", "max"), values, strict=True)
    ]


def test_minutes_are_read_where_they_are(complete: Store) -> None:
    assert complete.minutes() == complete.minutes("swarmscope-runs") == complete.long
    assert complete.minutes(run="a run of seconds alone") == complete.raw
    same_rows(percentiles(complete), wanted(by_minutes=True))


def test_seconds_are_read_where_there_are_no_minutes(without: Store) -> None:
    assert without.minutes() == without.minutes("swarmscope-runs") == without.raw
    same_rows(percentiles(without), wanted(by_minutes=False))


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    "asked", [a for a in boards.every_query() if "minutes}" in json.dumps(a.flux)], ids=str
)
def test_no_panel_of_a_long_range_fails_without_minutes(missing: Store, asked: Asked) -> None:
    """InfluxDB answers a script that names a bucket that isn't there with an error."""
    assert missing.ask(asked.flux, missing.picked(), hours=7) != []


RUNS = "Runs: click one to see it over the machines that carried it"


def test_of_a_run_whose_seconds_are_gone_minutes_tell_the_p95(influx: Influx) -> None:
    name = secrets.token_hex(4)
    known = [line for line in encoded.lines() if line.startswith("locust_run,")]
    influx.write(influx.make_bucket(name), known)
    store = Store(influx, name, f"{name}_minutes")
    influx.write(influx.make_bucket(store.long), encoded.minutes())
    picked = {**NOTHING_PICKED, "run": RUN, "minutes": store.long}
    (row,) = (
        row for row in store.ask(boards.panel_query("runs", RUNS), picked) if row["run"] == RUN
    )
    exact = expected.quantiles(recorded.of_run(RUN))[1]
    assert row["p95"] == pytest.approx(exact, rel=0.041)
