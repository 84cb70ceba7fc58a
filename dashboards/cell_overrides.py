"""What can be said of a table's columns, and of words and numbers in their cells."""

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue


def without_nan() -> DynamicConfigValue:
    """Show a share of nothing as an empty cell."""
    result = {"type": "special", "options": {"match": "nan", "result": {"text": "-"}}}
    return DynamicConfigValue("mappings", [result])


def shown_whole() -> DynamicConfigValue:
    """Let a click show all of a table's cell, however long its text is."""
    return DynamicConfigValue("custom.inspect", True)


def at_least(pixels: int) -> DynamicConfigValue:
    """Make a table's column at least so wide."""
    return DynamicConfigValue("custom.minWidth", pixels)


def wide(pixels: int) -> DynamicConfigValue:
    """Make a table's column so wide."""
    return DynamicConfigValue("custom.width", pixels)


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
