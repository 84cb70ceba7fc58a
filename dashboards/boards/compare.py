"""*Compare two runs*: one over the other by the time since they began, and what changed."""

from grafana_foundation_sdk.builders import table, trend
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import (
    banner,
    cell_overrides,
    config,
    curves,
    endpoint_table,
    flux,
    frame,
    lines,
    panels,
    transform,
    two_runs,
    variables,
)
from dashboards.two_runs import BEFORE
from swarmscope import schema

_THIS, _THAT = "this run", "compared with"
_COLUMNS = {
    "name": "Endpoint",
    "method": "Method",
    "requests": "Requests",
    "requests before": "Req. was",
    "p95": "p95",
    "p95 before": "p95 was",
    "p95 change": "Δ p95",
    "p50": "p50",
    "p50 change": "Δ p50",
    "failed": "Failed",
    "failed by": "Δ failed",
}
_WIDTHS = {
    "method": 68,
    "requests": 82,
    "requests before": 80,
    "p95": 66,
    "p95 before": 72,
    "p95 change": 82,
    "p50": 66,
    "p50 change": 76,
    "failed": 64,
    "failed by": 74,
}
"""All of them fit beside the names on a small screen, of which Grafana's menu takes a quarter."""
_UNSEEN = ("p95 by", "p50 before", "p50 by", "failed before")
_LOOKS = {"failed by": "failed_looks", "p95 change": "p95_looks"}
"""Columns that nobody sees: how the differences look that say nothing."""
_PICKED = f"""\
    |> filter(
        fn: (r) =>
            r.name == "{schema.AGGREGATED}" or "{schema.AGGREGATED}" =~ /^${{endpoint:regex}}$/
                or
                r.name =~ /^${{endpoint:regex}}$/,
    )
"""
"""Of the endpoints those that are picked, and all of them together."""
_SHARES = """\
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
    return panel.override_by_name(_THIS, [lines.coloured(config.REQUESTS)]).override_by_name(
        _THAT, [lines.coloured(config.BASELINE), lines.dashed()]
    )


def _counts() -> str:
    """Return the query of how many requests each endpoint had in both runs, and how many failed."""
    asked = two_runs.counts(flux.catalogue("endpoint_counts", everything=("worker",)))
    return endpoint_table.in_short(asked + _PICKED + endpoint_table.OF_TOTAL)


def _percentiles() -> tuple[str, str]:
    """Return the queries of response times, in this run and in the one before."""
    asked = flux.catalogue("endpoint_percentiles", everything=("worker",))
    more = _PICKED + _SHARES
    renamed = ", ".join(f'"{one}": "{one}{BEFORE}"' for one in ("p50", "p95"))
    before = f"{flux.then(asked)}{more}    |> rename(columns: {{{renamed}}})\n"
    here, there = (one + endpoint_table.OF_TOTAL for one in (asked + more, before))
    return endpoint_table.in_short(here), endpoint_table.in_short(there)


def _differences() -> table.Panel:
    panel = panels.rows(
        "What changed, endpoint by endpoint",
        "All endpoints together and each picked one, in this run and in the one it is compared "
        "with (*was*), over the same seconds since they began, and the difference: green is "
        "better, red is worse. Neither is a change of a percentile below 5 %, a p95 of fewer than "
        "20 requests, which is a single one, and a share of failures of which chance makes as "
        "much of so many requests. Start with the largest change of p95.",
        "latency",
        _counts(),
        *_percentiles(),
        height=10,
    )
    panel = panel.max_data_points(config.FEWER_WINDOWS).with_transformation(transform.merged())
    for statistic in ("p50", "p95"):
        before, by = statistic + BEFORE, f"{statistic} by"
        panel = panel.with_transformation(
            transform.calculated(by, statistic, "-", before)
        ).with_transformation(transform.calculated(f"{statistic} change", by, "/", before))
    panel = panel.with_transformation(transform.titled(_COLUMNS, without=_UNSEEN))
    panel = endpoint_table.named(panel, _COLUMNS["name"])
    for column in _WIDTHS:
        panel = panel.override_by_name(_COLUMNS[column], _looks(column))
    for column in _LOOKS.values():
        panel = panel.override_by_name(column, [cell_overrides.unseen()])
    return endpoint_table.total_first(panels.whole(panel), _COLUMNS["p95 change"])


def _looks(column: str) -> list[DynamicConfigValue]:
    looks = [cell_overrides.wide(_WIDTHS[column])]
    if column == "method":
        return looks
    if column.endswith((" by", " change")):
        # Of an endpoint that one of the runs did not have.
        looks.append(cell_overrides.without_nan())
    if column in _LOOKS:
        looks.append(cell_overrides.styled_by(_LOOKS[column]))
    if column.endswith("change") or column == "failed by":
        limit = 0.001 if column == "failed by" else config.CHANGE_LIMIT
        # From the least that a share can be: below it a threshold has no colour of its own.
        steps = ((-1e9, config.BETTER), (-limit, "text"), (limit, config.WORSE))
        digits = cell_overrides.decimals(2 if column == "failed by" else 1)
        return [*looks, lines.unit_of(config.SHARE), digits, *cell_overrides.in_colour(*steps)]
    if column.startswith("requests"):
        return [*looks, lines.unit_of(config.COUNT)]
    unit = config.SHARE if column.startswith("failed") else config.MILLISECONDS
    return [*looks, lines.unit_of(unit)]
