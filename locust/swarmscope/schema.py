"""Every measurement, tag, field and bucket name that swarmscope writes: nowhere else.

Queries, dashboards and users' scripts hang on these names. ``docs/data-dictionary.md`` is
generated from this file (``make docs``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BUCKET = "loadtest"
BUCKET_LONG = "loadtest_long"
RESOLUTION_LONG = 60
"""Length of the windows in `BUCKET_LONG`, s."""
AGGREGATED = "Aggregated"
"""Locust's own name for "all endpoints together"; a sum that does not filter it counts twice."""
FOLDED = "(other)"
"""Where values past ``SWARMSCOPE_MAX_NAMES`` and the budgets below are counted."""
MAX_REASONS = 50
MAX_EXCEPTIONS = 50
MAX_STATUSES = 50
MAX_STATUS_KINDS = 2_000
"""Endpoint and status together."""
NO_STATUS = "none"
"""The ``status`` of a request without one."""
MAX_FAILURE_KINDS = 1_000
"""Endpoint, exception, status and reason together: each budget alone would allow millions."""
MAX_USER_CLASSES = 100
MAX_PLACES = 50
MAX_USER_ERRORS = 200
"""User class, exception and place together."""
MAX_TAGS = 16
"""Of the user's own, on every point."""
MAX_TAG_LENGTH = 200
"""Characters of the user's own tags."""
MAX_SOURCES = 200
MAX_LABEL = 100
"""Characters of a run's label, and of its description."""
MAX_DESCRIPTION = 1_000
MASTER = "master"
"""The ``worker`` tag of the master's own points."""
REPLAY_REJECTED = "replay_rejected"
REPLAY_LOST = "replay_lost"
REQUESTS_LOCUST = "requests_locust"
REQUESTS_UNHEARD = "requests_unheard"
FAILURES_UNHEARD = "failures_unheard"
GENERATOR_CPU_LIMIT = 90.0
"""Percent of one core: above it a worker's response times are its own (Locust warns there too)."""
GENERATOR_LAG_LIMIT_MS = 100.0
"""Loop lag above which a worker's response times are its own."""
CLOCK_LIMIT_MS = 100.0
"""Clock error above which a worker's points stand at the wrong time, and that is said."""
GENERATOR_SATURATED_SHARE = 0.05
"""Share of a run's windows above a limit from which on its whole result is doubtful. Below it some
moments are: Locust itself stalls its loop for 0.1 s and more while it takes an order to spawn."""


class FieldType(StrEnum):
    """The type of a field in line protocol; a field never changes it."""

    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Measurement:
    """One measurement of the data dictionary."""

    name: str
    written: str
    """By whom, and when."""
    tags: Mapping[str, str]
    """Tag to meaning; ``run``, ``worker`` and the user's own tags come on top."""
    fields: Mapping[str, tuple[FieldType, str]]
    note: str = ""
    open_fields: FieldType | None = None
    """The type of fields whose names are data (histogram bounds)."""
    common_tags: bool = True
    """Whether ``run``, ``worker`` and the user's own tags are on each point."""


def _i(meaning: str) -> tuple[FieldType, str]:
    return FieldType.INTEGER, meaning


def _f(meaning: str) -> tuple[FieldType, str]:
    return FieldType.FLOAT, meaning


def _s(meaning: str) -> tuple[FieldType, str]:
    return FieldType.STRING, meaning


_ENDPOINT_TAGS = {
    "name": f"the request's name, or `{AGGREGATED}` for all together",
    "method": f"the request type; absent on `{AGGREGATED}`",
}

_TOTALS = {
    "count": _i("requests that were answered"),
    "num_failures": _i("of these, failed"),
    "avg_response_time": _f("mean response time, ms"),
    "min_response_time": _f("shortest response time, ms"),
    "max_response_time": _f("longest response time, ms"),
    "total_response_time": _f("sum of the response times, ms"),
    "avg_content_length": _f("mean length of the answers, bytes"),
    "total_content_length": _i("sum of the lengths of the answers, bytes; sums can be merged"),
    "current_rps": _f("requests per second"),
    "current_fail_per_sec": _f("failures per second"),
}

