"""*Compare two runs*: one over the other by the time since they began, and what changed."""

from grafana_foundation_sdk.builders import table, trend
from grafana_foundation_sdk.builders.common import TableSortByFieldState
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import (
    banner,
    cell_overrides,
    config,
    curves,
    flux,
    frame,
    panels,
    transform,
    variables,
)

_THIS, _THAT = "this run", "compared with"
_BEFORE = " before"
_STATISTICS = ("requests_per_second", "failed", "p50", "p95", "p99")
_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "p95": "p95",
    "p95 before": "p95 was",
    "p95 by": "Δ p95",
    "p95 change": "Δ p95 %",
    "p50": "p50",
    "p50 change": "Δ p50 %",
    "failed": "Failed",
    "failed by": "Δ failed",
    "requests_per_second": "Req/s",
    "requests_per_second before": "Req/s was",
}
_WIDTHS = {
    "method": 68,
    "p95": 68,
    "p95 before": 76,
    "p95 by": 68,
    "p95 change": 96,
    "p50": 68,
    "p50 change": 84,
    "failed": 66,
    "failed by": 76,
    "requests_per_second": 60,
    "requests_per_second before": 88,
}
"""All of them fit beside the names on a small screen."""
_UNSEEN = ("p50 before", "p50 by", "failed before")
_TOTALS = """\
    |> map(
        fn: (r) =>
            ({
                name: r.name,
                method: r.method,
                requests_per_second: r.requests_per_second,
                failed: float(v: r.failures) / float(v: r.requests),
            }),
    )
"""
_SHARES = """\
    |> filter(fn: (r) => r.name != "Aggregated")
    |> keep(columns: ["name", "method", "p50", "p95"])
"""


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.COMPARE,
        "Two runs, one over the other by the time since they began.",
        (
            variables.run(),
            variables.baseline(),
            variables.resolution(),
            variables.endpoint_resolution(of_two=True),
            variables.minutes(),
            variables.minutes("baseline"),
            variables.endpoint(),
            variables.begin("run"),
            variables.begin("baseline"),
            *variables.of_two_masters(),
        ),
        (
            banner.of_two_runs(),
            _differences(),
            _p95(),
            _requests(),
            _users(),
            _failures(),
        ),
        over_time=False,
    )


def _p95() -> trend.Panel:
    return _over(
        "p95, one over the other",
        "95th percentile of the picked endpoints in both runs, by the time since each began. A "
        "line that leaves the other at some moment: look there on the overlay what the machines "
        "did.",
        "latency",
        name="percentiles",
        value="p95",
        unit=config.MILLISECONDS,
    )


def _requests() -> trend.Panel:
    return _over(
        "Requests, one over the other",
        "Requests a second in both runs. Response times of two runs can only be compared where "
        "their load is the same.",
        "load",
        name="requests_per_second",
        unit=config.REQUESTS_PER_SECOND,
    )


def _users() -> trend.Panel:
    return _over(
        "Users, one over the other",
        "Users in both runs: the same steps at the same time, or the runs had different loads.",
        "load",
        name="users",
        unit=config.USERS,
    )


def _failures() -> trend.Panel:
    return _over(
        "Failures, one over the other",
        "Failed requests a second in both runs. New ones: *Failures and logs* of this run says "
        "which.",
        "failures",
        name="failures_per_second",
        unit=config.FAILURES_PER_SECOND,
    )


def _over(
    title: str, description: str, runbook: str, *, name: str, unit: str, value: str = "value"
) -> trend.Panel:
    panel = panels.over_elapsed(
        title,
        description,
        runbook,
        curves.elapsed(name, value, _THIS),
        curves.elapsed(name, value, _THAT, of_baseline=True),
        unit=unit,
        height=8,
    )
    return panel.override_by_name(_THIS, [panels.coloured(config.REQUESTS)]).override_by_name(
        _THAT, [panels.coloured(config.BASELINE), panels.dashed()]
    )


def _differences() -> table.Panel:
    def of(name: str, more: str, *, before: bool) -> str:
        asked = flux.catalogue(name, everything=("worker",))
        if not before:
            return asked + more
        renamed = ", ".join(f'"{s}": "{s}{_BEFORE}"' for s in _STATISTICS if s in more)
        return flux.then(asked) + more + f"    |> rename(columns: {{{renamed}}})\n"

    panel = panels.rows(
        "What changed, endpoint by endpoint",
        "Each endpoint in this run and in the one it is compared with (*was*), over the same "
        "seconds since they began, and the difference: green is better, red is worse, and below "
        "5 % neither. First make sure that the requests a second are the same; then start with "
        "the largest change of p95.",
        "latency",
        of("endpoint_counts", _TOTALS, before=False),
        of("endpoint_counts", _TOTALS, before=True),
        of("endpoint_percentiles", _SHARES, before=False),
        of("endpoint_percentiles", _SHARES, before=True),
        height=10,
    )
    panel = panel.max_data_points(config.FEWER_WINDOWS).with_transformation(transform.merged())
    for statistic in ("p50", "p95", "failed"):
        before, by = statistic + _BEFORE, f"{statistic} by"
        panel = panel.with_transformation(transform.calculated(by, statistic, "-", before))
        if statistic != "failed":
            panel = panel.with_transformation(
                transform.calculated(f"{statistic} change", by, "/", before)
            )
    panel = panel.with_transformation(transform.titled(_COLUMNS, without=_UNSEEN))
    for column, title in _COLUMNS.items():
        panel = panel.override_by_name(title, _looks(column))
    return panel.sort_by([TableSortByFieldState().display_name(_COLUMNS["p95 change"]).desc(True)])


def _looks(column: str) -> list[DynamicConfigValue]:
    if column == "name":
        return [cell_overrides.at_least(104), cell_overrides.shown_whole()]
    looks = [cell_overrides.wide(_WIDTHS[column])]
    if column == "method":
        return looks
    if column.endswith((" by", " change")):
        # Of an endpoint that one of the runs did not have.
        looks.append(cell_overrides.without_nan())
    if column.endswith("change") or column == "failed by":
        limit = 0.001 if column == "failed by" else config.CHANGE_LIMIT
        # From the least that a share can be: below it a threshold has no colour of its own.
        steps = ((-1e9, config.BETTER), (-limit, "text"), (limit, config.WORSE))
        return [*looks, panels.unit_of(config.SHARE), *cell_overrides.in_colour(*steps)]
    if column.startswith("requests"):
        return [*looks, panels.unit_of(config.PER_SECOND), DynamicConfigValue("decimals", 1)]
    unit = config.SHARE if column.startswith("failed") else config.MILLISECONDS
    return [*looks, panels.unit_of(unit)]
