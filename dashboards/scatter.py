"""Response times against what caused them: a dot for each window."""

import json
from collections.abc import Mapping

from grafana_foundation_sdk.builders import xychart
from grafana_foundation_sdk.cog import builder
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models import xychart as model
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig

from dashboards import config, flux, lines, panels

_TIMES = ("p50", "p95")


_GRAFANA = "12.3.0"


class _Panel(xychart.Panel):
    def build(self) -> dashboard.Panel:
        made = super().build()
        # Without it Grafana takes the options for those of its first versions, and draws nothing.
        made.plugin_version = _GRAFANA
        return made


def against_users() -> xychart.Panel:
    """Return response times against the number of users."""
    return _against(
        "Response times against users",
        "One dot for each moment: how many users there were, and how long requests took. While the "
        "dots lie flat, more users cost nothing. Where they bend upwards, requests began to wait; "
        "a cloud without a shape says that something other than the load decides.",
        "users",
        "users",
        config.USERS,
        kind="int",
        added='    |> group(columns: ["time"])\n    |> sum(column: "value")\n    |> group()\n',
    )


def against_requests() -> xychart.Panel:
    """Return response times against the throughput."""
    return _against(
        "Response times against requests/s",
        "One dot for each moment: how many requests a second were answered, and how long they "
        "took. Dots that climb at one place, like a wall, show the most that the target can do: "
        "more load makes requests wait and no more of them come back.",
        "requests_per_second",
        "requests/s",
        config.PER_SECOND,
        kind="float",
    )


def _against(
    title: str, description: str, query: str, name: str, unit: str, *, kind: str, added: str = ""
) -> xychart.Panel:
    called = (
        '    |> keep(columns: ["time", "value"])\n'
        f"    |> rename(columns: {{value: {json.dumps(name)}}})\n"
    )
    made = panels.asking(
        _Panel(),
        title,
        description,
        "latency",
        _with_columns(
            "percentiles",
            f"    |> keep(columns: {json.dumps(['time', *_TIMES])})\n",
            dict.fromkeys(_TIMES, "float"),
        ),
        _with_columns(query, added + called, {name: kind}),
        height=8,
        span=panels.HALF,
        windows=config.FEWER_WINDOWS,
    )
    made = made.with_transformation(
        # Of nothing at all the inner join can't be made.
        DataTransformerConfig(id_val="joinByField", options={"byField": "time", "mode": "outer"})
    ).with_transformation(_known(name, *_TIMES))
    made = (
        made.unit(config.MILLISECONDS)
        .min(0)
        .show(model.XYShowMode.POINTS)
        .axis_border_show(False)
        .legend(panels.legend())
        .tooltip(panels.tooltip())
        # Without all of these Grafana never draws it.
        .mapping(model.SeriesMapping.MANUAL)
        .series([_Series(name, time) for time in _TIMES])
    )
    for time in _TIMES:
        made = made.override_by_name(time, [lines.coloured(config.PERCENTILES[time])])
    return made.override_by_name(name, [lines.unit_of(unit)])


def _known(*columns: str) -> DataTransformerConfig:
    """Leave out moments of which one of *columns* isn't known: Grafana takes it for 0."""
    filters = [{"fieldName": one, "config": {"id": "isNotNull"}} for one in columns]
    options = {"filters": filters, "type": "include", "match": "all"}
    return DataTransformerConfig(id_val="filterByValue", options=options)


def _with_columns(query: str, more: str, columns: Mapping[str, str]) -> str:
    """Return *query* with a row of nothing: without any it has no *columns*, which are of a kind.

    Of a run without a request Grafana would not know what to draw, and says no more than "Err".
    """
    nothing = ", ".join(
        f'{json.dumps(one)}: debug.null(type: "{kind}")' for one, kind in columns.items()
    )
    asked = flux.importing(flux.answered(query) + more, "internal/debug")
    row = f"array.from(rows: [{{time: v.timeRangeStart, {nothing}}}])"
    return f"{asked}\nunion(tables: [answer, {row}])\n"


class _Series(builder.Builder[model.XYSeriesConfig]):
    """One kind of dots: what lies to the right, and what upwards."""

    def __init__(self, x: str, y: str) -> None:
        self._made = model.XYSeriesConfig(
            name=model.XychartXYSeriesConfigName(y),
            frame=model.XychartXYSeriesConfigFrame(model.MatcherConfig("byIndex", 0)),
            x=model.XychartXYSeriesConfigX(model.MatcherConfig("byName", x)),
            y=model.XychartXYSeriesConfigY(model.MatcherConfig("byName", y)),
        )

    def build(self) -> model.XYSeriesConfig:
        """Return it."""
        return self._made
