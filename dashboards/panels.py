"""The kinds of panels, all alike: lines over time, rows, and lines told apart."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TypeVar, cast

from grafana_foundation_sdk.builders import (
    barchart,
    heatmap,
    logs,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
    trend,
    xychart,
)
from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import dashboard as parts
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    MatcherConfig,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.table import Options

from dashboards import config, curves, lines, target

HALF, FULL = 12, 24


Panel = (
    timeseries.Panel
    | table.Panel
    | heatmap.Panel
    | stat.Panel
    | logs.Panel
    | trend.Panel
    | text.Panel
    | statetimeline.Panel
    | xychart.Panel
    | barchart.Panel
)
P = TypeVar(
    "P",
    timeseries.Panel,
    table.Panel,
    heatmap.Panel,
    stat.Panel,
    logs.Panel,
    trend.Panel,
    statetimeline.Panel,
    xychart.Panel,
    barchart.Panel,
)


def asking(
    panel: P,
    title: str,
    description: str,
    runbook: str,
    *targets: str,
    height: int,
    span: int,
    windows: int = config.WINDOWS,
) -> P:
    """Return *panel* with what all have; *targets* are Flux, called A, B, … in overrides."""
    panel = (
        panel.title(title)
        .description(f"{description}\n\n{config.link(config.WHAT_TO_DO, runbook, beside=True)}")
        .datasource(target.source())
        .height(height)
        .span(span)
        .interval(config.SHORTEST_WINDOW)
        .max_data_points(windows)
        .no_value(config.NOTHING)
    )
    for letter, asked in zip("ABCDEFGH", targets, strict=False):
        panel = panel.with_target(target.Target(asked, letter))
    return panel


def over_time(
    title: str,
    description: str,
    runbook: str,
    *targets: str,
    unit: str,
    height: int = 8,
    span: int = HALF,
    both_ways: bool = False,
    windows: int = config.WINDOWS,
) -> timeseries.Panel:
    """Return a panel of lines.

    Its axis begins at 0, or where one direction is drawn upwards and one downwards, lies at 0.
    """
    panel = asking(
        timeseries.Panel(),
        title,
        description,
        runbook,
        *targets,
        height=height,
        span=span,
        windows=windows,
    )
    panel = (
        panel.unit(unit)
        .line_width(lines.THICK)
        .line_interpolation(common.LineInterpolation.LINEAR)
        # Host metrics may come each ten seconds: lines go on over windows in between.
        .span_nulls(config.GAP_MS)
        .show_points(common.VisibilityMode.AUTO)
        .point_size(4)
        .axis_border_show(False)
        # The whole width of a board holds a panel with two axes; none is on the right.
        .axis_width(axes_of(span))
        .legend(legend())
        .tooltip(tooltip())
    )
    if unit in config.COUNTED:
        panel = panel.axis_soft_max(1)
    return panel.axis_centered_zero(True) if both_ways else panel.min(0)


def axes_of(span: int) -> int:
    """Return the pixels on the left of a panel over time that are for its axes."""
    return config.AXIS_WIDTH * (2 if span == FULL else 1)


def legend() -> make.VizLegendOptions:
    """Return the legend that lists the lines below the panel."""
    # No figures in it: a mean or a maximum of windows changes with the zoom.
    return (
        make.VizLegendOptions()
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .show_legend(True)
    )


def no_legend() -> make.VizLegendOptions:
    """Return the legend of what says itself what it is."""
    return legend().show_legend(False)


def tooltip() -> make.VizTooltipOptions:
    """Return the box that names all lines at the mouse, the highest first."""
    return (
        make.VizTooltipOptions()
        .mode(common.TooltipDisplayMode.MULTI)
        .sort(common.SortOrder.DESCENDING)
    )


def over_elapsed(
    title: str, description: str, runbook: str, *targets: str, unit: str, height: int = 9
) -> trend.Panel:
    """Return a panel of lines over the seconds since the runs began, in the column *elapsed*."""
    panel = asking(trend.Panel(), title, description, runbook, *targets, height=height, span=FULL)
    if unit in config.COUNTED:
        panel = panel.axis_soft_max(1)
    return (
        # Each query is asked of two runs.
        panel.max_data_points(config.FEWER_WINDOWS)
        .x_field("elapsed")
        .unit(unit)
        .min(0)
        .line_width(lines.THICK)
        .span_nulls(False)
        .show_points(common.VisibilityMode.AUTO)
        .point_size(4)
        .axis_border_show(False)
        # Alike below each other, and with room for the first label of the time.
        .axis_width(config.AXIS_WIDTH)
        .legend(legend())
        .tooltip(tooltip())
        .override_by_name("elapsed", [lines.unit_of(config.DURATION)])
        .override_by_regexp(f"/^{curves.ROOM}/", _room())
        .with_transformation(
            DataTransformerConfig(
                id_val="joinByField", options={"byField": "elapsed", "mode": "outer"}
            )
        )
    )


def _room() -> list[lines.Property]:
    """Return how what nobody sees has an axis as wide as half a label."""
    return [
        lines.coloured("transparent"),
        lines.Property("custom.hideFrom", {"legend": True, "tooltip": True, "viz": False}),
        lines.Property("custom.axisPlacement", common.AxisPlacement.RIGHT),
        lines.Property("custom.axisColorMode", common.AxisColorMode.SERIES),
        lines.Property("custom.axisGridShow", False),
        lines.Property("custom.axisWidth", config.HALF_A_LABEL),
        lines.Property("custom.showPoints", common.VisibilityMode.NEVER),
    ]


class _Rows(table.Panel):
    highest = 0

    def build(self) -> dashboard.Panel:
        made = copy(super().build())
        if self.highest:
            # The builder can't say that.
            options = cast("Options", made.options)
            made.options = {**options.to_json(), "maxRowHeight": self.highest}
        return made


def rows(
    title: str,
    description: str,
    runbook: str,
    *targets: str,
    height: int = 9,
    span: int = FULL,
    most_lines: int = 0,
) -> table.Panel:
    """Return a panel of rows; of a text with more than *most_lines* the mouse shows the rest."""
    made = _Rows()
    made.highest = config.LINE * most_lines
    panel = asking(made, title, description, runbook, *targets, height=height, span=span)
    # An empty cell; an empty table says why it is empty.
    nothing = DynamicConfigValue("noValue", "-")
    return (
        panel.show_header(True)
        .cell_height(common.TableCellHeight.SM)
        .override_by_regexp("/.*/", [nothing])
    )


def whole(panel: table.Panel) -> table.Panel:
    """Show whole rows, and how many there are: a table that is cut hides that it goes on."""
    return panel.footer(make.TableFooterOptions().enable_pagination(True))


def told_apart(panel: timeseries.Panel, name: str, ref_id: str = "A") -> timeseries.Panel:
    """Give the lines that `curves.apart` numbered colours of their own, and *name* them."""
    panel = panel.override_by_query(ref_id, [lines.called(name)])
    kinds = len(config.APART)
    for i, colour in enumerate(config.APART):
        panel = panel.with_override(named([str(i), str(i + kinds)]), [lines.coloured(colour)])
    panel = panel.with_override(named([curves.OTHERS]), [lines.coloured(config.REST)])
    # When there are no more colours, they come again in dashes.
    return panel.with_override(named([str(i + kinds) for i in range(kinds)]), [lines.dashed()])


def each_in_a_colour(panel: timeseries.Panel, kinds: Sequence[str]) -> timeseries.Panel:
    """Give the machines that `curves.lines` numbered a colour each, whatever *kinds* they are.

    A line is called by one of *kinds*, and its machine's number.
    """
    for i, colour in enumerate(config.APART):
        names = [f"{kind} {i}" for kind in kinds]
        panel = panel.with_override(named(names), [lines.coloured(colour)])
    return panel


def of_every_host(kinds: Iterable[str]) -> MatcherConfig:
    """Match the lines of *kinds*, whichever machines they are of."""
    return named([f"{kind} {i}" for kind in kinds for i in range(len(config.APART))])


def named(names: Sequence[str]) -> MatcherConfig:
    """Match lines by their fields' *names*."""
    return MatcherConfig(id_val="byNames", options={"mode": "include", "names": list(names)})


def in_colours(
    panel: timeseries.Panel, colours: Mapping[str, str], *, beside: str = ""
) -> timeseries.Panel:
    """Draw each line that *colours* names in its colour; *beside* its name stands whose it is."""
    for name, colour in colours.items():
        # One that is called by a label Grafana names twice: by it, and with it.
        looks = [lines.called(f"{name} {beside}".rstrip()), lines.coloured(colour)]
        panel = panel.override_by_name(name, looks)
    return panel


def limit(panel: timeseries.Panel, value: float) -> timeseries.Panel:
    """Draw a line at *value*, above which it looks bad."""
    steps = [Threshold(value=None, color="transparent"), Threshold(value=value, color=config.LIMIT)]
    return panel.thresholds(
        parts.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
    ).thresholds_style(
        make.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
    )