LOCUST_STATS = Measurement(
    "locust_stats",
    "each worker, each second in which the endpoint answered",
    _ENDPOINT_TAGS,
    {**_TOTALS, "current_user_count": _i("users running on this worker")},
    note=(
        "A second without a request has no point: a written 0 would pull a mean of "
        "`avg_response_time` down. The response-time fields are absent when no request of the "
        "second had a response time. In `loadtest_long` the same, once a minute."
    ),
)
LOCUST_LATENCY = Measurement(
    "locust_latency",
    "each worker, each second in which the endpoint answered",
    _ENDPOINT_TAGS,
    {},
    open_fields=FieldType.INTEGER,
    note=(
        "A histogram: each field is named by a bucket's upper bound in ms and counts the requests "
        "in it. Bounds are 1.02^i ms from i = -232 (0.01 ms) on, with four significant digits; "
        "shorter times are counted in that first bucket, longer ones than 30 years as 30 years "
        "(in recordings from before 0.1.0, longer ones than 290 s in the bucket `289100`). Only "
        "buckets in use are written, and the empty lower neighbour of each as 0, so that "
        "`histogramQuantile` interpolates within one bucket. Clamp what it says to the "
        "`min_response_time` and `max_response_time` of the same requests in `locust_stats`, as "
        "our own queries do: a percentile is then within 2 % of the exact one, or within 0.01 ms "
        "where that is more. Histograms can be added over workers, seconds and endpoints; "
        "percentiles can't be averaged. In `loadtest_long` bounds are 1.02^2i: 4 % buckets."
    ),
)
LOCUST_STATUS = Measurement(
    "locust_status",
    "each worker, each second in which the endpoint answered",
    {
        "name": "the request's name",
        "method": "the request type",
        "status": (
            f"the HTTP status code of the answer, `{NO_STATUS}` where there was none; "
            f"{MAX_STATUSES} codes a run, then `{FOLDED}`"
        ),
    },
    {"count": _i("requests, failed or not")},
    note=(
        "Each request counts once, so that the sum over all statuses of an endpoint is its `count` "
        f"in `locust_stats`, second by second. `{NO_STATUS}` are requests of other protocols, "
        "those that nobody answered (refused, timed out, broken off) and answers whose code is no "
        f"number from 100 to 999. There is no `name={AGGREGATED}` here: a sum over all counts once."
    ),
)
LOCUST_ENTRY_POINT_STATS = Measurement(
    "locust_entry_point_stats",
    "each worker, each 10 s and at the end: totals since the run began",
    _ENDPOINT_TAGS,
    _TOTALS,
    note="A table of a run is one `last()` for each series, summed over workers.",
)
LOCUST_EXCEPTION_STATS = Measurement(
    "locust_exception_stats",
    "each worker, each second that has one",
    {
        "name": "the request's name",
        "method": "the request type",
        "exception": "the exception's class",
        "status": "the HTTP status code, where there was an answer",
        "reason": (
            f"the message without ids, numbers and URLs; {MAX_REASONS} a run, then `{FOLDED}`"
        ),
    },
    {"count": _i("failures"), "message": _s("one message, without credentials of a usual form")},
)
LOCUST_USER_ERROR = Measurement(
    "locust_user_error",
    "each worker, each second in which users' own code raised",
    {
        "user_class": "the User class",
        "exception": "the exception's class",
        "place": (
            "file, line and function of the user's own code that raised it or called what did; "
            f"{MAX_PLACES} a run, then `{FOLDED}`"
        ),
    },
    {
        "count": _i("exceptions"),
        "message": _s("the end of one traceback, without credentials of a usual form"),
    },
    note=(
        "What the locustfile itself got wrong: exceptions that a task, `on_start` or `on_stop` "
        "let out. A failed request isn't one of them: it is in `locust_exception_stats`."
    ),
)
LOCUST_USERS = Measurement(
    "locust_users",
    "each worker, each second; the master: what it aims at",
    {"user_class": "the User class"},
    {
        "count": _i("users running on this worker"),
        "target_count": _i(f"users wanted over all workers (`worker={MASTER}` only)"),
    },
)
LOCUST_RUN = Measurement(
    "locust_run",
    "the master, when something happens to the run",
    {
        "event": (
            "`start`, `step`, `worker_join`, `worker_leave`, `rebalance` (users that Locust forgot "
            "when workers came or went are shared out again), `reset` (of Locust's own statistics, "
            "by `--reset-stats` or its web UI: ours go on), `stop`, `verdict`"
        ),
        "test": "the name under which runs are compared (`SWARMSCOPE_TEST`)",
    },
    {
        "user_count": _i("users wanted"),
        "spawn_rate": _f("users started per second"),
        "resolution": _i("length of the run's windows, s: no query may use shorter ones"),
        "host": _s("the target"),
        "label": _s(
            "at `start`: a short name for this run, from Locust's web UI, `--swarmscope-label` or "
            "`SWARMSCOPE_LABEL`"
        ),
        "description": _s("at `start`: what is tested and why, from the same places"),
        "commit": _s("the commit under test, from CI's environment"),
        "message": _s("a sentence for annotations"),
        "subject": _s("the worker that joined or left"),
        "requests": _i("at `stop`: what Locust's own statistics on the master say, for comparison"),
        "failures": _i("the same"),
    },
)
LOCUST_WORKER = Measurement(
    "locust_worker",
    "each worker, each second, and with `final=true` when its run is over; a master, once it made "
    "a request itself",
    {"host": "the machine's name, as Telegraf reports it"},
    {
        "cpu_percent": _f("CPU of the worker process, percent of one core"),
        "rss_bytes": _i("resident memory"),
        "loop_lag_ms": _f("longest delay of the event loop in this second"),
        "clock_offset_ms": _f("this machine's clock minus the master's"),
        "clock_corrected_ms": _f("what was taken off the times of this worker's points"),
        "clock_error_ms": _f(
            "how far its points stand from the master's clock, the correction included"
        ),
        REQUESTS_LOCUST: _i(
            "requests of this run that Locust's own statistics in this process counted so far, "
            "resets and reports to the master included: an independent witness, exact on the "
            "final marker"
        ),
        REQUESTS_UNHEARD: _i(
            "on the final marker: requests that Locust counted, endpoint by endpoint, and the "
            "listener was never told of"
        ),
        FAILURES_UNHEARD: _i("the same of failures"),
        "requests_seen": _i("requests that Locust reported to us so far"),
        "requests_delivered": _i("of these, taken by the store"),
        "requests_rejected": _i("of these, refused by the store for good"),
        "requests_lost": _i("of these, dropped by us"),
        "requests_pending": _i("of these, on their way or in the spool"),
        "points_written": _i("points taken by the store"),
        "points_retried": _i("points sent again after a failure"),
        "points_rejected": _i("points refused by the store for good"),
        "points_lost": _i("points dropped by us"),
        "spool_bytes": _i("bytes waiting in the spool"),
        REPLAY_REJECTED: _i(
            "requests rejected when another process sent what this worker had left behind: to be "
            "added, and pending no longer"
        ),
        REPLAY_LOST: _i("requests found damaged then"),
        "final": (FieldType.BOOLEAN, "true on the marker that ends this worker's run"),
    },
)

