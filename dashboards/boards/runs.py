"""*Runs*, the first page: every run, and the way to it."""

import json

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards import cell_overrides, config, flux, frame, panels, transform, variables

_COLUMNS = {
    "run": "Run",
    "test": "Test",
    "label": "Label",
    "commit": "Commit",
    "users": "Users",
    "seconds": "Duration",
    "requests": "Requests",
    "p95": "p95",
    "audit": "Data",
    "failed": "Failed",
    "user_errors": "Exceptions",
    "verdict": "Verdict",
    "from": "Begin",
    "workers": "Workers",
    "target": "Target",
    "description": "About",
    "why": "Why",
    "until": "End",
}
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
    "run": 185,
    "test": 90,
    "label": 100,
    "commit": 80,
    "users": 60,
    "seconds": 80,
    "requests": 85,
    "p95": 75,
    "failed": 70,
    "user_errors": 85,
    "audit": 130,
    "from": 155,
    "workers": 80,
}
"""All that is said of a run's numbers fits beside its name on a small screen."""
_ASKABLE = """\
    // A click asks for the run: see runs.flux.
    |> filter(fn: (r) => r.run !~ /["\\\\$[:cntrl:]]/)
"""
_LINK = (
    f"/d/{config.OVERLAY}?var-run=${{__value.raw:percentencode}}"
    "&from=${__data.fields.Begin.numeric}&to=${__data.fields.End}"
)
_END = """\
    // Of a run that goes on a board must go on, too.
    |> map(
        fn: (r) =>
            ({r with until:
                    if r.goes_on then "now" else string(v: int(v: r.until) / 1000000),
            }),
    )
    |> drop(columns: ["goes_on"])
"""


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.RUNS,
        "Every run in the time range. A click on one opens it.",
        (variables.minutes(of=""), variables.unsummarised()),
        (_runs(),),
        of_a_run=False,
        over_time=False,
    )


def _runs() -> table.Panel:
    panel = panels.rows(
        "Runs: click one to see it over the machines that carried it",
        "Every run with points in the time range, the newest first; percentiles are merged over "
        "all seconds, workers and endpoints. *Data* is what the newest audit found: `complete`, "
        "`incomplete` by how many requests, `running` while it goes on and nothing is amiss, "
        "`pending` while some are on their way, `no data to judge` where none was made; *Why* has "
        "its reasons. Where nobody has audited a run, or not to its end, `swarmscope audit RUN` "
        "does. *Exceptions* are what the locustfile's own code let out. "
        "*Label* and *About* are said on Locust's page, or in the environment, when "
        "it was started. The *verdict* is that of the thresholds, where the run was judged.",
        "load",
        flux.rows("runs", f"{_ASKABLE}    |> keep(columns: {json.dumps(_KEPT)})\n"),
        flux.rows("run_summaries", _ASKABLE + _END),
        height=22,
    )
    panel = (
        panel.with_transformation(transform.merged())
        .with_transformation(transform.calculated("failed", "failures", "/", "requests"))
        .with_transformation(transform.titled(_COLUMNS, without=("failures",)))
    )
    for unit, columns in _UNITS.items():
        for column in columns:
            panel = panel.override_by_name(_COLUMNS[column], [panels.unit_of(unit)])
    for column, width in _WIDTHS.items():
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.wide(width)])
    panel = panel.no_value(config.NO_RUNS)
    for column, properties in _looks().items():
        panel = panel.override_by_name(_COLUMNS[column], properties)
    return panel


def _looks() -> dict[str, list[DynamicConfigValue]]:
    """Return what is done to the cells of columns, beside their units and widths."""
    link = {"title": "The run over its machines", "url": _LINK}
    return {
        "run": [DynamicConfigValue("links", [link])],
        "failed": panels.all_of(
            cell_overrides.in_colour((config.FAILED_SHARE_LIMIT, config.FAILURES)),
            cell_overrides.without_nan(),
        ),
        "user_errors": list(cell_overrides.in_colour((1, config.FAILURES))),
        "audit": _words(
            ("/^complete/", config.BETTER),
            ("/^running/", config.SKY),
            ("/^(incomplete|no data)/", config.WORSE),
            ("/^not audited/", config.GREY),
            otherwise=config.AMBER,
        ),
        "why": [cell_overrides.at_least(150), cell_overrides.shown_whole()],
        "verdict": _words(
            ("/^not judged$/", config.GREY), ("/^fail/i", config.WORSE), otherwise=config.BETTER
        ),
        "description": [cell_overrides.at_least(150), cell_overrides.shown_whole()],
        "until": [DynamicConfigValue("custom.hideFrom.viz", True)],
    }


def _words(*words: tuple[str, str], otherwise: str) -> list[DynamicConfigValue]:
    cell = DynamicConfigValue("custom.cellOptions", {"type": "color-text"})
    return [
        cell,
        cell_overrides.at_least(90),
        *cell_overrides.in_words(*words, otherwise=otherwise),
    ]
