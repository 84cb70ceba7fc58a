"""*Trend*: the runs of a test over months, each of them a point."""

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import (
    annotations,
    cell_overrides,
    config,
    frame,
    history,
    lines,
    panels,
    thresholds,
    transform,
    variables,
)

_COLUMNS = {
    "run": "Run",
    "commit": "Commit",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "failed": "Failed",
    "requests_per_second": "Requests/s",
    "verdict": "Verdict",
    "audit": "Data",
    "locustfile_hash": "Locustfile",
    "start": "Begin",
    "requests": "Requests",
    "until": "End",
}
_WIDTHS = {
    **{"run": 175, "commit": 92, "p50": 60, "p95": 60, "p99": 60, "failed": 74},
    **{"requests_per_second": 98, "verdict": 92, "audit": 140},
}
"""As wide as a small screen beside Grafana's own menu, with room for a hash's begin."""
_HASH = 78
_UNITS = {
    config.MOMENT: ("start",),
    config.MILLISECONDS: ("p50", "p95", "p99"),
    config.SHARE: ("failed",),
    config.REQUESTS_PER_SECOND: ("requests_per_second",),
    config.COUNT: ("requests",),
}
_TOLD_BY = {"run": "Begin", "requests_per_second": "Requests"}
"""What the mouse over the corner of a cell shows, without a column for it."""
_UNSEEN = ("start", "requests", "until")
_LEFT = (
    *("test", "environment", "machine", "locustfile", "target", "users", "history"),
    *("name", "method", "failures", "final", "sound", "seconds", "generators", "doubts"),
)
_MARKS = {
    history.FAILED: config.WORSE,
    history.DOUBTFUL: config.AMBER,
    history.LEFT_OUT: config.GREY,
}
_SATURATED, _DOUBTFUL = "complete, saturated", "complete, doubtful"
_POINT = 5
_MARK = 11
_ROWS = f"""\
    |> map(fn: (r) => ({{r with until: string(v: int(v: r.until) / 1000000)}}))
    |> map(
        fn: (r) =>
            ({{r with failed:
                    if r.requests > 0 then
                        float(v: r.failures) / float(v: r.requests)
                    else
                        debug.null(type: "float"),
            }}),
    )
    // Why a run is left out stands in one place.
    |> map(
        fn: (r) =>
            ({{r with audit:
                    if r.audit =~ /^complete/ and r.generators == "saturated" then
                        "{_SATURATED}"
                    else if r.audit == "complete" and r.doubts != "" then
                        "{_DOUBTFUL}"
                    else
                        r.audit,
                verdict: if r.verdict == "" then "not judged" else r.verdict,
            }}),
    )
    |> drop(columns: {list(_LEFT)})
    |> sort(columns: ["start"], desc: true)
""".replace("'", '"')


def board() -> Dashboard:
    """Return the board."""
    made = frame.board(
        config.TREND,
        "The runs of a test over months, each of them a point. A click on one opens it.",
        (
            variables.long_bucket(),
            variables.test_of_a_history(),
            variables.rare(variables.history()),
            variables.endpoint_of_a_history(),
        ),
        (_times(), _failures(), _throughput(), _runs()),
        of_a_run=False,
        over_time=False,
    )
    for marks in annotations.of_a_history():
        made = made.annotation(marks)
    return made.time(config.RANGE_OF_A_HISTORY, "now").refresh(config.REFRESH_OF_A_HISTORY)


def _times() -> timeseries.Panel:
    panel = _over_runs(
        "Response times, run after run: ${history}",
        "p50, p95 and p99 of each run, at the moment at which it began: of all endpoints together, "
        "or of the one that is picked. What was made elsewhere, or with more or fewer users, is "
        "another history of the test: *Made in, with*, in the menu with the three dots. Where runs "
        "are alike their points still scatter: a level is what several have, and one point alone "
        "is none. `swarmscope trend` says which changes are more than chance, and with which "
        "commit each began. A run that *failed* its thresholds, or passed with a *warning* or "
        "*inconclusive*, has a dot on its p95; what is *left out* of the line was incomplete, "
        "never audited, or doubtful, as its generator was saturated or a clock was off.",
        "latency",
        history.times(),
        unit=config.MILLISECONDS,
        height=10,
        span=panels.FULL,
    )
    for name, colour in config.PERCENTILES.items():
        panel = panel.override_by_name(name, [lines.coloured(colour)])
    return panel


