"""Iterations that should have begun, where users say when: what became of them, and their times."""

from grafana_foundation_sdk.builders import table, timeseries

from dashboards import (
    config,
    curves,
    endpoint_table,
    flux,
    panels,
    transform,
)

ARRIVALS = "Arrivals: due, dropped, late"
INTENDED = "Response times from the intended start"
_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "requests": "Requests",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "service_p50": "p50 of answer",
    "service_p95": "p95 of answer",
    "service_p99": "p99 of answer",
}
_COLOURS = {"due": config.SKY, "dropped": config.FAILURES, "late": config.AMBER}


def panel() -> timeseries.Panel:
    """Return what became of the iterations that were due."""
    made = panels.over_time(
        ARRIVALS,
        "Iterations a second that should have begun, of user classes with `arrival_rate`, "
        "`constant_pacing` or `constant_throughput`. Dropped: never begun, because all users were "
        "at work; the load was less than what was asked for by these. Late: begun more than 100 ms "
        "after they were due, because this load generator was busy. Where neither is above 0, the "
        "load was what was asked for, whatever the answers did.",
        "generators",
        curves.lines("arrivals", called_by=("outcome",)),
        unit=config.ITERATIONS_PER_SECOND,
        span=panels.FULL,
    )
    return panels.in_colours(made.no_value(config.NO_ARRIVALS), _COLOURS)


def intended() -> table.Panel:
    """Return response times from when requests should have begun, beside those of the answers."""
    made = panels.rows(
        INTENDED,
        "How long whoever asked at the right time would have waited: what an iteration began late "
        "is added to its first request. Beside it what the answers took, as Locust measures it. "
        "Where both are alike, the generator kept its schedule; where the first are longer, it "
        "didn't, and percentiles of answers alone look better than what anybody got. Iterations "
        "that never began are in neither: *Arrivals* on *Generators* counts them.",
        "latency",
        endpoint_table.in_short(flux.rows("intended", endpoint_table.OF_TOTAL)),
        height=8,
    ).max_data_points(config.FEWER_WINDOWS)
    made = made.with_transformation(transform.titled(_COLUMNS)).no_value(config.NO_ARRIVALS)
    made = endpoint_table.beside_names(made, _COLUMNS, {"requests": 112}, _width)
    return endpoint_table.total_first(panels.whole(made), _COLUMNS["requests"])


def _width(column: str) -> int:
    return 112 if column.startswith("service") else 66
