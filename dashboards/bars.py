"""Horizontal bars, one for each endpoint: what is read at a glance."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import barchart
from grafana_foundation_sdk.models import common

from dashboards import config, flux, lines, panels
from swarmscope import schema

NAME = f"""\
            // Grafana cuts off what is too long for its axis.
            cut =
                {flux.IN_SHORT}
            together = r.name == "{schema.AGGREGATED}"
            name =
                if together then
                    "{config.ALL_ENDPOINTS}"
                else
                    strings.trimSpace(v: r.method + " " + cut)
"""
"""In a map over rows of endpoints: what a bar is called, and whether it is all of them together."""


def panel(
    title: str, description: str, query: str, more: str, parts: Mapping[str, tuple[str, str]]
) -> barchart.Panel:
    """Return a bar for each row of *query* with *more* Flux behind it, in its column `endpoint`.

    *parts* are the columns that it consists of, with what they are called and their colour; they
    arrive in the order of their names.
    """
    made = panels.asking(
        barchart.Panel(),
        title,
        description,
        "latency",
        flux.importing(flux.rows(query, more), "regexp", "strings"),
        height=10,
        span=panels.FULL,
        windows=config.FEWER_WINDOWS,
    )
    made = (
        made.orientation(common.VizOrientation.HORIZONTAL)
        .x_field("endpoint")
        .stacking(common.StackingMode.NORMAL)
        # Grafana writes that of one part into the next: the mouse tells them.
        .show_value(common.VisibilityMode.NEVER)
        .bar_width(0.85)
        .fill_opacity(85)
        .line_width(0)
        .min(0)
        .legend(panels.legend())
        .tooltip(panels.tooltip())
    )
    for name, (called, colour) in parts.items():
        made = made.override_by_name(name, [lines.called(called), lines.coloured(colour)])
    return made
