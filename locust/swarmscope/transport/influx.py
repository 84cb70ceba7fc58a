"""influxdb-client as all use it: of the store that the settings name, by way of its proxy."""

from influxdb_client import InfluxDBClient

from swarmscope.settings import Settings
from swarmscope.transport.pools import Pool


def influx_client(
    settings: Settings, *, token: str, timeout_ms: int, brief: bool = False
) -> InfluxDBClient:
    """Return a client of the store that *settings* name; nothing is asked yet.

    Of a *brief* one no answer is read, whatever its status, beyond what a message needs.
    """
    client = InfluxDBClient(
        settings.url,
        # It needs some token; a store without one ignores it.
        token or "none",
        org=settings.org,
        timeout=timeout_ms,
        verify_ssl=settings.verify_ssl,
        ssl_ca_cert=settings.ssl_ca_cert or None,
        **(settings.proxy.for_influxdb_client if settings.proxy else {}),
    )  # without retries, as by default: when to try again is for who asks
    rest = client.api_client.rest_client
    rest.pool_manager = Pool(rest.pool_manager, brief=brief)
    return client
