"""Reading of a field's value that isn't quoted: a number or a boolean, as InfluxDB 2 takes it."""

import re
from functools import lru_cache
from math import isinf

from swarmscope.words import begin_of

Value = float | int | bool | str
_CACHED = 32
"""Longest text that is remembered: what is remembered must not hold the longest ever seen."""
_SHOWN = 100
"""Digits of a number in a message."""
# Possessive quantifiers, as in parser.py: a text made to be hard to read costs linear time too.
_NUMBER = re.compile(
    r"(-?[0-9]++)i | ([0-9]++)u | -?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?",
    re.VERBOSE,
)
_BOOLEANS: dict[str, Value] = dict.fromkeys(("t", "T", "true", "True", "TRUE"), True)
_BOOLEANS |= dict.fromkeys(("f", "F", "false", "False", "FALSE"), False)


class Unsigned(int):
    """An integer field of the unsigned type, ``1u``: another type than ``1i``."""


TYPES: dict[type[Value], str] = {
    float: "float",
    int: "integer",
    Unsigned: "unsigned",
    bool: "boolean",
    str: "string",
}
"""What InfluxDB calls the types of fields."""


class BadLineError(ValueError):
    """Why one line can't be read."""


def scalar(text: str) -> Value:
    """Return the value that *text* stands for, as a field has it without quotes."""
    return _known_scalar(text) if len(text) <= _CACHED else _read_scalar(text)


@lru_cache(maxsize=4_096)
def _known_scalar(text: str) -> Value:
    # Most are the small counts of a histogram, over and over.
    return _read_scalar(text)


def _read_scalar(text: str) -> Value:
    number = _NUMBER.fullmatch(text)
    if not number:
        return _boolean(text)
    if number.lastindex == 1:
        return _whole(number[1], "integer", -(2**63), 2**63 - 1)
    if number.lastindex == 2:
        return Unsigned(_whole(number[2], "unsigned", 0, 2**64 - 1))
    value = float(text)
    if isinf(value):
        raise BadLineError("invalid float")
    return value


def _boolean(text: str) -> Value:
    value = _BOOLEANS.get(text)
    if value is not None:
        return value
    if not text:
        raise BadLineError("missing field value")
    raise BadLineError("invalid number" if text[0] in "-.0123456789Nn" else "invalid boolean")


def _whole(digits: str, kind: str, least: int, most: int) -> int:
    # Python refuses to read numbers of thousands of digits; none of them is in range.
    value = int(digits) if len(digits) < 100 else most + 1
    if not least <= value <= most:
        raise BadLineError(f"unable to parse {kind} {begin_of(digits, _SHOWN)}: value out of range")
    return value
