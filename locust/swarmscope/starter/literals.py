"""Literals of what a file says: whatever it holds, the result is that value and no code."""

import math
from typing import Any

_WIDTH = 70


def quoted(text: str) -> str:
    """Return the literal of *text*, in double quotes where that takes no escape."""
    # Of a text with a single quote Python itself takes double ones.
    return repr(text) if '"' in text else '"' + repr("'" + text)[2:]


def literal(value: Any, indent: int = 0) -> str:
    """Return the literal of *value*, of what JSON may hold, on several lines where it is long.

    *indent*: of the line it begins on.
    """
    if isinstance(value, str):
        return quoted(value)
    if not isinstance(value, dict | list):
        # YAML has dates, and both have numbers without a literal: infinity, say.
        plain = value is None or isinstance(value, int)
        plain = plain or (isinstance(value, float) and math.isfinite(value))
        return repr(value) if plain else quoted(str(value))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    parts = _parts(value, indent + 4)
    short = f"{opening}{', '.join(parts)}{closing}"
    if len(short) <= _WIDTH and "\n" not in short:
        return short
    blanks = " " * indent
    inner = "".join(f"{blanks}    {part},\n" for part in parts)
    return f"{opening}\n{inner}{blanks}{closing}"


def _parts(value: dict[Any, Any] | list[Any], indent: int) -> list[str]:
    if isinstance(value, list):
        return [literal(one, indent) for one in value]
    return [f"{quoted(str(key))}: {literal(one, indent)}" for key, one in value.items()]


def call(function: str, arguments: list[str], indent: int) -> str:
    """Return the line, or lines, that call *function*."""
    short = f"{' ' * indent}{function}({', '.join(arguments)})"
    if len(short) <= 100 and "\n" not in short:
        return short
    blanks = " " * indent
    inner = "".join(f"{blanks}    {one},\n" for one in arguments)
    return f"{blanks}{function}(\n{inner}{blanks})"
