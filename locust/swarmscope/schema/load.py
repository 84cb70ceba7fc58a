"""What happened: requests, failures and users, second by second."""

from swarmscope.schema.limits import (
    AGGREGATED,
    FOLDED,
    MASTER,
    MAX_PLACES,
    MAX_REASONS,
    MAX_STATUSES,
    MAX_TRANSACTIONS,
    NO_STATUS,
)
from swarmscope.schema.shape import FieldType, Measurement, decimal, integer, string

__all__ = [
    "LOCUST_ARRIVALS",
    "LOCUST_ENTRY_POINT_STATS",
    "LOCUST_EXCEPTION_STATS",
    "LOCUST_FAILED_LATENCY",
    "LOCUST_INTENDED_LATENCY",
    "LOCUST_LATENCY",
    "LOCUST_PHASES",
    "LOCUST_STATS",
    "LOCUST_STATUS",
    "LOCUST_TRANSACTIONS",
    "LOCUST_TRANSACTION_LATENCY",
    "LOCUST_USERS",
    "LOCUST_USER_ERROR",
]

ENDPOINT_TAGS = {
    "name": f"the request's name, or `{AGGREGATED}` for all together",
    "method": f"the request type; absent on `{AGGREGATED}`",
}

TOTALS = {
    "count": integer("requests that were answered"),
    "num_failures": integer("of these, failed"),
    "untimed": integer("of these, without a response time; absent where each had one"),
    "avg_response_time": decimal("mean response time, ms"),
    "min_response_time": decimal("shortest response time, ms"),
    "max_response_time": decimal("longest response time, ms"),
    "total_response_time": decimal("sum of the response times, ms"),
    "avg_content_length": decimal("mean length of the answers, bytes"),
    "total_content_length": integer("sum of the lengths of the answers, bytes; sums can be merged"),
    "current_rps": decimal("requests per second"),
    "current_fail_per_sec": decimal("failures per second"),
}

LOCUST_STATS = Measurement(
    "locust_stats",
    "each worker, each second in which the endpoint answered",
    ENDPOINT_TAGS,
    {**TOTALS, "current_user_count": integer("users running on this worker")},
    note=(
        "A second without a request has no point: a written 0 would pull a mean of "
        "`avg_response_time` down. The response-time fields are absent when no request of the "
        "second had a response time. Response times and mean lengths are rounded to 1/1024 (of a "
        "ms, a byte): a worker's sum of a second is right to half a microsecond, and so is a mean "
        "of any number of seconds. In `loadtest_long` the same, once a minute."
    ),
)
LOCUST_LATENCY = Measurement(
    "locust_latency",
    f"each worker: of `name={AGGREGATED}` each second in which anything answered; of each endpoint "
    "that answered every 10 s (`SWARMSCOPE_LATENCY_RESOLUTION`), and what there is at the end",
    ENDPOINT_TAGS,
    {},
    open_fields=FieldType.INTEGER,
    note=(
        "An endpoint's point stands for a span that begins at a multiple of those 10 s; its time "
        "is that of the first second of it that the worker had, so that `time - time % 10 s` is "
        "where the span begins. Windows of a query are whole multiples of `latency_resolution`, "
        "which the run's `start` tells in `locust_run`; where it is absent, endpoints have a point "
        "each second. A worker that is killed leaves the seconds up to then, and endpoints' "
        "histograms up to the last span that was over. "
        "A histogram: each field is named by a bucket's upper bound in ms and counts the requests "
        "in it. Bounds are 1.02^i ms from i = -232 (0.01 ms) on, with four significant digits; "
        "shorter times are counted in that first bucket, longer ones than 30 years as 30 years "
        "(in recordings from before 0.1.0, longer ones than 290 s in the bucket `289100`). Only "
        "buckets in use are written, and the empty lower neighbour of each as 0, so that "
        "`histogramQuantile` interpolates within one bucket. Clamp what it says to the "
        "`min_response_time` and `max_response_time` of the same requests in `locust_stats`, as "
        "our own queries do: a percentile is then within 2 % of the exact one (2.05 % at worst, "
        "for the four digits of a bound), or within 0.01 ms where that is more. Histograms can be "
        "added over workers, seconds and endpoints; percentiles can't be averaged. In "
        "`loadtest_long` bounds are 1.02^2i: 4 % buckets."
    ),
)
LOCUST_FAILED_LATENCY = Measurement(
    "locust_failed_latency",
    "each worker, with `locust_latency` and at the same times, where requests failed",
    ENDPOINT_TAGS,
    {},
    open_fields=FieldType.INTEGER,
    note=(
        "Of the requests in `locust_latency` those that failed, in the same buckets: what is left "
        "when they are taken off are the response times of those that succeeded. Where none failed "
        "there is no point, and recordings from before 0.1.0 have none at all. Each worker's own "
        "alone: the master's merged series don't tell them apart."
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
    {"count": integer("requests, failed or not")},
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
    ENDPOINT_TAGS,
    TOTALS,
    note="A table of a run is one `last()` for each series, summed over workers.",
)
LOCUST_EXCEPTION_STATS = Measurement(
    "locust_exception_stats",
    "each worker, each second that has one",
    {
        "name": "the request's name",
        "method": "the request type",
        "exception": "the exception's class",
        "status": "the HTTP status code, where there was an answer, as in `locust_status`",
        "reason": (
            f"the message without ids, numbers and URLs; {MAX_REASONS} a run, then `{FOLDED}`"
        ),
    },
    {
        "count": integer("failures"),
        "message": string("one message, without credentials of a usual form"),
    },
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
        "count": integer("exceptions"),
        "message": string("the end of one traceback, without credentials of a usual form"),
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
        "count": integer("users running on this worker"),
        "target_count": integer(f"users wanted over all workers (`worker={MASTER}` only)"),
    },
)

