"""What an override can say of a line: its name, its colour, its axis."""

from collections.abc import Iterable

from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, FieldColorModeId

from dashboards import config

Property = DynamicConfigValue
THICK = 2


def called(name: str) -> Property:
    """Name a line; ``${__field.labels.host}`` in it is the line's own."""
    return Property("displayName", name)


def unit_of(name: str) -> Property:
    """Measure in *name*, and have an axis of its own."""
    return Property("unit", name)


def coloured(colour: str) -> Property:
    """Draw in one colour."""
    return Property("color", {"mode": FieldColorModeId.FIXED, "fixedColor": colour})


def shades(colour: str) -> Property:
    """Draw several lines in shades of one colour: they are one kind of thing."""
    return Property("color", {"mode": FieldColorModeId.SHADES, "fixedColor": colour})


def dashed() -> Property:
    """Draw a dashed line."""
    return Property("custom.lineStyle", {"fill": "dash", "dash": [8, 6]})


def thin() -> Property:
    """Draw a thin line, in front of which others are read."""
    return Property("custom.lineWidth", 1)


def as_thick_as_others() -> Property:
    """Draw a line as most are, whatever was said of it before."""
    return Property("custom.lineWidth", THICK)


def without_line() -> Property:
    """Draw the area alone: where a part of a stack is nothing, there is no line of it either."""
    return Property("custom.lineWidth", 0)


def filled(percent: int) -> Property:
    """Fill the area below the line."""
    return Property("custom.fillOpacity", percent)


def stepped() -> Property:
    """Draw what holds until it changes."""
    return Property("custom.lineInterpolation", common.LineInterpolation.STEP_AFTER)


def bars() -> Property:
    """Draw bars: a lone window is seen."""
    return Property("custom.drawStyle", common.GraphDrawStyle.BARS)


def dots() -> Property:
    """Draw dots, since nothing happened between two of them."""
    return Property("custom.drawStyle", common.GraphDrawStyle.POINTS)


def sized(pixels: int) -> Property:
    """Draw points so large."""
    return Property("custom.pointSize", pixels)


def downwards() -> Property:
    """Draw below the zero line, as the other direction."""
    return Property("custom.transform", common.GraphTransform.NEGATIVE_Y)


def on_axis() -> tuple[Property, ...]:
    """Use an axis of its own, one of several, in the colour of its lines."""
    return (
        Property("custom.axisPlacement", common.AxisPlacement.LEFT),
        Property("custom.axisWidth", config.AXIS_WIDTH),
        Property("custom.axisColorMode", common.AxisColorMode.SERIES),
    )


def unseen() -> tuple[Property, ...]:
    """Draw nothing of a line but its axis."""
    return (
        Property("custom.lineWidth", 0),
        Property("custom.showPoints", common.VisibilityMode.NEVER),
        Property("custom.hideFrom", {"legend": True, "tooltip": True, "viz": False}),
    )


def without_axis() -> Property:
    """Draw a line whose shape tells enough: its numbers are told where the mouse is."""
    return Property("custom.axisPlacement", common.AxisPlacement.HIDDEN)


def stacked() -> Property:
    """Add the lines up, so that their sum is seen."""
    return Property("custom.stacking", {"mode": "normal", "group": "A"})


def alone() -> Property:
    """Draw a line as it is, and not upon others."""
    return Property("custom.stacking", {"mode": "none"})


def down_to(name: str) -> Property:
    """Fill the area between the line and another."""
    return Property("custom.fillBelowTo", name)


def as_high_as_it_gets() -> Property:
    """Let the axis end where the line does, whatever a panel says of axes of noughts."""
    return Property("custom.axisSoftMax", None)


def unlisted() -> Property:
    """Leave out of the legend, which names it already."""
    return Property("custom.hideFrom", {"legend": True, "tooltip": False, "viz": False})


def broken() -> Property:
    """Leave a gap where there was nothing, however short."""
    return Property("custom.spanNulls", False)


def up_to(highest: float) -> tuple[Property, ...]:
    """Let the axis go from 0 to *highest*."""
    return (Property("min", 0), Property("max", highest))


def all_of(*properties: Property | Iterable[Property]) -> list[Property]:
    """Return *properties* as one list."""
    flat: list[Property] = []
    for one in properties:
        flat += [one] if isinstance(one, Property) else one
    return flat
