"""influxdb-client, as everything but the worker's own delivery uses it."""

import warnings

from influxdb_client import InfluxDBClient

from swarmscope.settings import Settings
from swarmscope.transport import influx

_LEAST_TIMEOUT_MS = 60_000
"""A query may read an hour of points; a write has no such excuse."""


def influx_client(settings: Settings) -> InfluxDBClient:
    """Return a client of the store that *settings* name; nothing is asked yet."""
    # Of a table with two columns of a name it prints all of them, however many. As an error that
    # is caught; what other code is warned of stays a warning.
    warnings.filterwarnings("error", "The response contains columns with dupl", UserWarning)
    timeout_ms = max(settings.timeout_ms, _LEAST_TIMEOUT_MS)
    return influx.influx_client(settings, token=settings.token, timeout_ms=timeout_ms)
