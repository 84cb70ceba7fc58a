"""Thresholds of the run: a line at each limit in its panel, and how each stands."""

from collections.abc import Iterable

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import cell_overrides, config, flux, lines, panels, transform
from swarmscope import schema

TITLE = "Thresholds"
_MOST = 8
"""Lines in a panel: of more nobody sees which is which."""
_NEAR = 2
"""How many times as high as the longest response a limit is still drawn: one far above everything
presses all other lines to the ground."""
_TIMES = 'r.unit == "ms" and r.metric =~ /^(p[0-9.]+|avg|max|min)$/'
_NEARBY = f" and r.bound <= {_NEAR}.0 * longest"
_LONGEST = f"""\
// The master's newest summary knows it, and is one point for each endpoint.
summed =
    from(bucket: v.defaultBucket)
        |> range(start: earliest, stop: latest)
        |> filter(fn: (r) => r._measurement == "{schema.LOCUST_SUMMARY.name}")
        |> filter(fn: (r) => r.run == "${{run}}" and r.name =~ endpoint and r._field == "max")
        |> last()
        |> group()
        |> max()
        |> findColumn(fn: (key) => true, column: "_value")
longest = if length(arr: summed) > 0 then summed[0] else {2**53}.0
"""
_RATES = 'r.metric == "requests_per_second"'
_COLUMNS = {
    "threshold": "What must hold",
    "outcome": "Stands",
    "severity": "If not",
    "shown": "Measured",
    "endpoint": "Where",
    "why": "Why",
}
_UNSEEN = ("number", "metric", "bound", "unit", "scope", "scope_name", "scope_method", "judged_at")
_WORST_FIRST = """\
    // What is broken is looked for; the file's order is that of the rest.
    |> map(
        fn: (r) =>
            ({r with order:
                    if r.outcome == "broken" then
                        0
                    else if r.outcome == "passed" then
                        2
                    else
                        1,
            }),
    )
    |> sort(columns: ["order", "number"])
    |> drop(columns: ["order"])
"""
VERDICTS = (
    ("/^not (judged|yet)$/", config.GREY),
    ("/^fail/i", config.WORSE),
    ("/^(inconclusive|warning)/", config.AMBER),
)
"""How what all of them come to is coloured; it is passed otherwise."""
_OUTCOMES = (
    ("/^passed$/", config.BETTER),
    ("/^broken$/", config.WORSE),
    ("/^(not yet|can't tell)$/", config.GREY),
)


def of_times() -> str:
    """Return Flux for a line at each limit of response times."""
    return _limits(_TIMES + _NEARBY, _LONGEST)


def of_rates() -> str:
    """Return Flux for a line at each limit of requests a second."""
    return _limits(_RATES)


def _limits(condition: str, known: str = "") -> str:
    """Return Flux for lines at the limits for which *condition* holds, by what is *known*.

    Of all endpoints together, or where one is picked, of that one.
    """
    asked = flux.catalogue("thresholds")
    begin = flux.answer_of(asked)
    return f"""\
{asked[:begin]}endpoint = /^${{endpoint:regex}}$/
{known}limits =
{asked[begin:]}\
        |> filter(fn: (r) => exists r.bound and {condition})
        |> filter(
            fn: (r) =>
                if "{schema.AGGREGATED}" =~ endpoint then
                    r.scope == "all"
                else
                    r.scope == "each" or r.scope == "named" and r.scope_name =~ endpoint,
        )
        |> limit(n: {_MOST})
at = (time) =>
    limits
        |> map(
            fn: (r) =>
                ({{
                    _time: time,
                    threshold: r.threshold + ": " + r.outcome,
                    _field: "limit",
                    _value: float(v: r.bound),
                }}),
        )

union(tables: [at(time: v.timeRangeStart), at(time: v.timeRangeStop)])
    |> group(columns: ["threshold", "_field"])
    |> sort(columns: ["_time"])
"""


def drawn(
    panel: timeseries.Panel, ref_id: str, axis: Iterable[lines.Property] = ()
) -> timeseries.Panel:
    """Draw what the query *ref_id* asks of limits, on an *axis*, as what it is: no measurement."""
    return panel.override_by_query(
        ref_id,
        lines.all_of(
            lines.called("${__field.labels.threshold}"),
            lines.coloured(config.THRESHOLD),
            lines.dashed(),
            lines.thin(),
            # Two points, and others' times between them.
            DynamicConfigValue("custom.spanNulls", True),
            DynamicConfigValue("custom.showPoints", "never"),
            axis,
        ),
    )


def panel() -> table.Panel:
    """Return a row for each threshold."""
    made = panels.rows(
        TITLE,
        "What must hold of the run, and whether it does, of the whole run whatever the time range "
        "is: by its master while it goes on (`SWARMSCOPE_THRESHOLDS`), and by whoever judged it "
        "later (`swarmscope check`). *Not yet*: too little is known, or what it asks for isn't "
        "reached. What is broken comes first. Limits of response times and of requests a second "
        "are drawn in their panels. What all of it comes to is the verdict above.",
        "latency",
        flux.rows("thresholds", _WORST_FIRST),
        height=9,
        most_lines=2,
    ).no_value(config.NO_THRESHOLDS)
    made = made.with_transformation(transform.titled(_COLUMNS, without=_UNSEEN))
    made = made.override_by_name(
        _COLUMNS["outcome"],
        [cell_overrides.wide(92), *cell_overrides.text_in_words(*_OUTCOMES)],
    )
    made = made.override_by_name(_COLUMNS["severity"], [cell_overrides.wide(70)])
    made = made.override_by_name(_COLUMNS["shown"], [cell_overrides.wide(110)])
    for name in ("threshold", "why"):
        made = made.override_by_name(_COLUMNS[name], [cell_overrides.in_lines()])
    return panels.whole(made)
