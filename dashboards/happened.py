"""A strip of what happened when, in words: marks alone are triangles that say nothing from afar."""

import json
from typing import cast

from grafana_foundation_sdk.builders import statetimeline
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.statetimeline import Options

from dashboards import cell_overrides, config, flux, panels

LOW = 4
"""Of a board that is about something else: lower, words would have no room in three lanes."""
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
                    if accumulator.number == 0 or r.event !~ /^worker_/ then
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


def strip(height: int = LOW) -> statetimeline.Panel:
    """Return what happened when, in words: on the axis of the panels as wide as it."""
    events = flux.catalogue("run_events")
    made = panels.asking(
        _Strip(),
        "What happened when",
        "The load steps, by their stages' names where a load shape has some; workers that came or "
        "left, a reset of Locust's statistics, a threshold that ended the test, that it was ended "
        "before its time, the verdict, of a duet its answer; and "
        "what people and pipelines marked: a deploy, a note. Each label stands where it "
        "happened, and its bar reaches to the next one. See which of them a change of the curves "
        "follows.",
        "load",
        flux.own("strip"),
        _lane(
            flux.importing(events, "date"),
            # Not that users were shared out again: it would cover who left a moment before.
            "r.event =~ /^(worker_join|worker_leave|reset|abort|cut_short|verdict|duet_verdict)$/",
            # A verdict stands at the right edge of its run, where a word has room, and no more.
            "r.message",
            "run",
            together=_AT_ONCE,
        ),
        _lane(flux.catalogue("events"), "true", 'r.kind + ": " + r.text', "marks"),
        height=height,
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
        (
            "run",
            config.GREY,
            (
                ("/ left$/", config.WORSE),
                ("/^(passed|same|better)/", config.TEAL),
                ("/^(warning|can't tell)/", config.AMBER),
                ("/^(failed|inconclusive|worse)/", config.ROSE),
            ),
        ),
        # Behind the end of something nothing goes on, though its bar reaches on.
        ("marks", config.VIOLET, (("/ off$/", config.GREY),)),
    ):
        looks = list(cell_overrides.in_words(*words, otherwise=colour))
        made = made.override_by_name(name, looks)
    return made
