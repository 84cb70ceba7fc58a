"""The load steps of a run: the table of what each came to."""

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

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
        # Five steps of two lines, as they have with a stage's name or a machine beside them.
        height=11,
    ).with_transformation(transform.titled(_COLUMNS))
    made = panels.whole(made)
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
