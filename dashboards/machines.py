"""Panels about machines, as several boards show them."""

from grafana_foundation_sdk.builders import timeseries

from dashboards import flux, look, panels

HOST = "${__field.labels.host} (${__field.labels.role})"


def cpu() -> timeseries.Panel:
    """Return the CPU of each machine."""
    panel = panels.over_time(
        "CPU",
        "Processors in use, all of a machine together. At 100 % work waits: of a target that is "
        "the limit you looked for, of a generator it spoils the measurement.",
        "hosts",
        flux.lines("host_cpu", called_by=("role",)),
        unit=look.PERCENT,
    ).max(100)
    return by_role(panel, name=HOST)


def memory() -> timeseries.Panel:
    """Return the memory of each machine."""
    panel = panels.over_time(
        "Memory",
        "Memory in use on each machine. A line that rises with the users and stays up after them "
        "is a leak or a cache without a limit; near 100 % a machine starts to swap or to kill.",
        "hosts",
        flux.lines("host_memory", called_by=("role",)),
        unit=look.PERCENT,
    ).max(100)
    return by_role(panel, name=HOST)


def load() -> timeseries.Panel:
    """Return the load average of each machine."""
    panel = panels.over_time(
        "Load average for each processor",
        "Tasks that run or wait, a minute's mean, divided by the machine's processors. Above 1 "
        "(the line) tasks wait for a processor, or on Linux for a disk: if the CPU isn't busy, "
        "look at the disk.",
        "hosts",
        flux.lines("host_load", values=("per_processor",), called_by=("role",)),
        unit=look.TASKS,
    )
    return panels.limit(by_role(panel.axis_soft_max(1.2), name=HOST), 1)


def network() -> timeseries.Panel:
    """Return what goes over each machine's network cards."""
    panel = panels.over_time(
        "Network",
        "Bytes a second over each machine's network cards together: received above the zero line, "
        "sent below it. Loopback, bridges, tunnels and containers' own interfaces are left out: "
        "they carry the same bytes again. A flat top at the same height whatever the load is "
        "the link's limit, or a shaper's.",
        "hosts",
        flux.lines("host_traffic", called_by=("role", "direction")),
        unit=look.BYTES_PER_SECOND,
        both_ways=True,
    )
    name = "${__field.labels.host} ${__field.labels.direction}"
    return by_role(panel, "received", "sent", name=name)


def disk() -> timeseries.Panel:
    """Return each machine's disk traffic."""
    panel = panels.over_time(
        "Disk",
        "Bytes a second over all devices of each machine: read above the zero line, written below "
        "it. Reading that grows with the load means that memory no longer holds the data.",
        "hosts",
        flux.lines("host_disk", called_by=("role", "direction")),
        unit=look.BYTES_PER_SECOND,
        both_ways=True,
    )
    name = "${__field.labels.host} ${__field.labels.direction}"
    return by_role(panel, "read", "written", name=name)


def by_role(panel: timeseries.Panel, *ways: str, name: str) -> timeseries.Panel:
    """Draw machines by their role, and the second of two *ways* downwards.

    Generators are dashed as well as in another colour.
    """
    for role, colour in look.ROLES.items():
        for i, way in enumerate(ways or ("",)):
            looks: list[panels.Property] = [panels.called(name), panels.shades(colour)]
            if role == "generator":
                looks.append(panels.dashed())
            if i == 1:
                looks.append(panels.downwards())
            panel = panel.override_by_name(f"{role} {way}".strip(), looks)
    return panel
