"""What is drawn of workers: a line for each, or of many mean, highest and lowest, and the worst."""

import re

from grafana_foundation_sdk.builders import timeseries

from dashboards import config, curves, flux, lines, panels
from swarmscope import schema

_PLACE = re.compile(r"\$(\w+)")
_HEALTH = 'r._measurement == "locust_worker"'
_LOAD = f'r._measurement == "locust_stats" and r.name == "{schema.AGGREGATED}"'
_PER_SECOND = " * 1000000000.0 / float(v: int(v: every))"
_HIGHEST = "seconds |> max()"
_MOST = "seconds |> mean()"
_FURTHEST = """
    union(tables: [seconds |> max(), seconds |> min()])
        |> map(fn: (r) => ({r with _value: if r._value < 0.0 then -r._value else r._value}))
        |> group(columns: ["worker"])
        |> max()"""
TOLD = (
    f"Of more than {config.EACH_WORKER} workers there is no line for each, but for their mean, the "
    "highest and the lowest of each moment, and by name for the "
)
"""How descriptions begin to say it."""
MEAN, MAX, MIN = "mean", "max", "min"


def health(
    query: str,
    field: str,
    window: str,
    *,
    value: str = "",
    lasting: bool = False,
    either_way: bool = False,
) -> str:
    """Return Flux for a *field* of the workers' own points, of which each *window* has one.

    The worst are those with the highest; of what is bad when it is *lasting* those with the most on
    average, whom a short peak of others does not hide; and where a value may err *either_way* those
    furthest from 0.
    """
    return _lines(
        query,
        field,
        window,
        value or field,
        worst=_FURTHEST if either_way else _MOST if lasting else _HIGHEST,
        measured=_HEALTH,
    )


def load(query: str) -> str:
    """Return Flux for the workers' requests a second; the worst are those with the fewest."""
    return _lines(
        query,
        "count",
        "sum",
        "value",
        worst=_MOST,
        fewest=True,
        measured=_LOAD,
        scale=_PER_SECOND,
    )


def _lines(
    query: str,
    field: str,
    window: str,
    value: str,
    *,
    worst: str,
    measured: str,
    scale: str = "",
    fewest: bool = False,
) -> str:
    places = {
        "measured": measured,
        "field": field,
        # Of health a part of a window is as good as the whole.
        "start": "drawn_from" if measured == _LOAD else "v.timeRangeStart",
        "stop": "drawn_to" if measured == _LOAD else "v.timeRangeStop",
        "window": window,
        "value": f"float(v: r._value){scale}",
        "worst": worst,
        "largest": "false" if fewest else "true",
        "named": str(config.WORST),
        "apart": str(config.EACH_WORKER),
        "envelope": ", ".join(f'of_all(fn: {fn}, called: "{fn}")' for fn in (MEAN, MAX, MIN)),
    }
    crowd = _PLACE.sub(lambda found: places[found[1]], flux.read("crowd"))
    drawn = field if measured == _HEALTH else ""
    return curves.apart(
        query, "worker", value=value, drawn=drawn, of=curves.WORKERS, together=crowd
    )


def looks(panel: timeseries.Panel) -> timeseries.Panel:
    """Let a crowd look as such, whatever is said of each one's line: comes last."""
    panel = panels.told_apart(panel, "${__field.labels.worker}")
    plain = [lines.alone(), lines.filled(0), lines.as_thick_as_others()]
    edge = [*plain, lines.coloured(config.GREY), lines.thin()]
    panel = panel.override_by_name(MAX, [*edge, lines.down_to(MIN), lines.filled(15)])
    panel = panel.override_by_name(MIN, edge)
    panel = panel.override_by_name(MEAN, [*plain, lines.coloured(config.CROWD)])
    for i, colour in zip(range(config.WORST), config.APART, strict=False):
        one = [*plain, lines.coloured(colour), lines.thin()]
        panel = panel.override_by_name(f"worst {i}", one)
    return panel
