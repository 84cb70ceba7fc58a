"""The load steps of a run: the table of what each came to, and a strip of what happened when."""

import json
from typing import cast

from grafana_foundation_sdk.builders import statetimeline, table
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue
from grafana_foundation_sdk.models.statetimeline import Options

from dashboards import cell_overrides, config, flux, lines, panels, transform, variables
from swarmscope import schema

TITLE = "Load steps: where did it break?"
_COLUMNS = {
    "start": "From",
    "users": "Users",
    "seconds": "For",
    "requests": "Requests",
    "requests_per_second": "Req/s",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "failed": "Failed",
    "hosts": "Highest CPU",
    "generators": "Generators",
    "until": "End",
}
_UNITS = {
    "time:HH:mm:ss": ("start",),
    # Of minutes and more seconds are no number that anybody reads.
    config.DURATION: ("seconds",),
    config.COUNT: ("requests",),
    config.PER_SECOND: ("requests_per_second",),
    config.MILLISECONDS: ("p50", "p95", "p99"),
    config.SHARE: ("failed",),
}
_WIDTHS = {"start": 76, "seconds": 72, "requests": 78, "generators": 98}
_WIDTH = 66
_SHOWN = f"""\
    |> map(
        fn: (r) => {{
            ran = if exists r.running then string(v: int(v: r.running + 0.5)) else "?"
            users =
                if exists r.wanted and exists r.running and r.running
                        <
                        {schema.ALL_RUNNING} * r.wanted then
                    string(v: int(v: r.wanted)) + " (" + ran + " ran)"
                else if exists r.wanted then
                    string(v: int(v: r.wanted))
                else if r.kind == "ramp" then
                    "ramp, ~" + ran
                else
                    "~" + ran

            return {{
                start: r.start,
                // A column of its own would make a small screen scroll sideways.
                users: if r.stage == "" then users else users + "\n" + r.stage,
                seconds: r.seconds,
                requests: r.requests,
                requests_per_second: r.requests_per_second,
                p50: r.p50,
                p95: r.p95,
                p99: r.p99,
                failed:
                    {flux.SHARE_OF_FAILED},
                hosts: r.hosts,
                generators: r.generators,
                until: time(v: int(v: r.start) + int(v: r.seconds * 1000000000.0)),
            }}
        }},
    )
"""
_AT_ONCE = """\
    |> map(fn: (r) => ({r with second: date.truncate(t: r.time, unit: 1s)}))
    |> group(columns: ["second", "event"])
    |> reduce(
        identity: {number: 0, time: time(v: 0), message: ""},
        fn: (r, accumulator) =>
            ({
                number: accumulator.number + 1,
                time: if accumulator.number == 0 then r.time else accumulator.time,
                message:
                    if accumulator.number == 0 then
                        r.message
                    else
                        string(v: accumulator.number + 1) + " workers "
                            +
                            (if r.event == "worker_join" then "joined" else "left"),
            }),
    )
    |> group()
    |> sort(columns: ["time", "event"])
"""
"""Of several that came in one second one alone would be seen."""
_FULL = rf"/^[^,]* ({config.WORKER_CPU_LIMIT // 10:.0f}\d|100) %/"
_KEPT = variables.in_link("run", *variables.CARRIED)


def panel() -> table.Panel:
    """Return the table; a click on a step shows it alone."""
    made = panels.rows(
        TITLE,
        "What the run came to while as many users were wanted, one load step after the other; what "
        "lies between is a ramp, in pieces where it is long. Read down: where requests a second "
        "stop growing with the users and p95 begins to, that is the limit, and *Highest CPU* there "
        "says whether a machine was full. Where it was the generator, the response times are its "
        "own; *late at spawn* says that some may be of the moments in which users were started or "
        "stopped. All endpoints and workers together, percentiles from merged histograms (within "
        "2 %). Below the users stands the stage, where a load shape names some. A new step is "
        "called a ramp until it has lasted 10 s. Click a time to see that step alone.",
        "load",
        flux.rows("load_steps", _SHOWN),
        height=8,
    ).with_transformation(transform.titled(_COLUMNS))
    for unit, columns in _UNITS.items():
        for column in columns:
            made = made.override_by_name(_COLUMNS[column], [lines.unit_of(unit)])
    for column in (one for one in _COLUMNS if one not in ("users", "hosts", "until")):
        width = cell_overrides.wide(_WIDTHS.get(column, _WIDTH))
        made = made.override_by_name(_COLUMNS[column], [width])
    made = made.with_transformation(transform.drawn_anew_with(_KEPT))
    for column, properties in _looks().items():
        made = made.override_by_name(_COLUMNS[column], properties)
    return made


