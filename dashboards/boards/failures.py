"""*Failures and logs*: what failed, and what was logged in the same second."""

import json

from grafana_foundation_sdk.builders import logs, table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig

from dashboards import (
    cell_overrides,
    config,
    curves,
    endpoint_table,
    flux,
    frame,
    happened,
    lines,
    panels,
    transform,
    variables,
)

LOG = "Log: ${level}"
"""Where it has no line Grafana says "No data", and not what else might be there."""
_LINE = """\
    |> map(
        fn: (r) =>
            ({
                time: r.time,
                level: r.level,
                // In a log of both, whose a line is comes first, and can't be overlooked.
                line: (if r.origin == "locust" then "LOCUST" else "APPLICATION") + " | " + r.source
                    +
                    (if r.sender == "" then "" else " @ " + r.sender)
                    +
                    " | "
                    +
                    r.message,
            }),
    )
"""
_COLUMNS = {
    "failures": "Failures",
    "name": "Endpoint",
    "method": "Method",
    "status": "Status",
    "exception": "Exception",
    # Of texts for which one line seems enough Grafana looks at the first alone for where lines end.
    "message": "One of the messages",
    "reason": "Reason",
}

_OWN_COLUMNS = {
    "count": "Times",
    "user_class": "User class",
    "exception": "Exception",
    "place": "Place",
    "message": "End of one traceback",
}
_WHOLE = "whole"
"""A column that nobody sees, of all of a text: the mouse over the corner of its beginning shows
it."""
_SMALL = "small"
_LETTERS = json.dumps(json.dumps({"fontSize": "12px", "lineHeight": "15px"}))
_IN_SMALL = f"""\
    // Of more lines than a cell has Grafana shows the first, or the middle: so three go into two.
    |> map(fn: (r) => ({{r with {_SMALL}: {_LETTERS}}}))
"""
_LONGEST, _LONGEST_END = 120, 240
"""Of a message and of a traceback's last line, signs."""
_END = f"""\
    |> map(
        fn: (r) => {{
            // What is wrong stands in a traceback's last line.
            lines = strings.split(v: strings.trimSpace(v: r.message), t: "\\n")

            return {{r with {_WHOLE}: r.message, message: lines[length(arr: lines) - 1]}}
        }},
    )
"""
_NONE_LOGGED = (
    f"No line logged in this time range. {config.ELSEWHERE} Locust's come with LOGS=on, those of a "
    "service by the Telegraf that reads its log (docs/logs.md)."
)
_NONE_FAILED = f"No request failed in this time range. {config.ELSEWHERE}"
_LOOK_BELOW = f"{_NONE_FAILED} Exceptions of the locustfile's own code are no requests: see below."
_NONE_RAISED = f"None in this time range, as it should be. {config.ELSEWHERE}"


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.FAILURES_AND_LOGS,
        "What failed in a run, and what Locust and the services logged in the same second.",
        (
            variables.run(),
            variables.resolution(),
            variables.rare(variables.worker()),
            variables.level(),
            variables.origin(),
        ),
        (
            *(_kinds(), _user_errors()),
            *(happened.strip(), _over_time(), _by_status(), _lines_per_second(), _log()),
        ),
    )


def _by_status() -> timeseries.Panel:
    panel = panels.over_time(
        "Answers by status",
        "All requests a second, failed or not, by the class of their HTTP status: `none` are those "
        "that nobody answered, and other protocols. Redirects that nobody expected, and errors "
        "that the scenario takes for successes, show here alone. Which endpoint answered what "
        "stands in a table on *Endpoints*.",
        "failures",
        curves.lines("status_classes", called_by=("class",)),
        unit=config.REQUESTS_PER_SECOND,
        span=panels.FULL,
    ).no_value(config.NO_REQUESTS)
    panel = panel.override_by_query("A", [lines.bars(), lines.stacked(), lines.filled(80)])
    for status, colour in config.STATUSES.items():
        looks = [lines.coloured(colour), lines.called(status)]
        panel = panel.override_by_name(status, looks)
    return panel


def _over_time() -> timeseries.Panel:
    labels = ("name", "method", "status", "exception", "reason")
    panel = panels.over_time(
        "Failures over time",
        "Failed requests a second of the ten most frequent rows of the table above, and of all "
        "others together. One endpoint alone is its own mistake; all at once are what they share: "
        "a database, a proxy, the network. Drag over a peak: table and log then show what was in "
        "those seconds.",
        "failures",
        curves.apart("failures_by_kind", *labels, of=curves.MOST, rest=curves.OTHERS),
        unit=config.FAILURES_PER_SECOND,
        span=panels.FULL,
    ).no_value(_NONE_FAILED)
    name = " ".join(f"${{__field.labels.{label}}}" for label in labels)
    panel = panels.told_apart(panel, name)
    return panel.override_by_query("A", [lines.bars(), lines.stacked(), lines.filled(80)])


