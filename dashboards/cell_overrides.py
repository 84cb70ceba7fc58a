"""What can be said of a table's columns, and of words and numbers in their cells."""

from collections.abc import Mapping

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue


def without_nan() -> DynamicConfigValue:
    """Show a share of nothing as an empty cell."""
    result = {"type": "special", "options": {"match": "nan", "result": {"text": "-"}}}
    return DynamicConfigValue("mappings", [result])


def shown_whole() -> tuple[DynamicConfigValue, ...]:
    """Show a long text in several lines, and let a click show all of it, however long it is."""
    return (in_lines(), DynamicConfigValue("custom.inspect", True))


def in_lines() -> DynamicConfigValue:
    """Show a text in as many lines as it takes: it must not be long."""
    return DynamicConfigValue("custom.wrapText", True)


def told_by(column: str) -> DynamicConfigValue:
    """Show what *column*, which may be hidden, says, where the mouse is over a cell's corner."""
    return DynamicConfigValue("custom.tooltip.field", column)


def styled_by(column: str) -> DynamicConfigValue:
    """Let *column*, which may be hidden, say how a cell looks: CSS as JSON."""
    return DynamicConfigValue("custom.styleField", column)


def for_corners() -> tuple[DynamicConfigValue, ...]:
    """Hide a column that `told_by` names, and show there all of a text, as high as it is."""
    any_height = {"type": "auto", "dynamicHeight": True}
    return (unseen(), in_lines(), DynamicConfigValue("custom.cellOptions", any_height))


def decimals(number: int) -> DynamicConfigValue:
    """Show so many digits behind the point."""
    return DynamicConfigValue("decimals", number)


def at_least(pixels: int) -> DynamicConfigValue:
    """Make a table's column at least so wide."""
    return DynamicConfigValue("custom.minWidth", pixels)


def wide(pixels: int) -> DynamicConfigValue:
    """Make a table's column so wide."""
    return DynamicConfigValue("custom.width", pixels)


def called(names: Mapping[str, str]) -> DynamicConfigValue:
    """Show each of these texts as another one."""
    options = {text: {"text": name, "index": i} for i, (text, name) in enumerate(names.items())}
    return DynamicConfigValue("mappings", [{"type": "value", "options": options}])


def in_ranges(*steps: tuple[float, str, str]) -> tuple[DynamicConfigValue, ...]:
    """Show a number as a word: of the last of *steps* that it reaches, in that one's colour."""
    above: list[float | None] = [start for start, *_ in steps[1:]]
    mappings = [
        {
            "type": "range",
            "options": {
                "from": start,
                # A number lies in the first range that has it: the border belongs to the next.
                "to": None if end is None else end - 1e-9,
                "result": {"text": word, "color": colour, "index": i},
            },
        }
        for i, ((start, word, colour), end) in enumerate(zip(steps, [*above, None], strict=True))
    ]
    return (
        DynamicConfigValue("mappings", mappings),
        DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
    )


def unseen() -> DynamicConfigValue:
    """Hide a table's column, by which it is sorted all the same."""
    return DynamicConfigValue("custom.hideFrom.viz", True)


def in_words(*words: tuple[str, str], otherwise: str) -> tuple[DynamicConfigValue, ...]:
    """Colour a text by the first expression that it matches, or *otherwise*."""
    mappings = [
        {"type": "regex", "options": {"pattern": pattern, "result": {"color": colour, "index": i}}}
        for i, (pattern, colour) in enumerate(words)
    ]
    steps = [{"color": otherwise, "value": None}]
    return (
        DynamicConfigValue("mappings", mappings),
        DynamicConfigValue("color", {"mode": "thresholds"}),
        DynamicConfigValue("thresholds", {"mode": "absolute", "steps": steps}),
    )


def text_in_words(*words: tuple[str, str], otherwise: str = "text") -> list[DynamicConfigValue]:
    """As `in_words`, of a table, whose cells colour nothing by themselves."""
    cell = DynamicConfigValue("custom.cellOptions", {"type": "color-text"})
    return [cell, *in_words(*words, otherwise=otherwise)]


def in_colour(*steps: tuple[float, str]) -> tuple[DynamicConfigValue, ...]:
    """Colour a table's number by the last of *steps* that it reaches."""
    below: list[dict[str, object]] = [{"color": "text", "value": None}]
    return (
        DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
        DynamicConfigValue("color", {"mode": "thresholds"}),
        DynamicConfigValue(
            "thresholds",
            {
                "mode": "absolute",
                "steps": below + [{"color": colour, "value": value} for value, colour in steps],
            },
        ),
    )