LOCUST_AUDIT = Measurement(
    "locust_audit",
    "the master at the end of a run, and whoever audits it later (`swarmscope audit`, `make run`) "
    "and finds something else",
    {"run": "the run that was judged"},
    {
        "verdict": _s("`complete`, `incomplete`, `pending` or `no data to judge`"),
        "said": _s("the verdict in a few words, as lists and boards show it"),
        "line": _s("the verdict with its reasons, in one line"),
        "requests_seen": _i("requests that the workers are known to have had"),
        "requests_stored": _i("requests in the store"),
        "requests_missing": _i("requests that are known not to be there"),
        "requests_delivered": _i("requests that arrived by the workers' accounts"),
        "requests_rejected": _i("requests that the store refused for good"),
        "requests_lost": _i("requests that the workers dropped"),
        "requests_pending": _i("requests on their way or in a spool"),
        "workers": _i("who took part"),
        "findings": _i("what keeps the run from being complete, counted"),
        "user_errors": _i("exceptions of users' own code"),
        "generators": _s("`kept up`, `stalled`, `saturated`, or `unknown`"),
        "generators_line": _s("the same with its reasons, in one line"),
        "judged_at": _i("when that was, ms since 1970"),
    },
    note=(
        "One point for each run, at the time at which it began, wherever a board looks: a newer "
        "audit takes the place of the older one. Without a point nobody has judged the run yet. "
        "It has no tag `worker`, and none of the user's own."
    ),
    common_tags=False,
)
LOCUST_RUN_SUMMARY = Measurement(
    "locust_run_summary",
    "whoever writes `locust_audit`, with it",
    {"run": "the run"},
    {
        "count": _i("requests in the store"),
        "num_failures": _i("of these, failed"),
        "p50": _f("50th percentile of all of them, from the merged histograms of the seconds, ms"),
        "p95": _f("95th percentile, ms"),
        "p99": _f("99th percentile, ms"),
    },
    note=(
        "At the time of the run's `locust_audit`, and like it without other tags; without a "
        "response time no percentiles."
    ),
    common_tags=False,
)

SUCCESS, FAILURE = "success", "failure"
"""The ``result`` of a request."""

