"""The table of endpoints, as several boards show it."""

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.common import TableSortByFieldState
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import cell_overrides, config, flux, panels, transform

TITLE = "Endpoints, over the whole time range"
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
    config.COUNT: ("requests", "failures"),
    config.PER_SECOND: ("requests_per_second",),
    config.SHARE: ("failed",),
    config.BYTES: ("avg_content_length",),
    config.MILLISECONDS: ("p50", "p95", "p99", "max_response_time"),
}
_WIDTHS = {"requests": 82, "requests_per_second": 62, "failures": 76, "failed": 70}
_WIDTH = 72
"""Of any other column of numbers: all of them fit beside the names on a small screen."""


def panel(uid: str, variables: tuple[str, ...]) -> table.Panel:
    """Return the table on the board *uid*; a click on a name keeps the picked *variables*."""
    panel = panels.rows(
        TITLE,
        "Every endpoint of the picked workers, the slowest first; percentiles are merged over all "
        "seconds and workers. While a run goes on, its newest half minute can be missing. Click a "
        "name to narrow the panels down to it. Read failures first: an endpoint that fails fast "
        "looks quick.",
        "latency",
        flux.catalogue("endpoint_counts"),
        flux.only("endpoint_percentiles", 'r.name != "Aggregated"'),
    ).max_data_points(config.FEWER_WINDOWS)
    for transformation in _one_table():
        panel = panel.with_transformation(transformation)
    for unit, columns in _UNITS.items():
        for column in columns:
            looks = [panels.unit_of(unit), cell_overrides.wide(_WIDTHS.get(column, _WIDTH))]
            panel = panel.override_by_name(_COLUMNS[column], looks)
    panel = panel.override_by_name(_COLUMNS["method"], [cell_overrides.wide(66)])
    kept = "&".join(f"${{{name}:queryparam}}" for name in variables)
    link = {
        "title": "Only this endpoint",
        "url": f"/d/{uid}?${{__url_time_range}}&{kept}&var-endpoint=${{__value.raw:percentencode}}",
    }
    return (
        panel.override_by_name(
            _COLUMNS["name"],
            [
                DynamicConfigValue("links", [link]),
                cell_overrides.at_least(150),
                cell_overrides.shown_whole(),
            ],
        )
        .override_by_name(
            _COLUMNS["failed"],
            panels.all_of(cell_overrides.in_colour((config.FAILED_SHARE_LIMIT, config.FAILURES))),
        )
        .sort_by([TableSortByFieldState().display_name(_COLUMNS["p95"]).desc(True)])
    )


def _one_table() -> list[DataTransformerConfig]:
    """Return what makes one table of the totals and the percentiles."""
    # Means hide what percentiles tell.
    means = ("avg_response_time", "min_response_time")
    return [
        transform.merged(),
        transform.calculated("failed", "failures", "/", "requests"),
        transform.titled(_COLUMNS, without=means),
    ]
