"""One point for each request, and for each log record."""

from swarmscope.schema.limits import FOLDED, MAX_SOURCES
from swarmscope.schema.shape import Measurement, decimal, integer, string

__all__ = ["FAILURE", "LOCUST_LOG", "LOCUST_REQUEST", "SUCCESS"]

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
        "response_time": decimal("ms, to the microsecond; absent where the request had none"),
        "response_length": integer("length of the answer, bytes"),
        "exception": string("the exception's class and message; absent on success"),
        "sample_rate": decimal("the share of all requests that is written; absent when all are"),
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
    {"message": string("the record's message, with its traceback")},
    note=(
        "At the record's own time, unique on its worker. Records from before a process's first run "
        "have no tag `run`."
    ),
)

MEASUREMENTS = (
    LOCUST_REQUEST,
    LOCUST_LOG,
)
