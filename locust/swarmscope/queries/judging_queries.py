"""The part of the catalogue that thresholds, comparisons and histories ask for."""

from swarmscope.queries.query import ENDPOINT, TIME, Query

_CAME_TO = {
    **{"requests": "requests", "failures": "failures", "requests_per_second": "requests/s"},
    **{"p50": "ms", "p95": "ms"},
}

FOR_JUDGING = (
    Query(
        "window_sums",
        "What each window of each endpoint adds up to",
        {
            "time": TIME,
            **ENDPOINT,
            "requests": "requests",
            "failures": "failures",
            "untimed": "requests",
            **dict.fromkeys(("total_response_time", "shortest", "longest"), "ms"),
        },
    ),
    Query(
        "window_buckets",
        "How many requests of each window took how long",
        {"time": TIME, "bound": "ms", "requests": "requests", "failed": "requests"},
    ),
    Query(
        "endpoint_window_buckets",
        "How many requests of each endpoint took how long in each window",
        {
            "time": TIME,
            **ENDPOINT,
            "bound": "ms",
            "requests": "requests",
            "failed": "requests",
        },
        of_spans=True,
    ),
    Query(
        "field_values",
        "Every number of one field",
        {"time": TIME, "tags": "JSON", "value": "as stored"},
    ),
    Query(
        "field_names",
        "What was written beside one field",
        {"kind": "", "name": "", "tags": "JSON"},
    ),
    Query(
        "run_conditions",
        "Under which conditions each run was made",
        {
            **{"run": "", "test": "", "start": TIME},
            **dict.fromkeys(("commit", "environment", "machine"), ""),
            **dict.fromkeys(("locustfile", "locustfile_hash", "target", "verdict"), ""),
        },
    ),
    Query(
        "run_history",
        "What each run came to, as its summaries tell",
        {
            **{"run": "", "test": "", "start": TIME, "until": TIME, "seconds": "s"},
            **dict.fromkeys(("commit", "environment", "machine"), ""),
            **dict.fromkeys(("locustfile", "locustfile_hash", "target"), ""),
            **{"users": "users", "history": ""},
            **ENDPOINT,
            **_CAME_TO,
            "p99": "ms",
            **dict.fromkeys(("final", "audit", "generators", "doubts", "verdict"), ""),
        },
    ),
    Query(
        "endpoint_history",
        "What each endpoint of each run came to, as its summary tells",
        {"run": "", **ENDPOINT, **_CAME_TO},
    ),
    Query(
        "baselines",
        "Which runs are kept as baselines",
        {
            **{"baseline": "", "run": "", "time": TIME},
            **dict.fromkeys(("test", "commit", "environment", "locustfile_hash", "load"), ""),
            "anyway": "",
        },
    ),
    Query(
        "kept_verdicts",
        "What each run came to by its thresholds, and as a duet",
        {"run": "", "verdict": ""},
    ),
)
