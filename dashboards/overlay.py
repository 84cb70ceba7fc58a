"""*Load test overlay*: the load, what it did to response times, and the machines, on one axis."""

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.builders.common import TableSortByFieldState
from grafana_foundation_sdk.builders.dashboard import Dashboard, TimePicker
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataTransformerConfig,
    DynamicConfigValue,
)

from dashboards import annotations, flux, look, panels, variables
from dashboards.panels import all_of

_HOST = "${__field.labels.host} (${__field.labels.role})"


def board() -> Dashboard:
    """Return the board."""
    made = (
        Dashboard("Load test overlay")
        .uid(look.OVERLAY)
        .description("One run: its load, its response times, and the machines, on one time axis.")
        .tags([look.TAG])
        .readonly()
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(look.RANGE, "now")
        .refresh(look.REFRESH)
        .timepicker(TimePicker().refresh_intervals(["5s", "10s", "30s", "1m", "5m"]))
    )
    for variable in (
        variables.run(),
        variables.resolution(),
        variables.endpoint(),
        variables.worker(),
        variables.host(),
    ):
        made = made.with_variable(variable)
    for marks in annotations.of_the_run():
        made = made.annotation(marks)
    charts: list[timeseries.Panel | table.Panel] = [
        _load(),
        _response_times(),
        _failures(),
        _memory(),
        _network(),
        _disk(),
        _endpoints(),
        _worker_cpu(),
        _worker_lag(),
    ]
    for i, panel in enumerate(charts, start=1):
        made = made.with_panel(panel.id(i))
    return made


def _load() -> timeseries.Panel:
    panel = panels.over_time(
        "Load, and the machines' CPU",
        "Requests a second and users (left), and over them the CPU of each machine (right; "
        "generators are dashed). When requests level off while users still rise, look for the "
        "machine whose CPU reaches 100 % at that moment. If it is a generator, the test has "
        "reached its own limit: add workers or machines. If none does, the limit is elsewhere: "
        "disk, network, a lock, a pool.",
        flux.lines("requests_per_second"),
        flux.lines("users"),
        flux.lines("host_cpu", called_by=("role",)),
        unit=look.REQUESTS_PER_SECOND,
        height=10,
        span=panels.FULL,
    )
    panel = panel.override_by_query(
        "A",
        all_of(
            panels.called("requests/s"),
            panels.coloured(look.REQUESTS),
            panels.filled(12),
            panels.broken(),
        ),
    ).override_by_query(
        "B",
        all_of(
            panels.called("${__field.labels.user_class} (users)"),
            panels.shades(look.PEOPLE),
            panels.unit(look.USERS),
            panels.stepped(),
            panels.on_axis("users"),
        ),
    )
    panel = panel.override_by_query(
        "C",
        all_of(
            panels.unit(look.PERCENT),
            panels.up_to(100),
            panels.on_axis("CPU", right=True),
            panels.thin(),
        ),
    )
    return panels.hosts(panel, name=f"CPU {_HOST}")


def _response_times() -> timeseries.Panel:
    panel = panels.over_time(
        "Response times",
        "Percentiles of all requests of the picked endpoints and workers together, from merged "
        "histograms (within 2 %), and the longest single one. When p95 leaves p50 behind, some "
        "requests wait: see which endpoint in the table below, and which machine was busy then. "
        "When the workers' CPU or lag at the bottom is over its line, these times are the "
        "generator's own.",
        flux.lines("percentiles", values=("p50", "p95", "p99", "max")),
        unit=look.MILLISECONDS,
        height=9,
        span=panels.FULL,
    ).axis_label("response time")
    for name, colour in look.PERCENTILES.items():
        looks = all_of(panels.coloured(colour), panels.broken())
        if name == "max":
            looks += all_of(panels.dots())
        panel = panel.override_by_name(name, looks)
    return panel


def _failures() -> timeseries.Panel:
    panel = panels.over_time(
        "Failures",
        "Failed requests a second. A few from the start are a mistake in the scenario or in the "
        "test data; many from one moment on are the target's: compare that moment with the "
        "machines' CPU and memory, and with the endpoints' failures in the table.",
        flux.lines("failures_per_second"),
        unit=look.FAILURES_PER_SECOND,
    )
    return panel.override_by_query(
        "A",
        all_of(
            panels.called("failures/s"),
            panels.coloured(look.FAILURES),
            panels.bars(),
            panels.filled(80),
        ),
    )


def _memory() -> timeseries.Panel:
    panel = panels.over_time(
        "Memory",
        "Memory in use on each machine. A line that rises with the users and stays up after them "
        "is a leak or a cache without a limit; near 100 % a machine starts to swap or to kill.",
        flux.lines("host_memory", called_by=("role",)),
        unit=look.PERCENT,
    ).max(100)
    return panels.hosts(panel, name=_HOST)


def _network() -> timeseries.Panel:
    panel = panels.over_time(
        "Network",
        "Bytes a second of each interface: received above the zero line, sent below it. A flat "
        "top at the same height whatever the load is the link's limit, or a shaper's.",
        flux.lines("host_network", called_by=("role", "direction")),
        unit=look.BYTES_PER_SECOND,
        both_ways=True,
    )
    name = "${__field.labels.host} ${__field.labels.interface} ${__field.labels.direction}"
    return panels.hosts(panel, "received", "sent", name=name)


