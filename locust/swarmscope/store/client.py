"""influxdb-client, as everything but the worker's own delivery uses it."""

import warnings

from influxdb_client import InfluxDBClient

from swarmscope.settings import Settings
from swarmscope.transport.pools import Pool


def influx_client(settings: Settings) -> InfluxDBClient:
    """Return a client of the store that *settings* name; nothing is asked yet."""
    # Of a table with two columns of a name it prints all of them, however many. As an error that
    # is caught; what other code is warned of stays a warning.
    warnings.filterwarnings("error", "The response contains columns with dupl", UserWarning)
    client = InfluxDBClient(
        url=settings.url,
        # It needs some token; a store without one ignores it.
        token=settings.token or "none",
        org=settings.org,
        # A query may read an hour of points; a write has no such excuse.
        timeout=max(settings.timeout_ms, 60_000),
        verify_ssl=settings.verify_ssl,
        ssl_ca_cert=settings.ssl_ca_cert or None,
        **(settings.proxy.for_influxdb_client if settings.proxy else {}),
    )
    rest = client.api_client.rest_client
    rest.pool_manager = Pool(rest.pool_manager)
    return client
