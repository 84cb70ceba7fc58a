"""The part of the catalogue that boards ask for, and beside them hardly anybody."""

from swarmscope.queries.query import ENDPOINT, HOST, TIME, Query

FOR_BOARDS = (
    Query(
        "run_summaries",
        "Runs in short",
        {
            "run": "",
            "commit": "",
            "seconds": "s",
            "p95": "ms",
            "audit": "",
            "why": "",
            "verdict": "",
            "from": TIME,
            "until": TIME,
            "goes_on": "",
        },
    ),
    Query(
        "figures",
        "What stands above all other numbers",
        {
            "requests": "requests",
            "requests_per_second": "requests/s",
            "failures": "failures",
            **dict.fromkeys(("p50", "p95", "p99", "max"), "ms"),
            "cpu": "percent",
            "host": "",
        },
    ),
    Query("about_run", "What people say of the run", {"label": "", "description": ""}),
    Query(
        "thresholds",
        "How each threshold stands",
        {
            "number": "",
            **dict.fromkeys(("threshold", "severity", "outcome", "shown", "endpoint", "why"), ""),
            "metric": "",
            "bound": "as unit says",
            **dict.fromkeys(("unit", "scope", "scope_name", "scope_method"), ""),
            "judged_at": "ms since 1970",
        },
    ),
    Query("events", "Deploys and notes", {"time": TIME, "kind": "", "text": ""}),
    Query(
        "others",
        "What others measured",
        {"time": TIME, "measurement": "", "field": "", "value": "unknown"},
    ),
    Query(
        "clock_error",
        "How far the workers' points stand from the master's clock at most",
        {"clock_error_ms": "ms"},
    ),
    Query(
        "worker_requests",
        "Requests per second of each worker",
        {"time": TIME, "worker": "", "value": "requests/s"},
    ),
    Query(
        "worker_imbalance",
        "How evenly the users are dealt out",
        {"time": TIME, "most": "users", "least": "users", "average": "users"},
    ),
    Query(
        "worker_delivery",
        "Delivery of each worker over time",
        {"time": TIME, "worker": "", "field": "", "value": "requests, points or bytes"},
    ),
    Query(
        "latency_heatmap",
        "How many requests took how long",
        {"time": TIME, "bound": "ms", "value": "requests"},
    ),
    Query(
        "endpoint_counts",
        "Requests and failures per endpoint",
        {
            **ENDPOINT,
            "requests": "requests",
            "failures": "failures",
            "requests_per_second": "requests/s",
            "avg_content_length": "bytes",
        },
    ),
    Query(
        "response_ranges",
        "How requests fared by Apdex, of the ten busiest endpoints",
        {
            **ENDPOINT,
            **dict.fromkeys(("satisfied", "tolerating", "slow", "failed"), "requests"),
            "apdex": "score",
        },
    ),
    Query(
        "outcomes",
        "Response times of what succeeded and of what failed, of the ten busiest endpoints",
        {
            **ENDPOINT,
            "succeeded": "requests",
            **dict.fromkeys(("p50", "p95", "p99"), "ms"),
            "failed": "requests",
            **dict.fromkeys(("failed_p50", "failed_p95", "failed_p99"), "ms"),
        },
    ),
    Query(
        "arrivals",
        "Iterations a second that were due, dropped and late, where users say when they begin",
        {"time": TIME, "outcome": "", "value": "iterations/s", "iterations": "iterations"},
    ),
    Query(
        "intended",
        "Response times from when requests should have begun, of the ten busiest endpoints",
        {
            **ENDPOINT,
            "requests": "requests",
            **dict.fromkeys(("p50", "p95", "p99"), "ms"),
            **dict.fromkeys(("service_p50", "service_p95", "service_p99"), "ms"),
        },
    ),
    Query(
        "transactions",
        "What transactions of each name came to: journeys that users time as a whole",
        {
            "name": "",
            **dict.fromkeys(("transactions", "failures", "abandoned"), "transactions"),
            **dict.fromkeys(("mean", "p50", "p95", "p99", "max", "pause"), "ms"),
        },
    ),
    Query(
        "phases",
        "Where the time of requests went, of the ten busiest endpoints",
        {
            **ENDPOINT,
            "requests": "requests",
            "connections": "connections",
            **dict.fromkeys(("connect", "tls", "waiting", "receiving"), "ms"),
        },
    ),
    Query(
        "endpoint_p95",
        "95th percentile of the ten busiest endpoints",
        {"time": TIME, **ENDPOINT, "p95": "ms"},
        of_spans=True,
    ),
    Query(
        "status_classes",
        "Requests per second by class of their HTTP status",
        {"time": TIME, "class": "", "value": "requests/s"},
    ),
    Query(
        "failures_by_kind",
        "Failures per second of the kinds with the most",
        {
            "time": TIME,
            **ENDPOINT,
            **dict.fromkeys(("status", "exception", "reason"), ""),
            "value": "failures/s",
        },
    ),
    Query(
        "logs",
        "Log lines",
        {
            "time": TIME,
            "origin": "",
            "level": "",
            "source": "",
            "sender": "",
            "message": "",
        },
    ),
    Query(
        "logs_per_second",
        "Log lines per second",
        {"time": TIME, "origin": "", "level": "", "value": "lines/s"},
    ),
    Query(
        "app_gauges",
        "What services under test tell of themselves",
        {"time": TIME, "service": "", "gauge": "", "value": "unknown"},
    ),
    Query(
        "host_load",
        "Load average of the hosts",
        {**HOST, "load1": "tasks", "per_processor": "tasks"},
    ),
    Query(
        "host_traffic",
        "Network traffic of the hosts, their cards together",
        {**HOST, "direction": "", "value": "bytes/s"},
    ),
    Query(
        "host_network_faults",
        "Packets that the hosts' cards dropped or found damaged",
        {**HOST, "fault": "", "value": "packets/s"},
    ),
    Query(
        "host_cpu_modes",
        "What the hosts' processors do",
        {**HOST, "mode": "", "value": "percent"},
    ),
    Query(
        "host_disk_space",
        "How full the hosts' file systems are",
        {**HOST, "path": "", "value": "percent"},
    ),
)
"""Like the rest of the catalogue, each in both dialects."""
