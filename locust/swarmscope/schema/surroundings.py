"""What stands beside the load: the machines, the logs of services, events."""

from collections.abc import Mapping

from swarmscope.schema.shape import FieldType, Measurement, decimal, integer, string

__all__ = ["APP_GAUGES", "APP_LOG", "EVENT", "HOST"]

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
            "usage_user": decimal("percent"),
            "usage_system": decimal("percent"),
            "usage_idle": decimal("percent"),
            "usage_iowait": decimal("percent"),
            "usage_steal": decimal("percent: taken by other guests of the same machine"),
            "usage_nice": decimal("percent: programs of low priority"),
            "usage_irq": decimal("percent: interrupts"),
            "usage_softirq": decimal("percent: what interrupts left to do, as for the network"),
        },
    ),
    _telegraf(
        "mem",
        {},
        {
            "total": integer("bytes"),
            "available": integer("bytes"),
            "used": integer("bytes"),
            "used_percent": decimal("percent"),
        },
    ),
    _telegraf(
        "disk",
        {"path": "mount point", "device": "device", "fstype": "file system"},
        {
            "total": integer("bytes"),
            "used": integer("bytes"),
            "free": integer("bytes"),
            "used_percent": decimal("percent"),
        },
    ),
    _telegraf(
        "diskio",
        {"name": "device"},
        {
            "read_bytes": integer("bytes since boot"),
            "write_bytes": integer("bytes since boot"),
            "reads": integer("since boot"),
            "writes": integer("since boot"),
            "io_time": integer("ms since boot"),
        },
    ),
    _telegraf(
        "net",
        {"interface": "network interface"},
        {
            "bytes_recv": integer("bytes since boot"),
            "bytes_sent": integer("bytes since boot"),
            "packets_recv": integer("since boot"),
            "packets_sent": integer("since boot"),
            "err_in": integer("since boot"),
            "err_out": integer("since boot"),
            "drop_in": integer("since boot"),
            "drop_out": integer("since boot"),
        },
    ),
    _telegraf(
        "system",
        {},
        {
            "load1": decimal("load average over 1 minute"),
            "load5": decimal("over 5 minutes"),
            "load15": decimal("over 15 minutes"),
            "n_cpus": integer("processors"),
            "uptime": integer("seconds"),
        },
    ),
)
"""The part of Telegraf's schema that panels read and the embedded sampler writes."""

EVENT = Measurement(
    "event",
    "`swarmscope annotate`, or anyone",
    {"kind": "`deploy`, `note`, …"},
    {"text": string("what happened")},
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
    {"message": string("the line's message")},
    note=(
        "At the line's own time; of lines of one series with the same time, each later one is a "
        "nanosecond later, so that none replaces another."
    ),
    common_tags=False,
)

APP_GAUGES = Measurement(
    "app_gauges",
    "Telegraf, or a service itself: each second that a service under test tells how it is",
    {"service": "the service's name", "host": "where the service runs, as it says itself"},
    {
        "requests_in_flight": decimal("requests that aren't answered yet"),
        "open_connections": decimal("clients' connections"),
        "pool_in_use": decimal("database connections that are in use"),
        "pool_waiting": decimal("requests that wait for one: the queue"),
        "lock_waiting": decimal("requests that wait for a lock"),
        "payments_in_flight": decimal("payments that another service hasn't answered yet"),
        "cache_entries": decimal("answers that the cache keeps"),
        "rss_bytes": decimal("memory of the process, bytes"),
        "cpu_percent": decimal("percent of one core"),
        "requests_per_second": decimal("requests that were answered"),
        "errors_per_second": decimal("of these, with 500 or more"),
        "pool_timeouts_per_second": decimal("requests that no connection became free for in time"),
        "pool_refused_per_second": decimal("requests for which there was no room in the queue"),
        "payment_timeouts_per_second": decimal("payments that were given up"),
        "cache_hits_per_second": decimal("answers that the cache had"),
        "cache_misses_per_second": decimal("answers that it hadn't"),
        "gc_collections_per_second": decimal("garbage collections"),
    },
    note=(
        "The fields are those of the demo's shop. Another service may have others: each number of "
        "its object `gauges` becomes a field, all of them floats."
    ),
    common_tags=False,
)

MEASUREMENTS = (*HOST, APP_LOG, APP_GAUGES, EVENT)
