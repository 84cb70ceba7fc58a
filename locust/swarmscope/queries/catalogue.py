"""What can be asked of a store: the names, columns and units of every query."""

from collections.abc import Mapping

from swarmscope.errors import ConfigurationError
from swarmscope.queries.board_queries import FOR_BOARDS
from swarmscope.queries.judging_queries import FOR_JUDGING
from swarmscope.queries.query import ENDPOINT, HOST, TIME, TIME_COLUMNS, Query

__all__ = ["CATALOGUE", "TIME_COLUMNS", "Query", "query"]


_ALL = (
    Query(
        "requests_per_second",
        "Requests per second",
        {"time": TIME, "value": "requests/s"},
    ),
    Query(
        "failures_per_second",
        "Failures per second",
        {"time": TIME, "value": "failures/s"},
    ),
    Query(
        "users",
        "Users per user class",
        {"time": TIME, "user_class": "", "value": "users"},
    ),
    Query(
        "percentiles",
        "Response times over all endpoints",
        {"time": TIME, "p50": "ms", "p95": "ms", "p99": "ms", "max": "ms"},
    ),
    Query(
        "load_steps",
        "What each load step came to",
        {
            "start": TIME,
            "seconds": "s",
            "kind": "",
            "stage": "",
            "wanted": "users",
            "running": "users",
            "requests": "requests",
            "requests_per_second": "requests/s",
            "failures": "failures",
            **dict.fromkeys(("p50", "p95", "p99", "max"), "ms"),
            "cpu": "percent",
            "hosts": "",
            "generators": "",
        },
    ),
    Query(
        "endpoint_totals",
        "Totals per endpoint",
        {
            **ENDPOINT,
            "requests": "requests",
            "failures": "failures",
            "avg_response_time": "ms",
            "min_response_time": "ms",
            "max_response_time": "ms",
            "requests_per_second": "requests/s",
            "avg_content_length": "bytes",
        },
    ),
    Query(
        "endpoint_percentiles",
        "Response times per endpoint",
        {
            **ENDPOINT,
            **dict.fromkeys(("p50", "p95", "p99"), "ms"),
            **dict.fromkeys(("min_response_time", "max_response_time"), "ms"),
        },
    ),
    Query(
        "exceptions",
        "Failures by exception",
        {
            **ENDPOINT,
            "exception": "",
            "status": "",
            "reason": "",
            "failures": "failures",
            "message": "",
        },
    ),
    Query(
        "user_errors",
        "Exceptions in users' own code",
        {"user_class": "", "exception": "", "place": "", "count": "exceptions", "message": ""},
    ),
    Query(
        "endpoint_statuses",
        "Requests per endpoint and HTTP status",
        {**ENDPOINT, "status": "", "requests": "requests"},
    ),
    Query("host_cpu", "CPU of the hosts", {**HOST, "value": "percent"}),
    Query("host_memory", "Memory of the hosts", {**HOST, "value": "percent"}),
    Query(
        "host_disk",
        "Disk traffic of the hosts",
        {**HOST, "direction": "", "value": "bytes/s"},
    ),
    Query(
        "host_network",
        "Network traffic of the hosts",
        {**HOST, "interface": "", "direction": "", "value": "bytes/s"},
    ),
    Query(
        "workers",
        "Health of the workers",
        {
            "time": TIME,
            "worker": "",
            "host": "",
            "cpu_percent": "percent of one core",
            "loop_lag_ms": "ms",
            "clock_offset_ms": "ms",
            "clock_corrected_ms": "ms",
            "clock_error_ms": "ms",
            "rss_bytes": "bytes",
        },
    ),
    Query(
        "runs",
        "Runs",
        {
            "run": "",
            "test": "",
            "start": TIME,
            "stop": TIME,
            "target": "",
            "users": "users",
            "requests": "requests",
            "failures": "failures",
            "workers": "workers",
            "user_errors": "exceptions",
            "last": TIME,
            "label": "",
            "description": "",
            "resolution": "s",
        },
    ),
    Query(
        "run_events",
        "What happened to the run",
        {
            "time": TIME,
            "event": "",
            "message": "",
            "user_count": "users",
            "subject": "",
            "requests": "requests",
        },
    ),
    Query(
        "delivery",
        "Delivery accounts of the workers",
        {
            "worker": "",
            "host": "",
            "seen": "requests",
            "locust": "requests",
            "unheard": "requests",
            "unheard_failures": "requests",
            "failures_alone": "failures",
            "delivered": "requests",
            "rejected": "requests",
            "lost": "requests",
            "pending": "requests",
            "points_rejected": "points",
            "points_lost": "points",
            "spool_bytes": "bytes",
            "final": "",
            "last": TIME,
            "stored": "requests",
            "totals": "requests",
        },
    ),
    Query(
        "stored",
        "How much of a bucket a run takes",
        {"series": "series", "field_values": "values"},
    ),
    Query(
        "worker_strain",
        "How long each worker was at its own limits",
        {
            "worker": "",
            "host": "",
            "seconds": "seconds",
            "over": "seconds",
            "spawning": "seconds",
            "cpu_percent": "percent of one core",
            "loop_lag_ms": "ms",
        },
    ),
    Query(
        "host_strain",
        "How full machines were while their workers were late",
        {
            "host": "",
            **dict.fromkeys(("late", "measured", "full"), "seconds"),
            "cpu_percent": "percent",
            "workers_percent": "percent of one core",
            "processors": "processors",
        },
    ),
    Query(
        "run_audit",
        "What the newest audit of the run found",
        {
            "verdict": "",
            "said": "",
            "line": "",
            **dict.fromkeys(("seen", "stored", "missing", "delivered"), "requests"),
            **dict.fromkeys(("rejected", "lost", "pending"), "requests"),
            "workers": "workers",
            "findings": "findings",
            "user_errors": "exceptions",
            "generators": "",
            "generators_line": "",
            "judged_at": TIME,
            "p50": "ms",
            "p95": "ms",
            "p99": "ms",
            "final": "",
            "time": TIME,
        },
    ),
    Query(
        "kept_audits",
        "What the newest audit of each run found",
        {
            "run": "",
            "verdict": "",
            "said": "",
            "line": "",
            **dict.fromkeys(("seen", "delivered", "rejected", "lost", "pending"), "requests"),
            "final": "",
            "requests": "requests",
            "until": TIME,
            "p95": "ms",
        },
    ),
    Query(
        "endpoint_sums",
        "What the windows of each endpoint add up to",
        {
            **ENDPOINT,
            "start": TIME,
            "last": TIME,
            "requests": "requests",
            "failures": "failures",
            "untimed": "requests",
            **dict.fromkeys(("total_response_time", "shortest", "longest"), "ms"),
            "total_content_length": "bytes",
        },
    ),
    Query(
        "endpoint_buckets",
        "How many requests of each endpoint took how long in all",
        {**ENDPOINT, "bound": "ms", "requests": "requests"},
    ),
    Query(
        "run_buckets",
        "How many requests took how long in all",
        {"bound": "ms", "requests": "requests"},
    ),
    Query(
        "kept_summaries",
        "What the newest summary of each endpoint says",
        {**ENDPOINT, "tags": "JSON", "time": TIME, "requests": "requests"},
    ),
    Query("run_tags", "What a master's points of the run are tagged with", {"tags": "JSON"}),
    Query(
        "points",
        "Every value as it was written",
        {
            # Whole nanoseconds: a time of its own is what keeps two events apart.
            "time_ns": "ns since 1970",
            "measurement": "",
            "tags": "JSON",
            "field": "",
            "type": "",
            "number": "",
            "text": "",
        },
    ),
)

CATALOGUE: Mapping[str, Query] = {query.name: query for query in (*_ALL, *FOR_BOARDS, *FOR_JUDGING)}
"""Every query by its name."""


def query(name: str) -> Query:
    """Return the query called *name*.

    Raises:
        ConfigurationError: there is none; the message lists those there are.

    """
    try:
        return CATALOGUE[name]
    except KeyError:
        raise ConfigurationError(
            f"There is no query {name!r}.", remedy=f"There are: {', '.join(CATALOGUE)}."
        ) from None
