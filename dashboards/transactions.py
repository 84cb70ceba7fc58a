"""Transactions: journeys of several requests, which users time as a whole."""

from grafana_foundation_sdk.builders import table

from dashboards import config, endpoint_table, flux, panels, transform

TITLE = "Transactions, over the whole time range"
_COLUMNS = {
    "name": "Transaction",
    "transactions": "Ended",
    "failures": "Failed",
    "abandoned": "Abandoned",
    "mean": "Mean",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "max": "Max",
    "pause": "Pauses",
}
_COUNTS = {"transactions": 90, "failures": 90, "abandoned": 104}
"""How wide they are, with their titles."""


def panel() -> table.Panel:
    """Return a row for each name of a transaction."""
    made = panels.rows(
        TITLE,
        "Journeys that users time as a whole, `with transaction(self, …)` of "
        "`swarmscope.load`: how many came to their end, how many of these failed (a request in it "
        "did, or its code raised), and how many were left before. Their times are without the "
        "pauses of `wait_time`, of which the mean stands in the last column. None of them is a "
        "request: no total, rate or share of failures has them in it.",
        "latency",
        endpoint_table.in_short(flux.rows("transactions")),
        height=8,
    ).max_data_points(config.FEWER_WINDOWS)
    made = made.with_transformation(transform.titled(_COLUMNS)).no_value(config.NO_TRANSACTIONS)
    made = endpoint_table.beside_names(made, _COLUMNS, _COUNTS, lambda _: 76)
    return panels.whole(made)
