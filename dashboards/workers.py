"""Panels about the workers, as several boards show them."""

from grafana_foundation_sdk.builders import timeseries

from dashboards import config, crowd, panels


def _of_each(
    title: str, description: str, runbook: str, asked: str, unit: str, *, signed: bool = False
) -> timeseries.Panel:
    panel = panels.over_time(title, description, runbook, asked, unit=unit, both_ways=signed)
    return crowd.looks(panel)


def cpu() -> timeseries.Panel:
    """Return the CPU of each worker."""
    panel = _of_each(
        "Workers' CPU",
        "CPU of each worker, in percent of one core: a worker can't use more. Above the line its "
        "response times are its own, not the target's: add workers, or a faster user class, and "
        "run again. " + crowd.TOLD + "five with the most on average.",
        "generators",
        crowd.health("workers", "cpu_percent", "mean", lasting=True),
        config.PERCENT,
    )
    return panels.limit(panel.axis_soft_max(100), config.WORKER_CPU_LIMIT)


def lag() -> timeseries.Panel:
    """Return the event-loop lag of each worker."""
    panel = _of_each(
        "Workers' event-loop lag",
        "The longest that each worker's event loop kept a waiting task. Above the line requests "
        "waited in the generator itself, and their times include it. Short peaks at a step are "
        "Locust starting users; lasting lag is a worker with too much to do. "
        + crowd.TOLD
        + "five with the most on average.",
        "generators",
        crowd.health("workers", "loop_lag_ms", "max", lasting=True),
        config.MILLISECONDS,
    )
    return panels.limit(panel, config.WORKER_LAG_LIMIT_MS)


def clock() -> timeseries.Panel:
    """Return how far each worker's points stand from the master's clock."""
    panel = _of_each(
        "Clock error",
        "How far each worker's points stand from the master's clock, what was corrected included. "
        "Above the line one worker's second is another's next, and a cause may be drawn after its "
        "effect: have all machines use NTP. " + crowd.TOLD + "five that were furthest off.",
        "clocks",
        crowd.health("workers", "clock_error_ms", "last", either_way=True),
        config.MILLISECONDS,
        signed=True,
    )
    return panels.limit(panel, config.CLOCK_LIMIT_MS)


def memory() -> timeseries.Panel:
    """Return the memory of each worker."""
    return _of_each(
        "Workers' memory",
        "Memory of each worker process. It grows with users; a line that goes on rising while "
        "users stay the same is a scenario that keeps what it downloads. "
        + crowd.TOLD
        + "five that had the most.",
        "generators",
        crowd.health("workers", "rss_bytes", "last"),
        config.BYTES,
    )
