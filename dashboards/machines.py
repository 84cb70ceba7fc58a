"""Panels about machines, as several boards show them."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import timeseries

from dashboards import config, curves, lines, panels

HOST = "${__field.labels.host} (${__field.labels.role})"


def cpu() -> timeseries.Panel:
    """Return the CPU of each machine."""
    panel = panels.over_time(
        "CPU",
        "Processors in use, all of a machine together. At 100 % work waits: of a target that is "
        "the limit you looked for, of a generator it spoils the measurement.",
        "hosts",
        curves.lines("host_cpu", called_by=("role",), each_host=True),
        unit=config.PERCENT,
    ).max(100)
    return _each(panel, name=HOST)


def memory() -> timeseries.Panel:
    """Return the memory of each machine."""
    panel = panels.over_time(
        "Memory",
        "Memory in use on each machine. A line that rises with the users and stays up after them "
        "is a leak or a cache without a limit; near 100 % a machine starts to swap or to kill.",
        "hosts",
        curves.lines("host_memory", called_by=("role",), each_host=True),
        unit=config.PERCENT,
    ).max(100)
    return _each(panel, name=HOST)


def load() -> timeseries.Panel:
    """Return the load average of each machine."""
    panel = panels.over_time(
        "Load average for each processor",
        "Tasks that run or wait, a minute's mean, divided by the machine's processors. Above 1 "
        "(the line) tasks wait for a processor, or on Linux for a disk: if the CPU isn't busy, "
        "look at the disk.",
        "hosts",
        curves.lines("host_load", values=("per_processor",), called_by=("role",), each_host=True),
        unit=config.TASKS,
    )
    return panels.limit(_each(panel.axis_soft_max(1.2), name=HOST), 1)


def network() -> timeseries.Panel:
    """Return what goes over each machine's network cards."""
    panel = panels.over_time(
        "Network",
        "Bytes a second over each machine's network cards together: received above the zero line, "
        "sent below it. Loopback, bridges, tunnels and containers' own interfaces are left out: "
        "they carry the same bytes again. A flat top at the same height whatever the load is "
        "the link's limit, or a shaper's.",
        "hosts",
        curves.lines("host_traffic", called_by=("role", "direction"), each_host=True),
        unit=config.BYTES_PER_SECOND,
        both_ways=True,
    )
    return _both_ways(panel, "received", "sent")


def disk() -> timeseries.Panel:
    """Return each machine's disk traffic."""
    panel = panels.over_time(
        "Disk",
        "Bytes a second over all devices of each machine: read above the zero line, written below "
        "it. Reading that grows with the load means that memory no longer holds the data.",
        "hosts",
        curves.lines("host_disk", called_by=("role", "direction"), each_host=True),
        unit=config.BYTES_PER_SECOND,
        both_ways=True,
    )
    return _both_ways(panel, "read", "written")


def first(panel: timeseries.Panel) -> timeseries.Panel:
    """Let the first *panel* of a board say who writes what none of them has."""
    return panel.no_value(config.WHO_WRITES_HOSTS)


def by_role(panel: timeseries.Panel, *, name: str) -> timeseries.Panel:
    """Draw machines in the colours of their roles, among lines of other kinds.

    Generators are dashed as well as in another colour.
    """
    for role, colour in config.ROLES.items():
        looks: list[lines.Property] = [
            lines.called(name),
            lines.shades(colour),
        ]
        if role == "generator":
            looks.append(lines.dashed())
        panel = panel.override_by_name(role, looks)
    return panel


def _each(panel: timeseries.Panel, *, name: str, ways: Sequence[str] = ()) -> timeseries.Panel:
    """Draw each machine in a colour of its own, and generators dashed."""
    panel = panel.no_value(config.NO_HOSTS)
    kinds = [f"{role} {way}".strip() for role in config.ROLES for way in ways or ("",)]
    panel = panels.each_in_a_colour(panel.override_by_query("A", [lines.called(name)]), kinds)
    generators = [kind for kind in kinds if kind.startswith("generator")]
    return panel.with_override(panels.of_every_host(generators), [lines.dashed()])


def _both_ways(panel: timeseries.Panel, up: str, down: str) -> timeseries.Panel:
    """Draw what goes *up* above the zero line and what goes *down* below it, under one name."""
    panel = panel.axis_label(f"{down} | {up}").axis_width(config.AXIS_WIDTH - config.AXIS_LABEL)
    panel = _each(panel, name=HOST, ways=(up, down))
    looks = [
        lines.called(f"{HOST} {down}"),
        lines.downwards(),
        lines.unlisted(),
    ]
    return panel.with_override(
        panels.of_every_host(f"{role} {down}" for role in config.ROLES), looks
    )
