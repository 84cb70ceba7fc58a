"""Panels about services under test: what they tell of themselves."""

from grafana_foundation_sdk.builders import timeseries

from dashboards import config, curves, panels

_NAME = "${__field.labels.service} ${__field.labels.gauge}"


def queues() -> timeseries.Panel:
    """Return what services have under way, and what waits in them."""
    return _panel(
        "Services: pools and queues",
        "What each service says of itself: connections of its pool that are in use, what waits for "
        "one, requests and payments under way. When what is in use stays at one height and what "
        "waits grows, the pool is the limit, whatever the machines' CPU is.",
        ".*(_in_use|_waiting|_in_flight)",
        config.COUNT,
        span=panels.FULL,
    )


def rates() -> timeseries.Panel:
    """Return what services count."""
    return _panel(
        "Services: requests, cache, connections",
        "What each service counts a second: requests, errors, time-outs, hits and misses of its "
        "cache, garbage collections; and how many entries that cache has, and clients are "
        "connected. When the entries fall and misses peak, the cache was emptied; collections are "
        "pauses.",
        ".*(_per_second|_entries|_connections)",
        config.PER_SECOND,
        # Of ten names in a panel of half the width a screen of 1280 shows six.
        span=panels.FULL,
    )


def memory() -> timeseries.Panel:
    """Return the memory of services."""
    return _panel(
        "Services: memory",
        "Memory of each service's process. A line that rises with the requests and stays up "
        "without them is a leak.",
        ".*_bytes",
        config.BYTES,
    )


def cpu() -> timeseries.Panel:
    """Return the processor time of services."""
    return _panel(
        "Services: CPU",
        "Of one core. A service that computes in one thread ends at 100 %, however many cores its "
        "machine has.",
        ".*_percent",
        config.PERCENT,
    )


def _panel(
    title: str, description: str, drawn: str, unit: str, span: int = panels.HALF
) -> timeseries.Panel:
    panel = panels.over_time(
        title,
        description,
        "hosts",
        curves.apart("app_gauges", "service", "gauge", drawn=drawn),
        unit=unit,
        span=span,
    )
    return panels.told_apart(panel.no_value(config.NO_GAUGES), _NAME)
