"""*Endpoints*: all of them in numbers, and what is picked in detail."""

from grafana_foundation_sdk.builders import heatmap, table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import heatmap as models

from dashboards import (
    arrivals,
    banner,
    cell_overrides,
    config,
    curves,
    endpoint_table,
    flux,
    frame,
    happened,
    lines,
    panels,
    phases,
    ranges,
    transactions,
    transform,
    variables,
)
from dashboards.boards import overlay

_WIDE = """\
    // Each row of the picture is a column, in the order of their bounds.
    |> sort(columns: ["bound", "time"])
    |> map(
        fn: (r) =>
            ({
                time: r.time,
                bound: string(v: math.round(x: r.bound * 1000.0) / 1000.0),
                value: r.value,
            }),
    )
    |> pivot(rowKey: ["time"], columnKey: ["bound"], valueColumn: "value")
    |> sort(columns: ["time"])
"""


_STATUS_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "status": "Status",
    "requests": "Requests",
}


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.ENDPOINTS,
        "The endpoints of one run: all in numbers, and what is picked in detail.",
        (
            variables.run(),
            variables.resolution(),
            variables.endpoint_resolution(),
            variables.minutes(),
            variables.endpoint(),
            variables.apdex_t(),
            variables.rare(variables.worker()),
            variables.points(),
            variables.summary(),
            variables.candidates(),
        ),
        (
            banner.panel(),
            endpoint_table.panel(config.ENDPOINTS, ("run", "worker", "host", "apdex_t"), height=12),
            ranges.panel(),
            ranges.outcomes(),
            _statuses(),
            happened.strip(),
            _slowest(),
            _heatmap(),
            overlay.response_times(),
            _requests(),
            overlay.failures(),
            # Last: who didn't ask for them has none.
            transactions.panel(),
            phases.panel(),
            arrivals.intended(),
        ),
    )


def _statuses() -> table.Panel:
    panel = panels.rows(
        "Answers by status, over the whole time range",
        "How many requests of each endpoint were answered with which HTTP status, failed or not; "
        "`none` are those that nobody answered, and other protocols. An endpoint with 3xx was "
        "redirected: its page was never measured, perhaps for want of a login. 200 beside failures "
        "are answers that the scenario's own checks refused.",
        "failures",
        flux.catalogue("endpoint_statuses"),
    )
    panel = panels.whole(panel).no_value(config.NO_REQUESTS)
    panel = panel.with_transformation(transform.titled(_STATUS_COLUMNS))
    for column, width in {"method": 90, "status": 90, "requests": 110}.items():
        panel = panel.override_by_name(_STATUS_COLUMNS[column], [cell_overrides.wide(width)])
    names = [cell_overrides.at_least(150), *cell_overrides.shown_whole()]
    words = (
        (f"/^{kind[0]}[0-9]{{2}}$/", colour)
        for kind, colour in config.STATUSES.items()
        if kind.endswith("xx")
    )
    coloured = cell_overrides.text_in_words(*words, otherwise=config.GREY)
    return (
        panel.override_by_name(_STATUS_COLUMNS["name"], names)
        .override_by_name(_STATUS_COLUMNS["status"], coloured)
        .override_by_name(_STATUS_COLUMNS["requests"], [lines.unit_of(config.COUNT)])
    )


def _slowest() -> timeseries.Panel:
    panel = panels.over_time(
        "p95 of the ten busiest endpoints",
        f"95th percentile of each, merged over workers, {config.PRECISION}. One line that rises "
        "alone is that endpoint's own matter: its query, its lock. All rising together is a thing "
        f"they share: a processor, a pool of connections, the network. {config.MINUTE_LATE}",
        "latency",
        curves.apart("endpoint_p95", "name", "method", value="p95", of=curves.ENDPOINTS),
        unit=config.MILLISECONDS,
        height=9,
        span=panels.FULL,
        windows=config.FEWEST_WINDOWS,
    ).no_value(config.NO_REQUESTS)
    return panels.told_apart(panel, "${__field.labels.name} ${__field.labels.method}")


def _heatmap() -> heatmap.Panel:
    made = panels.asking(
        heatmap.Panel(),
        "How many requests took how long",
        "Each field counts the requests of a moment that took so long: violet is one or a few, red "
        "the most. Two bands are two kinds of answers: cached and not, quick failures and slow "
        "successes. A band that climbs is a queue. What is picked as endpoint is drawn alone.",
        "latency",
        flux.rows("latency_heatmap", _WIDE),
        height=10,
        span=panels.FULL,
        windows=config.FEWER_WINDOWS,
    ).no_value(config.NO_REQUESTS)
    return (
        # A picture of no columns at all is more than Grafana can draw: it says TypeError.
        made.with_transformation(transform.not_empty())
        .calculate(False)
        .y_axis(
            heatmap.YAxisConfig()
            .unit(config.MILLISECONDS)
            .decimals(1)
            .axis_placement(common.AxisPlacement.LEFT)
            # A moment stands where it stands in the panels of lines.
            .axis_width(panels.axes_of(panels.FULL))
        )
        .rows_frame(
            heatmap.RowsHeatmapOptions().layout(common.HeatmapCellLayout.LE).value("requests")
        )
        .color(
            heatmap.HeatmapColorOptions()
            .mode(models.HeatmapColorMode.SCHEME)
            # Its end for the least can be seen on black and on white: an outlier is one request.
            .scheme("Spectral")
            .scale(models.HeatmapColorScale.EXPONENTIAL)
            .exponent(0.5)
            .steps(32)
            .reverse(False)
        )
        .cell_values(heatmap.CellValues().unit(config.COUNT))
        .tooltip(
            heatmap.HeatmapTooltip()
            .mode(common.TooltipDisplayMode.SINGLE)
            .y_histogram(True)
            .show_color_scale(True)
        )
        .filter_values(heatmap.FilterValueRange().le(1e-9))
    )


def _requests() -> timeseries.Panel:
    panel = panels.over_time(
        "Requests",
        "Requests a second of the picked endpoints. Where they fall while users stay, each user "
        "waits longer for an answer.",
        "load",
        curves.lines("requests_per_second"),
        unit=config.REQUESTS_PER_SECOND,
    )
    return panel.override_by_query("A", overlay.requests_line())
