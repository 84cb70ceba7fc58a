"""The table of endpoints, as several boards show it."""

from collections.abc import Callable, Mapping

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.common import TableSortByFieldState
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig, DynamicConfigValue

from dashboards import cell_overrides, config, flux, lines, panels, transform, variables
from swarmscope import schema

TITLE = "Endpoints, over the whole time range"
TOTAL = "total"
"""A column that nobody sees: the row of all endpoints together stands above the others."""
OF_TOTAL = f"""\
    |> map(fn: (r) => ({{r with {TOTAL}: if r.name == "{schema.AGGREGATED}" then 1 else 0}}))
"""
_FULL, _CUT = "full", "cut"
"""Columns that nobody sees: the name as a click picks it; and as the mouse over its corner shows
it, where not all of it is seen."""
_IN_SHORT = f"""\
    |> map(fn: (r) => ({{r with {_FULL}: r.name, name: {flux.IN_SHORT}}}))
    |> map(fn: (r) => ({{r with {_CUT}: if r.name == r.{_FULL} then "" else r.{_FULL}}}))
"""
_ENOUGH = "    |> map(fn: (r) => ({r with enough: r.requests}))\n"
_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "impact": "Impact",
    "requests": "Requests",
    "requests_per_second": "Req/s",
    "failed": "Failed",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "max_response_time": "Max",
    "enough": "Enough for",
}
_UNSEEN = ("failures", "avg_content_length", "min_response_time")
_UNITS = {
    config.COUNT: ("requests",),
    config.PER_SECOND: ("requests_per_second",),
    config.SHARE: ("failed",),
    config.MILLISECONDS: ("impact", "p50", "p95", "p99", "max_response_time"),
}
_WIDTHS = {"requests": 82, "requests_per_second": 60, "failed": 71, "impact": 84}
_WIDTH = 66
"""Of any other column of numbers: all of them fit beside the names on a small screen of which
Grafana's own menu takes a quarter."""


def panel(uid: str, picked: tuple[str, ...], *, height: int = 11) -> table.Panel:
    """Return the table on the board *uid*; a click on a name keeps the variables *picked*."""
    panel = panels.rows(
        TITLE,
        "Every endpoint of the picked workers, below all of them together; percentiles are merged "
        "over all seconds and workers. *Impact* is requests times p95: first comes what costs "
        "users the most time, not what is slow and seldom. *Enough for* is the highest percentile "
        "that so many requests say something of; those beyond it are single requests. While a run "
        "goes on, its newest half minute can be missing. Click a name to narrow the panels down to "
        "it; the mouse over its corner shows all of a long one. Read failures first: an endpoint "
        "that fails fast looks quick.",
        "latency",
        in_short(flux.rows("endpoint_counts", _ENOUGH + OF_TOTAL)),
        in_short(flux.rows("endpoint_percentiles")),
        height=height,
    ).max_data_points(config.FEWER_WINDOWS)
    panel = panel.no_value(config.NO_REQUESTS)
    for transformation in _one_table():
        panel = panel.with_transformation(transformation)
    for unit, columns in _UNITS.items():
        for column in columns:
            looks = [
                lines.unit_of(unit),
                cell_overrides.wide(_WIDTHS.get(column, width_of(column))),
            ]
            panel = panel.override_by_name(_COLUMNS[column], looks)
    panel = panel.override_by_name(_COLUMNS["method"], [cell_overrides.wide(68)])
    panel = panel.override_by_name(_COLUMNS["impact"], [cell_overrides.without_nan()])
    enough = ((n, word, _colour(word)) for n, word in config.ENOUGH_FOR)
    looks = [cell_overrides.wide(88), *cell_overrides.in_ranges(*enough)]
    panel = panel.override_by_name(_COLUMNS["enough"], looks)
    kept = variables.in_link(*picked)
    panel = panel.with_transformation(transform.drawn_anew_with(kept))
    link = {
        "title": "Only this endpoint",
        "url": f"/d/{uid}?${{__url_time_range}}&{kept}"
        f"&var-endpoint=${{__data.fields.{_FULL}:percentencode}}",
    }
    panel = named(panel, _COLUMNS["name"], link=link).override_by_name(
        _COLUMNS["failed"],
        lines.all_of(cell_overrides.in_colour((config.FAILED_SHARE_LIMIT, config.FAILURES))),
    )
    return total_first(panels.whole(panel), _COLUMNS["impact"])


def width_of(column: str) -> int:
    """Return how wide a column of response times is: medians may be below 1 ms, as 0.987 ms."""
    return 71 if column == "p50" else _WIDTH


def in_short(asked: str) -> str:
    """Return the query *asked*, of rows of endpoints, with long names in one line.

    On a small screen a hundred endpoints were five a page, each in two lines.
    """
    return flux.importing(asked + _IN_SHORT, "regexp")


def beside_names(
    made: table.Panel,
    columns: Mapping[str, str],
    counts: Mapping[str, int],
    width: Callable[[str], int],
) -> table.Panel:
    """Let response times stand beside names: *columns* with their titles.

    *counts* are the widths of those with numbers of requests, *width* returns that of a time's.
    """
    made = named(made, columns["name"])
    for column, title in columns.items():
        if column == "name":
            continue
        if column in counts:
            looks = [lines.unit_of(config.COUNT), cell_overrides.wide(counts[column])]
        elif column == "method":
            looks = [cell_overrides.wide(68)]
        else:
            looks = [lines.unit_of(config.MILLISECONDS), cell_overrides.wide(width(column))]
        made = made.override_by_name(title, looks)
    return made


def named(
    made: table.Panel,
    title: str,
    *,
    width: DynamicConfigValue | None = None,
    link: Mapping[str, str] | None = None,
) -> table.Panel:
    """Show the names that `in_short` left in the column *title*, which a click may follow."""
    looks = [
        width or cell_overrides.at_least(180),
        cell_overrides.told_by(_CUT),
        cell_overrides.called({schema.AGGREGATED: config.ALL_ENDPOINTS}),
    ]
    if link:
        looks.append(DynamicConfigValue("links", [dict(link)]))
    made = made.override_by_name(title, looks)
    made = made.override_by_name(_FULL, [cell_overrides.unseen()])
    return made.override_by_name(_CUT, list(cell_overrides.for_corners()))


def total_first(panel: table.Panel, column: str) -> table.Panel:
    """Sort by *column*, the largest first, below the row of all endpoints together."""
    return panel.override_by_name(TOTAL, [cell_overrides.unseen()]).sort_by(
        [
            TableSortByFieldState().display_name(TOTAL).desc(True),
            TableSortByFieldState().display_name(column).desc(True),
        ]
    )


def _colour(enough: str) -> str:
    best = config.ENOUGH_FOR[-1][1]
    return "text" if enough == best else config.AMBER


def _one_table() -> list[DataTransformerConfig]:
    """Return what makes one table of the totals and the percentiles."""
    return [
        transform.merged(),
        transform.calculated("failed", "failures", "/", "requests"),
        transform.calculated("impact", "requests", "*", "p95"),
        transform.titled(_COLUMNS, without=_UNSEEN),
    ]