LOCUST_REQUEST = Measurement(
    "locust_request",
    "each worker, each request, with `SWARMSCOPE_RAW_REQUESTS=on` only",
    {
        "name": "the request's name",
        "method": "the request type",
        "result": f"`{SUCCESS}` or `{FAILURE}`",
    },
    {
        "response_time": _f("ms, to the microsecond; absent where the request had none"),
        "response_length": _i("length of the answer, bytes"),
        "exception": _s("the exception's class and message; absent on success"),
        "sample_rate": _f("the share of all requests that is written; absent when all are"),
    },
    note=(
        "At the time at which the answer came, to the nanosecond and unique on its worker. With a "
        "`sample_rate` a count or a sum must be divided by it; `locust_stats` counts every request "
        "in any case."
    ),
)
LOCUST_LOG = Measurement(
    "locust_log",
    "`swarmscope collect`, each log record of a worker or the master",
    {
        "level": "`debug`, `info`, `warning`, `error`, `critical`",
        "source": f"the logger's name; {MAX_SOURCES} of them, then `{FOLDED}`",
    },
    {"message": _s("the record's message, with its traceback")},
    note=(
        "At the record's own time, unique on its worker. Records from before a process's first run "
        "have no tag `run`."
    ),
)

OWN = (
    LOCUST_STATS,
    LOCUST_LATENCY,
    LOCUST_STATUS,
    LOCUST_ENTRY_POINT_STATS,
    LOCUST_EXCEPTION_STATS,
    LOCUST_USER_ERROR,
    LOCUST_USERS,
    LOCUST_RUN,
    LOCUST_WORKER,
    LOCUST_AUDIT,
    LOCUST_RUN_SUMMARY,
    LOCUST_REQUEST,
    LOCUST_LOG,
)
"""The measurements that swarmscope itself defines."""

_HOST = {"host": "the machine's name", "role": "`generator` or `target`"}


def _telegraf(
    name: str, tags: Mapping[str, str], fields: Mapping[str, tuple[FieldType, str]]
) -> Measurement:
    return Measurement(
        name,
        "Telegraf, or the embedded store's host sampler in the same schema",
        {**_HOST, **tags},
        fields,
        common_tags=False,
    )


HOST = (
    _telegraf(
        "cpu",
        {"cpu": "`cpu-total`, `cpu0` …"},
        {
            "usage_user": _f("percent"),
            "usage_system": _f("percent"),
            "usage_idle": _f("percent"),
            "usage_iowait": _f("percent"),
            "usage_steal": _f("percent: taken by other guests of the same machine"),
        },
    ),
    _telegraf(
        "mem",
        {},
        {
            "total": _i("bytes"),
            "available": _i("bytes"),
            "used": _i("bytes"),
            "used_percent": _f("percent"),
        },
    ),
    _telegraf(
        "disk",
        {"path": "mount point", "device": "device", "fstype": "file system"},
        {
            "total": _i("bytes"),
            "used": _i("bytes"),
            "free": _i("bytes"),
            "used_percent": _f("percent"),
        },
    ),
    _telegraf(
        "diskio",
        {"name": "device"},
        {
            "read_bytes": _i("bytes since boot"),
            "write_bytes": _i("bytes since boot"),
            "reads": _i("since boot"),
            "writes": _i("since boot"),
            "io_time": _i("ms since boot"),
        },
    ),
    _telegraf(
        "net",
        {"interface": "network interface"},
        {
            "bytes_recv": _i("bytes since boot"),
            "bytes_sent": _i("bytes since boot"),
            "packets_recv": _i("since boot"),
            "packets_sent": _i("since boot"),
            "err_in": _i("since boot"),
            "err_out": _i("since boot"),
            "drop_in": _i("since boot"),
            "drop_out": _i("since boot"),
        },
    ),
    _telegraf(
        "system",
        {},
        {
            "load1": _f("load average over 1 minute"),
            "load5": _f("over 5 minutes"),
            "load15": _f("over 15 minutes"),
            "n_cpus": _i("processors"),
            "uptime": _i("seconds"),
        },
    ),
)
"""The part of Telegraf's schema that panels read and the embedded sampler writes."""

EVENT = Measurement(
    "event",
    "`swarmscope annotate`, or anyone",
    {"kind": "`deploy`, `note`, …"},
    {"text": _s("what happened")},
    common_tags=False,
)

APP_LOG = Measurement(
    "app_log",
    "Telegraf, each line that a service under test logs",
    {
        "service": "the service's name",
        "level": "`info`, `warning`, `error`, … as the service calls it",
        "host": "where the service runs, as it says itself",
    },
    {"message": _s("the line's message")},
    note=(
        "At the line's own time; of lines of one series with the same time, each later one is a "
        "nanosecond later, so that none replaces another."
    ),
    common_tags=False,
)

ALL = (*OWN, *HOST, APP_LOG, EVENT)
