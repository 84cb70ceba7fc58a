"""*Generators*: whether the workers kept up, and whether all they saw arrived."""

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig

from dashboards import (
    arrivals,
    banner,
    cell_overrides,
    config,
    crowd,
    curves,
    flux,
    frame,
    happened,
    lines,
    panels,
    transform,
    variables,
    workers,
)

_COLUMNS = {
    "worker": "Worker",
    "host": "Host",
    "seen": "Seen",
    "stored": "Stored",
    "pending": "Pending",
    "rejected": "Rejected",
    "lost": "Lost",
    "spool_bytes": "Spool",
    "final": "Finished",
    "last": "Last word",
}
_UNITS = {
    config.COUNT: ("seen", "stored", "pending", "rejected", "lost"),
    config.BYTES: ("spool_bytes",),
    config.MOMENT: ("last",),
}


_AS_MUCH_AS_STORED = """\
    |> map(
        fn: (r) =>
            ({r with seen:
                    // What it said last is older than the newest of what is stored.
                    if not r.final and exists r.seen and r.stored > r.seen then
                        r.stored
                    else
                        r.seen,
            }),
    )
"""


def board() -> Dashboard:
    """Return the board."""
    return frame.board(
        config.GENERATORS,
        "The workers of a run: whether they kept up, and whether what they saw arrived.",
        (variables.run(), variables.resolution(), variables.worker()),
        (
            banner.panel(),
            happened.strip(),
            workers.cpu(),
            workers.lag(),
            _requests(),
            _balance(),
            _pending(),
            _retried(),
            workers.clock(),
            workers.memory(),
            _accounts(),
            # Last: most users wait for their answers, and say nothing of it.
            arrivals.panel(),
        ),
    )


def _requests() -> timeseries.Panel:
    panel = panels.over_time(
        "Requests by worker",
        "Requests a second, worker upon worker: each one's part of the load. A part that shrinks "
        "while the others stay is a worker that can't keep up, or that has lost its users. "
        + crowd.TOLD
        + "five that made the fewest.",
        "generators",
        crowd.load("worker_requests"),
        unit=config.REQUESTS_PER_SECOND,
    )
    # A line of its own would go on over the others after a worker has left.
    parts = [lines.stacked(), lines.filled(70), lines.without_line()]
    panel = panel.override_by_query("A", parts)
    return crowd.looks(panel)


def _balance() -> timeseries.Panel:
    panel = panels.over_time(
        "Imbalance of users between workers",
        "Users of the worker that has the most, of the one that has the fewest, and their mean. "
        "The lines lie upon each other when users are dealt out evenly; a gap that stays is a "
        "worker that joined late and was given nothing, or one that is much slower.",
        "generators",
        curves.lines("worker_imbalance", values=("most", "least", "average")),
        unit=config.USERS,
    )
    colours = {"most": config.VERMILION, "least": config.SKY, "average": config.GREY}
    return panels.in_colours(panel, colours)


def _pending() -> timeseries.Panel:
    return _counter(
        "Requests on their way",
        "Requests that a worker saw and that the store hasn't confirmed. A few are normal: they "
        "are sent once a second. A line that climbs is a store that is away or too slow; nothing "
        "is lost while the spool has room. " + crowd.TOLD + "five that had the most.",
        "requests_pending",
    )


def _retried() -> timeseries.Panel:
    panel = _counter(
        "Points sent again",
        "Points that had to be sent again since the run began. Steps are moments in which the "
        "store did not answer: compare them with the store's machine. "
        + crowd.TOLD
        + "five that had the most.",
        "points_retried",
    )
    return panel.override_by_query("A", [lines.stepped()])


def _counter(title: str, description: str, field: str) -> timeseries.Panel:
    asked = crowd.health("worker_delivery", field, "last", value="value")
    panel = panels.over_time(title, description, "delivery", asked, unit=config.COUNT)
    return crowd.looks(panel)


def _accounts() -> table.Panel:
    panel = panels.rows(
        "Delivery, over the whole time range",
        "What each worker saw, and what of it is stored. Both are the same number when it has "
        "finished. Pending: on its way or in the spool, as far as the worker said and the store "
        "doesn't have it by now. Rejected: the store refused points for good, its answer is in the "
        "worker's log. Lost: the spool was full.",
        "delivery",
        flux.rows("delivery", _AS_MUCH_AS_STORED),
        height=8,
    )
    keep = {"include": {"names": list(_COLUMNS)}}
    panel = panel.with_transformation(
        DataTransformerConfig(id_val="filterFieldsByName", options=keep)
    ).with_transformation(transform.titled(_COLUMNS))
    for unit, columns in _UNITS.items():
        for column in columns:
            looks = [
                lines.unit_of(unit),
                cell_overrides.wide(155 if unit == config.MOMENT else 78),
            ]
            panel = panel.override_by_name(_COLUMNS[column], looks)
    panel = panel.override_by_name(_COLUMNS["final"], [cell_overrides.wide(78)])
    for column in ("worker", "host"):
        panel = panel.override_by_name(_COLUMNS[column], [cell_overrides.at_least(95)])
    panel = panel.override_by_name(_COLUMNS["host"], [cell_overrides.in_lines()])
    for column in ("rejected", "lost"):
        panel = panel.override_by_name(
            _COLUMNS[column], list(cell_overrides.in_colour((1, config.FAILURES)))
        )
    return panels.whole(panel)