def _lines_per_second() -> timeseries.Panel:
    panel = panels.over_time(
        "Lines logged",
        "Log lines a second by level: the services under test above the zero line, Locust in other "
        "colours below it. Errors of a service in the second of a failure are its reason; failures "
        "without any line come from before the service: a proxy, the network, the generator.",
        "failures",
        curves.lines("logs_per_second", called_by=("origin", "level")),
        unit=config.LINES_PER_SECOND,
        span=panels.FULL,
        height=7,
        both_ways=True,
    ).axis_centered_zero(False)
    panel = panel.no_value(_NONE_LOGGED)
    panel = panel.override_by_query("A", [lines.bars(), lines.stacked(), lines.filled(80)])
    for origin, levels in config.LEVELS.items():
        for level, colour in levels.items():
            looks = [lines.coloured(colour), lines.called(f"{origin}: {level}")]
            if origin == "locust":
                looks.append(lines.downwards())
            panel = panel.override_by_name(f"{origin} {level}", looks)
    return panel


def _log() -> logs.Panel:
    made = panels.asking(
        logs.Panel(),
        LOG,
        "The newest thousand warnings and errors of the time range: of the services under test, "
        "and of this run's workers and master. *Level* and *Log of*, above the board, show the "
        "rest. Narrow the range down to a peak of failures, and read what was said then. Nothing "
        "of Locust: is `SWARMSCOPE_LOG_SINK` set? Nothing of a service: does Telegraf read its "
        "log?",
        "failures",
        flux.rows("logs", _LINE),
        height=11,
        span=panels.FULL,
    )
    order = {"indexByName": {"time": 0, "line": 1, "level": 2}}
    return (
        made.with_transformation(DataTransformerConfig(id_val="organize", options=order))
        .show_time(True)
        .wrap_log_message(True)
        .enable_log_details(True)
        .sort_order(common.LogsSortOrder.DESCENDING)
    )


def _kinds() -> table.Panel:
    panel = panels.rows(
        "Failures, over the whole time range",
        "Each kind of failure with one of its messages as it came, the most frequent first. The "
        "status says who refused: none is the network or the generator, 4xx the scenario or its "
        "data, 5xx the target. The mouse over the corner of a message shows all of it.",
        "failures",
        flux.importing(
            endpoint_table.in_short(
                flux.rows(
                    "exceptions",
                    flux.kept("message", _WHOLE)
                    + flux.shortened("message", _LONGEST)
                    + flux.broken("message")
                    + _IN_SMALL,
                )
            ),
            "strings",
        ),
        height=10,
        most_lines=2,
    )
    panel = panels.whole(panel).no_value(_LOOK_BELOW)
    panel = panel.with_transformation(transform.titled(_COLUMNS))
    widths = {"failures": 85, "method": 70, "status": 65, "exception": 178}
    for column, width in widths.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.wide(width)])
    reason = [cell_overrides.at_least(150), *cell_overrides.shown_whole()]
    panel = panel.override_by_name(_COLUMNS["reason"], reason)
    panel = endpoint_table.named(panel, _COLUMNS["name"], width=cell_overrides.wide(205))
    panel = panel.override_by_name(_COLUMNS["failures"], [lines.unit_of(config.COUNT)])
    return _with_beginning(panel, _COLUMNS["message"], at_least=150)


def _with_beginning(panel: table.Panel, column: str, *, at_least: int) -> table.Panel:
    """Show the beginning of a text in *column*, and all of it to who asks."""
    looks = [
        cell_overrides.at_least(at_least),
        cell_overrides.in_lines(),
        cell_overrides.told_by(_WHOLE),
        cell_overrides.styled_by(_SMALL),
    ]
    panel = panel.override_by_name(column, looks)
    panel = panel.override_by_name(_SMALL, [cell_overrides.unseen()])
    return panel.override_by_name(_WHOLE, list(cell_overrides.for_corners()))


def _user_errors() -> table.Panel:
    panel = panels.rows(
        "Exceptions in the locustfile, over the whole time range",
        "What the locustfile's own code let out in a task, in `on_start` or in `on_stop`. These "
        "are no requests, and in no other panel: a task that raises before it requests anything "
        "makes no load at all. The place is the line of the locustfile; the mouse over the "
        "corner of a traceback's end shows all of it. An empty table is as it should be.",
        "failures",
        flux.importing(
            flux.rows("user_errors", _END + flux.shortened("message", _LONGEST_END) + _IN_SMALL),
            *("regexp", "strings"),
        ),
        height=8,
        most_lines=3,
    )
    panel = panels.whole(panel).no_value(_NONE_RAISED)
    panel = panel.with_transformation(transform.titled(_OWN_COLUMNS))
    panel = panel.override_by_name(_OWN_COLUMNS["count"], [cell_overrides.wide(85)])
    for column, width in {"user_class": 110, "exception": 150, "place": 190}.items():
        looks = [cell_overrides.wide(width), *cell_overrides.shown_whole()]
        panel = panel.override_by_name(_OWN_COLUMNS[column], looks)
    panel = panel.override_by_name(_OWN_COLUMNS["count"], [lines.unit_of(config.COUNT)])
    return _with_beginning(panel, _OWN_COLUMNS["message"], at_least=300)
