"""*Load test overlay*: the load, what it did to response times, and the machines, on one axis."""

from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import (
    banner,
    config,
    curves,
    endpoint_table,
    figures,
    frame,
    happened,
    lines,
    machines,
    panels,
    scatter,
    steps,
    thresholds,
    variables,
    workers,
)
from dashboards.lines import all_of


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.OVERLAY,
        "One run: its load, its response times, and the machines, on one time axis.",
        (
            variables.run(),
            variables.resolution(),
            variables.endpoint_resolution(),
            variables.minutes(),
            variables.endpoint(),
            variables.rare(variables.worker()),
            variables.points(),
            variables.summary(),
            variables.rare(variables.host()),
            *(variables.rare(one) for one in variables.others()),
        ),
        (
            banner.panel(about=True).height(3).text(make.VizTextDisplayOptions().value_size(12)),
            figures.panel(),
            _load(),
            response_times(height=5),
            happened.strip(height=5),
            steps.panel(),
            scatter.against_users(),
            scatter.against_requests(),
            thresholds.panel(),
            failures(),
            users(),
            machines.first(machines.memory()),
            machines.load(),
            machines.network(),
            machines.disk(),
            endpoint_table.panel(
                config.OVERLAY, ("run", "worker", "host", "other_measurement", "other_field")
            ),
            workers.cpu(),
            workers.lag(),
        ),
    )


def _load() -> timeseries.Panel:
    panel = panels.over_time(
        "Load, and the machines' CPU",
        "Requests a second, those that failed as bars on the same axis, and over them the CPU of "
        "each machine (generators are dashed) on its own, and users, whose number the mouse tells. "
        "When requests level off "
        "while users still rise, look for the machine whose CPU reaches 100 % at that moment. If "
        "it is a generator, the test has reached its own limit: add workers or machines. If none "
        "does, the limit is elsewhere: disk, network, a lock, a pool. Numbers of your own come "
        "over it with *Over the load*, in the menu with the three dots: counters as a rate a "
        "second, everything else as its mean; the mouse tells them. While a run goes on, the "
        "newest window holds the last seconds, as many as any other.",
        "load",
        curves.lines("requests_per_second"),
        curves.lines("users", added_over=("user_class",)),
        curves.lines("host_cpu", called_by=("role",)),
        curves.lines("others"),
        curves.NO_LINE,
        curves.lines("failures_per_second"),
        thresholds.of_rates(),
        unit=config.REQUESTS_PER_SECOND,
        height=6,
        span=panels.FULL,
    )
    return machines.by_role(_drawn(panel), name=f"CPU {machines.HOST}")


def _drawn(panel: timeseries.Panel) -> timeseries.Panel:
    on_axis = all_of(requests_line(), lines.on_axis())
    panel = panel.override_by_query("A", on_axis).override_by_query(
        "B",
        all_of(
            lines.called("users"),
            lines.coloured(config.PEOPLE),
            lines.unit_of(config.USERS),
            lines.stepped(),
            lines.without_axis(),
        ),
    )
    panel = thresholds.drawn(panel, "G", lines.on_axis())
    percent = all_of(lines.unit_of(config.PERCENT), lines.up_to(100), lines.on_axis())
    # Where no machine is, room for its axis is there all the same: the other panels leave it, too.
    panel = panel.override_by_query(
        "E", all_of(percent, lines.unseen(), lines.coloured("transparent"))
    )
    # On the axis of all requests: what is said of an axis makes another of it.
    panel = panel.override_by_query("F", all_of(failures_line(filled=40), lines.on_axis()))
    return panel.override_by_query("C", percent).override_by_query(
        "D",
        all_of(
            lines.called("${__field.labels.measurement} ${__field.labels.field}"),
            lines.shades(config.OTHERS),
            lines.unit_of(config.ANYTHING),
            lines.without_axis(),
            lines.as_high_as_it_gets(),
        ),
    )


def requests_line() -> list[lines.Property]:
    """Return how requests a second are drawn."""
    return all_of(
        lines.called("requests/s"),
        lines.coloured(config.REQUESTS),
        lines.filled(12),
        lines.broken(),
    )


def response_times(height: int = 9) -> timeseries.Panel:
    """Return the percentiles of what is picked."""
    panel = panels.over_time(
        "Response times",
        "Percentiles of all requests of the picked endpoints and workers together, from merged "
        f"histograms ({config.PRECISION}), and the longest single one (Ctrl and a click on *max* "
        "hide it). When p95 leaves p50 behind, some requests wait: see which endpoint in the "
        "table, and which machine was busy then. When the generator was saturated, these times "
        f"are its own. {config.MINUTE_LATE}",
        "latency",
        curves.lines("percentiles", values=("p50", "p95", "p99", "max")),
        thresholds.of_times(),
        unit=config.MILLISECONDS,
        height=height,
        span=panels.FULL,
    ).no_value(config.NO_REQUESTS)
    for name, colour in config.PERCENTILES.items():
        looks = all_of(lines.coloured(colour), lines.broken())
        if name == "max":
            looks += all_of(lines.dots())
        panel = panel.override_by_name(name, looks)
    return thresholds.drawn(panel, "B")


def failures() -> timeseries.Panel:
    """Return the failures of what is picked."""
    panel = panels.over_time(
        "Failures",
        "Failed requests a second. A few from the start are a mistake in the scenario or in the "
        "test data; many from one moment on are the target's: compare that moment with the "
        "machines' CPU and memory, and look at *Failures and logs* for what they say.",
        "failures",
        curves.lines("failures_per_second"),
        unit=config.FAILURES_PER_SECOND,
    )
    return panel.override_by_query("A", failures_line())


def failures_line(filled: int = 80) -> list[lines.Property]:
    """Return how failures a second are drawn."""
    return all_of(
        lines.called("failures/s"),
        lines.coloured(config.FAILURES),
        lines.bars(),
        lines.filled(filled),
    )


def users() -> timeseries.Panel:
    """Return the users of each class."""
    panel = panels.over_time(
        "Users by class",
        "Users that run, class upon class. Where they stay below what was asked for, workers "
        "can't start them in time: look at the workers' CPU.",
        "load",
        curves.apart("users", "user_class"),
        unit=config.USERS,
    )
    panel = panels.told_apart(panel, "${__field.labels.user_class}")
    return panel.override_by_query("A", [lines.stacked(), lines.filled(45), lines.stepped()])