def _failures() -> timeseries.Panel:
    panel = _over_runs(
        "Failed, run after run",
        "The share of requests that failed in each run. A step from nothing to little is a change, "
        "however little: *Failures and logs* of its first run says which they are.",
        "failures",
        history.failures(),
        unit=config.SHARE,
    )
    return panel.override_by_name("failed", [lines.coloured(config.FAILURES)])


def _throughput() -> timeseries.Panel:
    panel = _over_runs(
        "Requests a second, run after run",
        "How many requests a second each run made. With users that wait for answers it falls as "
        "response times rise; with a rate of arrivals it stays, or the load wasn't delivered.",
        "load",
        history.throughput(),
        unit=config.REQUESTS_PER_SECOND,
    )
    return panel.override_by_name("requests/s", [lines.coloured(config.REQUESTS)])


def _over_runs(
    title: str,
    description: str,
    runbook: str,
    asked: str,
    *,
    unit: str,
    height: int = 7,
    span: int = panels.HALF,
) -> timeseries.Panel:
    panel = panels.over_time(
        title, description, runbook, asked, unit=unit, height=height, span=span
    )
    link = DashboardLink("Open run ${__data.fields.run}, commit ${__data.fields.commit}")
    for name, colour in _MARKS.items():
        looks = [lines.coloured(colour), lines.dots(), lines.sized(_MARK)]
        panel = panel.override_by_name(name, looks)
    for name in history.TEXTS:
        # Or a commit of digits alone is read as a number, and told in the panel's unit.
        panel = panel.override_by_name(name, [lines.unit_of(config.TEXT)])
    return (
        panel.span_nulls(True)
        .show_points(common.VisibilityMode.ALWAYS)
        .point_size(_POINT)
        .axis_width(config.AXIS_WIDTH)
        .no_value(config.NO_HISTORY)
        .data_links([link.url(history.LINK)])
    )


def _runs() -> table.Panel:
    panel = panels.rows(
        "Its runs, the newest first",
        "Every run of this history of which a summary is kept, also when its seconds are gone. A "
        "locustfile with another hash is another test: compare with care across it. *Data* says "
        "which runs are left out above: those that aren't complete, and those that are doubtful, "
        "of which `swarmscope trend` says why: a generator was saturated, a clock was off, or the "
        "load wasn't what was asked for. The mouse over the corner of a run shows when it began, "
        "over that of *Requests/s* how many requests it had.",
        "load",
        history.rows(_ROWS),
        height=9,
    )
    panel = panel.with_transformation(transform.titled(_COLUMNS)).no_value(config.NO_HISTORY)
    for unit, columns in _UNITS.items():
        for column in columns:
            panel = panel.override_by_name(_COLUMNS[column], [lines.unit_of(unit)])
    for column in _UNSEEN:
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.unseen()])
    for column, width in _WIDTHS.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.wide(width)])
    for column, told in _TOLD_BY.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.told_by(told)])
    hashes = _COLUMNS["locustfile_hash"]
    panel = panel.override_by_name(hashes, [cell_overrides.at_least(_HASH)])
    url = (
        f"/d/{config.OVERLAY}?var-run=${{__value.raw:percentencode}}"
        "&from=${__data.fields.Begin.numeric}&to=${__data.fields.End}"
        f"&refresh={config.REFRESH_OVER}"
    )
    link = {"title": "The run over its machines", "url": url}
    panel = panel.override_by_name("Run", [DynamicConfigValue("links", [link])])
    return panels.whole(
        panel.override_by_name(
            "Verdict",
            cell_overrides.text_in_words(*thresholds.VERDICTS, otherwise=config.BETTER),
        ).override_by_name(
            "Data",
            cell_overrides.text_in_words(
                (f"/^({_SATURATED}|{_DOUBTFUL})$/", config.AMBER),
                ("/^complete/", config.BETTER),
                otherwise=config.WORSE,
            ),
        )
    )