def _disk() -> timeseries.Panel:
    panel = panels.over_time(
        "Disk",
        "Bytes a second over all devices of each machine: read above the zero line, written below "
        "it. Reading that grows with the load means that memory no longer holds the data.",
        flux.lines("host_disk", called_by=("role", "direction")),
        unit=look.BYTES_PER_SECOND,
        both_ways=True,
    )
    name = "${__field.labels.host} ${__field.labels.direction}"
    return panels.hosts(panel, "read", "written", name=name)


_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "requests": "Requests",
    "requests_per_second": "Req/s",
    "failures": "Failures",
    "failed": "Failed",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "max_response_time": "Max",
    "avg_content_length": "Size",
}
_UNITS = {
    look.COUNT: ("requests", "failures"),
    look.PER_SECOND: ("requests_per_second",),
    look.SHARE: ("failed",),
    look.BYTES: ("avg_content_length",),
    look.MILLISECONDS: ("p50", "p95", "p99", "max_response_time"),
}
_WIDTH = 78
"""Of a column of numbers: all of them fit beside the names on a small screen."""
_NARROW = (
    f"/d/{look.OVERLAY}?${{__url_time_range}}&${{run:queryparam}}&${{worker:queryparam}}"
    "&${host:queryparam}&var-endpoint=${__value.raw:percentencode}"
)


def _endpoints() -> table.Panel:
    panel = panels.rows(
        "Endpoints, over the whole time range",
        "Every endpoint of the picked workers, the slowest first; percentiles are merged over all "
        "seconds and workers. Click a name to narrow the panels above down to it. Read failures "
        "first: an endpoint that fails fast looks quick.",
        flux.catalogue("endpoint_totals"),
        flux.only("endpoint_percentiles", 'r.name != "Aggregated"'),
    )
    for transformation in _one_table():
        panel = panel.with_transformation(transformation)
    for unit, columns in _UNITS.items():
        for column in columns:
            looks = [panels.unit(unit), DynamicConfigValue("custom.width", _WIDTH)]
            panel = panel.override_by_name(_COLUMNS[column], looks)
    panel = panel.override_by_name(_COLUMNS["method"], [DynamicConfigValue("custom.width", 70)])
    link = {"title": "Only this endpoint", "url": _NARROW}
    return (
        panel.override_by_name(
            _COLUMNS["name"],
            [DynamicConfigValue("links", [link]), DynamicConfigValue("custom.minWidth", 150)],
        )
        .override_by_name(
            _COLUMNS["failed"],
            [
                DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
                DynamicConfigValue(
                    "thresholds",
                    {
                        "mode": "absolute",
                        "steps": [
                            {"color": "text", "value": None},
                            {"color": look.FAILURES, "value": look.FAILED_SHARE_LIMIT},
                        ],
                    },
                ),
                DynamicConfigValue("color", {"mode": "thresholds"}),
            ],
        )
        .sort_by([TableSortByFieldState().display_name(_COLUMNS["p95"]).desc(True)])
    )


def _one_table() -> list[DataTransformerConfig]:
    """Return what makes one table of the totals and the percentiles."""
    share = {
        "alias": "failed",
        "mode": "binary",
        "binary": {
            "left": {"matcher": {"id": "byName", "options": "failures"}},
            "operator": "/",
            "right": {"matcher": {"id": "byName", "options": "requests"}},
        },
    }
    order = {
        "indexByName": {column: i for i, column in enumerate(_COLUMNS)},
        "renameByName": dict(_COLUMNS),
        # Means hide what percentiles tell.
        "excludeByName": {"avg_response_time": True, "min_response_time": True},
    }
    return [
        DataTransformerConfig(id_val="merge", options={}),
        DataTransformerConfig(id_val="calculateField", options=share),
        DataTransformerConfig(id_val="organize", options=order),
    ]


def _worker_cpu() -> timeseries.Panel:
    panel = panels.over_time(
        "Workers' CPU",
        "CPU of each worker, in percent of one core: a worker can't use more. Above the line its "
        "response times are its own, not the target's: add workers, or a faster user class, and "
        "run again.",
        flux.lines("workers", values=("cpu_percent",)),
        unit=look.PERCENT,
    ).override_by_query(
        "A", [panels.called("${__field.labels.worker}"), panels.shades(look.WORKER)]
    )
    return panels.limit(panel.axis_soft_max(100), look.WORKER_CPU_LIMIT)


def _worker_lag() -> timeseries.Panel:
    panel = panels.over_time(
        "Workers' event-loop lag",
        "The longest that each worker's event loop kept a waiting task. Above the line requests "
        "waited in the generator itself, and their times include it. Short peaks at a step are "
        "Locust starting users; lasting lag is a worker with too much to do.",
        flux.lines("workers", values=("loop_lag_ms",)),
        unit=look.MILLISECONDS,
    ).override_by_query(
        "A", [panels.called("${__field.labels.worker}"), panels.shades(look.WORKER)]
    )
    return panels.limit(panel, look.WORKER_LAG_LIMIT_MS)
