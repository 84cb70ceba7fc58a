"""*Runs*, the first page: every run, and the way to it."""

import json

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import (
    cell_overrides,
    config,
    flux,
    frame,
    lines,
    panels,
    thresholds,
    transform,
    variables,
)

_COLUMNS = {
    "run": "Run",
    "test": "Test",
    "label": "Label",
    "users": "Users",
    "seconds": "Duration",
    "requests": "Requests",
    "p95": "p95",
    "failed": "Failed",
    "verdict": "Verdict",
    "audit": "Data",
    "user_errors": "Exceptions",
    "why": "Why",
    "description": "About",
    "from": "Begin",
    "commit": "Commit",
    "workers": "Workers",
    "target": "Target",
    "until": "End",
    "reasons": "Reasons",
    "refresh": "Refresh",
}
"""What somebody looks for in a list comes first: a small screen shows that much."""
_KEPT = [
    *("run", "test", "label", "description"),
    *("users", "requests", "failures", "target", "workers", "user_errors"),
]
_UNITS = {
    config.MOMENT: ("from",),
    config.COUNT: ("users", "requests", "workers", "user_errors"),
    config.DURATION: ("seconds",),
    config.MILLISECONDS: ("p95",),
    config.SHARE: ("failed",),
}
_WIDTHS = {
    "run": 175,
    "test": 80,
    "label": 80,
    "users": 56,
    "seconds": 78,
    "requests": 84,
    "p95": 62,
    "failed": 66,
    "verdict": 98,
    "audit": 151,
    "user_errors": 98,
    "commit": 78,
    "workers": 76,
    "description": 100,
    "target": 110,
}
"""Up to *Data* they are as wide as a small screen beside Grafana's own menu, and all of them as a
large one, with room for sentences."""
_SENTENCE = 180
_WORDS = 50
"""Signs of a reason: two or three lines, or a run that is amiss takes the room of three others."""
_REASONS = f"""\
    // Beside the verdict, and none of what is in order: it would take a line more of each run.
    |> map(
        fn: (r) =>
            ({{r with reasons:
                    if r.why =~ /^(complete|running): / then
                        ""
                    else
                        regexp.replaceAllString(
                            r: /^(no data to judge: |(incomplete|pending)[^:]*?, because )/,
                            v: r.why,
                            t: "",
                        ),
            }}),
    )
{flux.kept("reasons", "why")}{flux.shortened("why", _WORDS)}"""
_TOLD_BY = {
    "run": "Begin",
    "test": "Target",
    "label": "About",
    "audit": "Reasons",
    "why": "Reasons",
}
"""What else the mouse over the corner of a cell shows, without a way to the end of the row."""
_ASKABLE = """\
    // A click asks for the run: see runs.flux.
    |> filter(fn: (r) => r.run !~ /["\\\\$[:cntrl:]]/)
"""
_LINK = (
    f"/d/{config.OVERLAY}?var-run=${{__value.raw:percentencode}}"
    "&from=${__data.fields.Begin.numeric}&to=${__data.fields.End}&refresh=${__data.fields.Refresh}"
)
_TREND = {
    "title": "Its runs, one after the other",
    "url": f"/d/{config.TREND}?var-test=${{__value.raw:percentencode}}",
}
_PICKED = """\
picked = "" !~ /^${test:regex}$/ or "" !~ /^${label:regex}$/ or "" !~ /^${verdict:regex}$/
"""
_LISTED = "    |> map(fn: (r) => ({r with listed: true}))\n"
"""A column without which an empty table couldn't be told from one with rows."""
_END = f"""\
    // Of a run that goes on a board must go on, too.
    |> map(
        fn: (r) =>
            ({{r with until:
                    if r.goes_on then "now" else string(v: int(v: r.until) / 1000000),
                refresh: if r.goes_on then "{config.REFRESH_LIVE}" else "{config.REFRESH_OVER}",
            }}),
    )
    |> drop(columns: ["goes_on"])
"""


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.RUNS,
        "Every run in the time range. A click on one opens it.",
        (*variables.of_runs(), variables.minutes(of=""), variables.unsummarised()),
        (_runs(),),
        of_a_run=False,
        over_time=False,
    )


