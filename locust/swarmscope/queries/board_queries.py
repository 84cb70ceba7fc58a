"""The part of the catalogue that only boards ask for."""

from swarmscope.queries.query import TIME, Query

_HOST = {"time": TIME, "host": "", "role": ""}
_ENDPOINT = {"name": "", "method": ""}

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
        },
        needs_run=False,
    ),
    Query("about_run", "What people say of the run", {"label": "", "description": ""}),
    Query("events", "Deploys and notes", {"time": TIME, "kind": "", "text": ""}, needs_run=False),
    Query(
        "others",
        "What others measured",
        {"time": TIME, "measurement": "", "field": "", "value": "unknown"},
        needs_run=False,
        windowed=True,
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
        windowed=True,
    ),
    Query(
        "worker_imbalance",
        "How evenly the users are dealt out",
        {"time": TIME, "most": "users", "least": "users", "average": "users"},
        windowed=True,
    ),
    Query(
        "worker_delivery",
        "Delivery of each worker over time",
        {"time": TIME, "worker": "", "field": "", "value": "requests, points or bytes"},
        windowed=True,
    ),
    Query(
        "latency_heatmap",
        "How many requests took how long",
        {"time": TIME, "bound": "ms", "value": "requests"},
        windowed=True,
    ),
    Query(
        "endpoint_counts",
        "Requests and failures per endpoint",
        {
            **_ENDPOINT,
            "requests": "requests",
            "failures": "failures",
            "max_response_time": "ms",
            "requests_per_second": "requests/s",
            "avg_content_length": "bytes",
        },
    ),
    Query(
        "endpoint_p95",
        "95th percentile of the ten busiest endpoints",
        {"time": TIME, **_ENDPOINT, "p95": "ms"},
        windowed=True,
    ),
    Query(
        "status_classes",
        "Requests per second by class of their HTTP status",
        {"time": TIME, "class": "", "value": "requests/s"},
        windowed=True,
    ),
    Query(
        "failures_by_reason",
        "Failures per second by reason",
        {"time": TIME, "exception": "", "status": "", "reason": "", "value": "failures/s"},
        windowed=True,
    ),
    Query(
        "failures_by_endpoint",
        "Failures per second by endpoint",
        {"time": TIME, **_ENDPOINT, "value": "failures/s"},
        windowed=True,
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
        windowed=True,
    ),
    Query(
        "host_load",
        "Load average of the hosts",
        {**_HOST, "load1": "tasks", "per_processor": "tasks"},
        needs_run=False,
        windowed=True,
    ),
    Query(
        "host_traffic",
        "Network traffic of the hosts, their cards together",
        {**_HOST, "direction": "", "value": "bytes/s"},
        needs_run=False,
        windowed=True,
    ),
    Query(
        "host_network_faults",
        "Packets that the hosts' cards dropped or found damaged",
        {**_HOST, "fault": "", "value": "packets/s"},
        needs_run=False,
        windowed=True,
    ),
    Query(
        "host_cpu_modes",
        "What the hosts' processors do",
        {**_HOST, "mode": "", "value": "percent"},
        needs_run=False,
        windowed=True,
    ),
    Query(
        "host_disk_space",
        "How full the hosts' file systems are",
        {**_HOST, "path": "", "value": "percent"},
        needs_run=False,
        windowed=True,
    ),
)
"""Like the rest of the catalogue, each in both dialects."""
