"""*Hosts*: the machines' own view."""

from grafana_foundation_sdk.builders import timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import config, curves, frame, happened, machines, panels, services, variables

_HOST = "${__field.labels.host}"


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.HOSTS,
        "The machines that make the load and those under it, and what services tell of themselves.",
        (variables.run(), variables.host()),
        (
            happened.strip(),
            machines.first(machines.cpu()),
            machines.memory(),
            _modes(),
            machines.load(),
            _space(),
            machines.disk(),
            machines.network(),
            _faults(),
            services.queues(),
            services.rates(),
            services.memory(),
            services.cpu(),
        ),
    )


def _modes() -> timeseries.Panel:
    panel = panels.over_time(
        "What the processors do",
        "User is the programs' own work, nice that of programs of low priority, system the "
        "kernel's for them. Iowait is waiting for a "
        "disk: look at the disk. Steal is what other guests of the same machine took: move the "
        "machine, or don't trust its times. Pick one host to see one.",
        "hosts",
        curves.lines("host_cpu_modes", called_by=("mode",)),
        unit=config.PERCENT,
        span=panels.FULL,
    ).max(100)
    panel = panel.no_value(config.NO_HOSTS)
    return panels.in_colours(panel, config.MODES, beside=_HOST)


def _space() -> timeseries.Panel:
    panel = panels.over_time(
        "File systems",
        "How full each file system is. A full one stops databases and logs, and the spool of a "
        "worker: make room before the next run.",
        "hosts",
        curves.apart("host_disk_space", "host", "path"),
        unit=config.PERCENT,
    ).max(100)
    panel = panel.no_value(config.NO_HOSTS)
    panel = panels.told_apart(panel, f"{_HOST} ${{__field.labels.path}}")
    return panels.limit(panel, config.DISK_FULL_LIMIT)


def _faults() -> timeseries.Panel:
    panel = panels.over_time(
        "Network faults",
        "Packets a second that network cards dropped or found damaged. Anything that lasts makes "
        "requests wait for what is sent again: a full queue, a bad cable, a driver.",
        "hosts",
        curves.lines("host_network_faults", called_by=("fault",)),
        unit=config.PACKETS_PER_SECOND,
        span=panels.FULL,
    ).no_value(config.NO_HOSTS)
    return panels.in_colours(panel, config.FAULTS, beside=_HOST)