LOCUST_PHASES = Measurement(
    "locust_phases",
    "each worker, each 10 s of each endpoint that answered (`SWARMSCOPE_LATENCY_RESOLUTION`), with "
    "`SWARMSCOPE_PHASES=on`",
    {"name": "the request's name", "method": "the request type"},
    {
        "requests": integer("requests that were answered, of `HttpUser` and `FastHttpUser`"),
        "connections": integer("connections that they opened"),
        "connect_ms": decimal("sum of what names' look-ups and connecting took, ms"),
        "tls_ms": decimal("sum of what TLS handshakes took, and a proxy's tunnel, ms"),
        "waiting_ms": decimal("sum of the times from there to the end of the answer's head, ms"),
        "receiving_ms": decimal("sum of the rest of the response times, ms"),
        **{
            f"longest_{phase}_ms": decimal(f"the longest of these in a request, ms ({phase})")
            for phase in ("connect", "tls", "waiting", "receiving")
        },
    },
    note=(
        "Sums and counts, which can be added over workers, endpoints and time: divided by "
        "`requests` they are means, and together the mean response time of these requests. "
        "Waiting begins when there is a connection, and so has the sending in it; receiving is "
        "what is left: reading the body, what the client makes of it, and redirects in between. "
        "Requests that nobody answered aren't in it, nor those of other clients. There is no "
        f"`name={AGGREGATED}` here: a sum over all counts once. Its times are those of endpoints' "
        "`locust_latency`."
    ),
)

LOCUST_ARRIVALS = Measurement(
    "locust_arrivals",
    "each worker, each second of each user class that works by `arrival_rate`, `constant_pacing` "
    "or `constant_throughput`",
    {"user_class": "the user class"},
    {
        "due": integer("iterations that should have begun in this second"),
        "dropped": integer("of these, never begun: all users were at work"),
        "late": integer("of those that began, more than 100 ms after they were due"),
        "longest_late_ms": decimal("how late the latest of them began"),
        "busy": integer("users at work, at most"),
        "users": integer("users that there were"),
        "seed": integer("of random arrivals: the same seed, share and rate make them again"),
    },
    note=(
        "Counts, which can be added over workers and time; `busy` and `users` over workers of one "
        "second. Locust says nothing of an iteration that `constant_pacing` or "
        "`constant_throughput` leaves out because the one before took longer: here it is "
        "`dropped`. Where none is, `due` is the load that was asked for and the load that there "
        "was."
    ),
)
LOCUST_INTENDED_LATENCY = Measurement(
    "locust_intended_latency",
    f"each worker, with endpoints' `locust_latency` and at the same times, `name={AGGREGATED}` "
    "too: of user classes that work by `arrival_rate`, `constant_pacing` or `constant_throughput`",
    ENDPOINT_TAGS,
    {},
    open_fields=FieldType.INTEGER,
    note=(
        "Response times from when requests should have begun, in the buckets of `locust_latency`: "
        "of an iteration's first request what it began late is added to what it took, of those "
        "behind it nothing. `locust_latency` has the time that the answer took, as always. "
        "Iterations that never began have no response time: they are counted in "
        "`locust_arrivals`, and nothing is made up for them. Requests that greenlets of a user's "
        "own make aren't in it."
    ),
)

LOCUST_TRANSACTIONS = Measurement(
    "locust_transactions",
    "each worker, each 10 s (`SWARMSCOPE_LATENCY_RESOLUTION`) and at the end, of the transactions "
    "that ended since: journeys that users time as a whole (`swarmscope.load.transaction`)",
    {"name": f"what the transaction is called; {MAX_TRANSACTIONS} a run, then `{FOLDED}`"},
    {
        "count": integer("transactions that came to their end, failed or not"),
        "num_failures": integer("of these, failed: a request in it did, or its code raised"),
        "abandoned": integer("left before their end: interrupted, or their user stopped"),
        "total_time": decimal("sum of their times without pauses, ms; absent where none ended"),
        "min_time": decimal("shortest of these times, ms"),
        "max_time": decimal("longest of these times, ms"),
        "total_wait": decimal("sum of the pauses in them (`wait_time`), ms"),
    },
    note=(
        "No transaction is a request: none is in `locust_stats`, in its totals, rates or shares of "
        "failures, nor in Locust's own statistics. Counts and sums, which can be added over "
        "workers and time. "
        "[Decision 029](decisions/029-transactions.md) says why it is no request of its own type."
    ),
)
LOCUST_TRANSACTION_LATENCY = Measurement(
    "locust_transaction_latency",
    "with `locust_transactions`, where any came to their end",
    {"name": "as in `locust_transactions`"},
    {},
    open_fields=FieldType.INTEGER,
    note="The times of transactions without pauses, in the buckets of `locust_latency`.",
)

MEASUREMENTS = (
    LOCUST_STATS,
    LOCUST_LATENCY,
    LOCUST_FAILED_LATENCY,
    LOCUST_STATUS,
    LOCUST_ENTRY_POINT_STATS,
    LOCUST_EXCEPTION_STATS,
    LOCUST_USER_ERROR,
    LOCUST_USERS,
    LOCUST_PHASES,
    LOCUST_ARRIVALS,
    LOCUST_INTENDED_LATENCY,
    LOCUST_TRANSACTIONS,
    LOCUST_TRANSACTION_LATENCY,
)