def _runs() -> table.Panel:
    panel = panels.rows(
        "Runs: click one to see it over the machines that carried it",
        "Every run with points in the time range, those that go on first, then the newest; "
        "percentiles are merged over all seconds, workers and endpoints. *Data* is what the newest "
        "audit found: `complete`, `incomplete` by how many requests, `running` while it goes on "
        "and nothing is amiss, `pending` while some are on their way, `no data to judge` where "
        "none was made; *Why* has its reasons. Where nobody has audited a run, or not to its end, "
        "`swarmscope audit RUN` does. *Exceptions* are what the locustfile's own code let out. "
        "*Label* and *About* are said on Locust's page, or in the environment, when it was "
        "started. The *verdict* is that of the thresholds, where the run was judged. The mouse "
        "over the corner of a run, a test, a label, *Data* or *Why* shows when it began, its "
        "target, *About*, all of *Why*.",
        "load",
        # The first one's order is that of the table.
        _joinable("run_summaries", _ASKABLE + _REASONS + _END) + _LISTED,
        _joinable("runs", f"{_ASKABLE}    |> keep(columns: {json.dumps(_KEPT)})\n"),
        height=22,
    )
    panel = (
        panel.with_transformation(transform.joined("run"))
        .with_transformation(transform.gone_if_empty("listed"))
        .with_transformation(transform.calculated("failed", "failures", "/", "requests"))
        .with_transformation(transform.titled(_COLUMNS, without=("failures",)))
    )
    for unit, columns in _UNITS.items():
        for column in columns:
            panel = panel.override_by_name(_COLUMNS[column], [lines.unit_of(unit)])
    for column, told in _TOLD_BY.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.told_by(told)])
    for column, width in _WIDTHS.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.wide(width)])
    panel = panel.no_value(config.NO_RUNS)
    for column, properties in _looks().items():
        panel = panel.override_by_name(_COLUMNS[column], properties)
    return panel


def _joinable(name: str, more: str) -> str:
    """Return the query *name* with a row that no other answer has, which joining leaves out.

    An answer without any row has no columns: Grafana would show the other one alone. Where nothing
    is picked both have rows or none has.
    """
    asked = flux.importing(flux.answered(name) + more, "regexp", "strings")
    row = f'array.from(rows: [{{run: "\\n{name}"}}])'
    return f"{asked}\n{_PICKED}union(tables: [answer, {row} |> filter(fn: (r) => picked)])\n"


def _looks() -> dict[str, list[DynamicConfigValue]]:
    """Return what is done to the cells of columns, beside their units and widths."""
    link = {"title": "The run over its machines", "url": _LINK}
    return {
        "run": [DynamicConfigValue("links", [link])],
        "test": [DynamicConfigValue("links", [_TREND])],
        "failed": lines.all_of(
            cell_overrides.in_colour((config.FAILED_SHARE_LIMIT, config.FAILURES)),
            cell_overrides.without_nan(),
        ),
        "user_errors": list(cell_overrides.in_colour((1, config.FAILURES))),
        "audit": cell_overrides.text_in_words(
            ("/^complete/", config.BETTER),
            ("/^running/", config.SKY),
            ("/^(incomplete|no data)/", config.WORSE),
            ("/^not audited/", config.GREY),
            otherwise=config.AMBER,
        ),
        "why": [cell_overrides.at_least(_SENTENCE), cell_overrides.in_lines()],
        "verdict": cell_overrides.text_in_words(*thresholds.VERDICTS, otherwise=config.BETTER),
        # By its end a label tells a run from the one before it: release 1.4.1, release 1.4.2.
        "label": [cell_overrides.in_lines()],
        "description": [*cell_overrides.shown_whole()],
        "target": [*cell_overrides.shown_whole()],
        **{column: [cell_overrides.unseen()] for column in ("from", "until", "refresh")},
        "reasons": [*cell_overrides.for_corners()],
    }