def _looks() -> dict[str, list[DynamicConfigValue]]:
    """Return what is done to the cells of columns, beside their units and widths."""
    link = {
        "title": "This step alone",
        "url": f"/d/{config.OVERLAY}?{_KEPT}"
        "&from=${__data.fields.From.numeric}&to=${__data.fields.End.numeric}"
        f"&refresh={config.REFRESH_OVER}",
    }
    return {
        "start": [DynamicConfigValue("links", [link])],
        "users": [
            *cell_overrides.text_in_words((r"/^\d+ \(/", config.WORSE), ("/^ramp/", config.GREY)),
            # It shares what is left with the hosts: a stage's name has a line where there is room.
            cell_overrides.at_least(112),
            *cell_overrides.shown_whole(),
        ],
        "failed": lines.all_of(
            cell_overrides.in_colour((config.FAILED_SHARE_LIMIT, config.FAILURES))
        ),
        "hosts": [
            *cell_overrides.text_in_words((_FULL, config.WORSE)),
            cell_overrides.at_least(130),
            *cell_overrides.shown_whole(),
        ],
        "generators": cell_overrides.text_in_words(
            ("/^saturated/", config.WORSE), ("/^stalled/", config.AMBER)
        ),
        "until": [cell_overrides.unseen()],
    }


def _lane(asked: str, condition: str, text: str, called: str, *, together: str = "") -> str:
    return (
        f"{asked}    |> filter(fn: (r) => {condition})\n{together}"
        f"    |> map(fn: (r) => ({{_time: r.time, _value: {text}}}))\n"
        f"    |> rename(columns: {{_value: {json.dumps(called)}}})\n"
    )


class _Strip(statetimeline.Panel):
    def build(self) -> dashboard.Panel:
        # No pages, which would take the room of the lanes: the builder can't say that.
        options = cast("Options", self._internal.options)
        options.per_page = 0
        return super().build()


def strip() -> statetimeline.Panel:
    """Return what happened when, in words: on the axis of the panels above it."""
    events = flux.catalogue("run_events")
    made = panels.asking(
        _Strip(),
        "What happened when",
        "The load steps of the table below by their stages' names, where a load shape has some, "
        "workers that came or left, and what people and "
        "pipelines marked: a deploy, a note. Each label stands where it happened, and its bar "
        "reaches to the next one. See which of them a change of the curves above follows.",
        "load",
        flux.own("strip"),
        _lane(
            flux.importing(events, "date"),
            # Not that users were shared out again: it would cover who left a moment before.
            'r.event == "worker_join" or r.event == "worker_leave"',
            "r.message",
            "workers",
            together=_AT_ONCE,
        ),
        _lane(flux.catalogue("events"), "true", 'r.kind + ": " + r.text', "marks"),
        height=5,
        span=panels.FULL,
    )
    made = (
        made.show_value(common.VisibilityMode.AUTO)
        .merge_values(True)
        .align_value(common.TimelineValueAlignment.LEFT)
        .row_height(0.85)
        .line_width(1)
        .fill_opacity(70)
        .axis_width(panels.axes_of(panels.FULL))
        .legend(panels.no_legend())
    )
    for name, colour, words in (
        ("load", config.NAVY, (("/^ramp/", config.GREY), ("/^stopped/", "transparent"))),
        ("workers", config.GREY, (("/left/", config.WORSE),)),
        # Behind the end of something nothing goes on, though its bar reaches on.
        ("marks", config.VIOLET, (("/ off$/", config.GREY),)),
    ):
        looks = list(cell_overrides.in_words(*words, otherwise=colour))
        made = made.override_by_name(name, looks)
    return made
