"""How requests fared against a response time that satisfies, and how long failures took."""

from grafana_foundation_sdk.builders import barchart, table

from dashboards import (
    bars,
    config,
    endpoint_table,
    flux,
    panels,
    transform,
)
from swarmscope import schema

TITLE = "Response-time ranges, and Apdex"
OUTCOMES = "What succeeded and what failed, apart"
_TEXT = f"""\
    |> map(
        fn: (r) => {{
            all = r.satisfied + r.tolerating + r.slow + r.failed
            hundredths = int(v: r.apdex * 100.0 + 0.5)
            digits = string(v: 100 + hundredths % 100)
            decimals = strings.substring(v: digits, start: 1, end: 3)
            score = string(v: hundredths / 100) + "." + decimals
{bars.NAME}
            return {{
                endpoint: score + (if all < {schema.APDEX_SMALL} then "*" else "") + "  " + name,
                first: if together then 0 else 1,
                better: r.satisfied * 2 + r.tolerating - 2 * all,
                fewer: -all,
                a_satisfied: float(v: r.satisfied) / float(v: all),
                b_tolerating: float(v: r.tolerating) / float(v: all),
                c_slow: float(v: r.slow) / float(v: all),
                d_failed: float(v: r.failed) / float(v: all),
            }}
        }},
    )
    |> sort(columns: ["first", "better", "fewer"])
    |> drop(columns: ["first", "better", "fewer"])
"""
_RANGES = {
    "a_satisfied": ("within T, ${apdex_t} ms: satisfied", config.TEAL),
    "b_tolerating": ("up to 4 T: tolerated", config.AMBER),
    "c_slow": ("slower: frustrated", config.VIOLET),
    "d_failed": ("failed: frustrated", config.FAILURES),
}
_END = 1.03
"""Room for half of the label at 100 %."""
_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "succeeded": "Succeeded",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "failed": "Failed",
    "failed_p50": "p50, failed",
    "failed_p95": "p95, failed",
    "failed_p99": "p99, failed",
}


def panel() -> barchart.Panel:
    """Return a bar for each of the busiest endpoints, and one for all of them together."""
    made = bars.panel(
        TITLE,
        "What share of its requests each endpoint answered within T, up to 4 T, later, or not "
        "well: the ten busiest, and what is picked; below all of them together comes first what "
        "frustrates the most requests. Before the name stands its Apdex, from 0 to 1: a satisfied "
        "request counts 1, a tolerated one a half, each other one 0, however quickly it failed; "
        f"with * it is of fewer than {schema.APDEX_SMALL} requests. Pick *T* above the board. "
        f"Its limits are {config.PRECISION}. What has no response time isn't counted.",
        "response_ranges",
        _TEXT,
        _RANGES,
    )
    return made.unit(config.SHARE).decimals(1).max(_END).no_value(config.NO_REQUESTS)


def outcomes() -> table.Panel:
    """Return response times of what succeeded beside those of what failed."""
    made = panels.rows(
        OUTCOMES,
        "Response times of the requests that succeeded, beside those of the ones that failed, of "
        "the ten busiest endpoints and what is picked. Failures that come back at once make the "
        "percentiles of all requests together look better than what anybody gets; failures as "
        "long as a time-out make them look worse. Percentiles of few requests are single ones. An "
        "endpoint is left out where failures were recorded before they were told apart.",
        "latency",
        endpoint_table.in_short(flux.rows("outcomes", endpoint_table.OF_TOTAL)),
        height=8,
    ).max_data_points(config.FEWER_WINDOWS)
    made = made.no_value(config.NO_REQUESTS)
    made = made.with_transformation(transform.titled(_COLUMNS))
    # The one that it is sorted by has an arrow beside its title.
    counts = {"succeeded": 94, "failed": 84}
    made = endpoint_table.beside_names(made, _COLUMNS, counts, _width)
    return endpoint_table.total_first(panels.whole(made), _COLUMNS["failed"])


def _width(column: str) -> int:
    return 88 if column.startswith("failed") else endpoint_table.width_of(column)
