r"""Encoding of points in InfluxDB's line protocol.

Escaping follows https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. Line
protocol has no escape for a newline in a tag and none for a backslash at a tag's end or before a
separator, so these are replaced: a name of any text becomes a tag that every server reads back.
"""

import re
from collections.abc import Mapping
from math import isfinite

from swarmscope.redaction import MARGIN, redact

MAX_TAG = 1_024
"""Characters of a tag's value that are kept; InfluxDB refuses a series key above 64 KiB."""
MAX_STRING = 8_192
"""Characters of a string field that are kept."""
MAX_INTEGER = 2**63 - 1
"""What an integer field holds; a larger one is cut, because the line would be refused."""
ELLIPSIS = "…"
BACKSLASH = "\u29f5"
"""Looks like one; in its place before a comma, an equals sign or a space in a tag."""

Field = bool | int | float | str

_TAG = str.maketrans(
    {",": r"\,", "=": r"\=", " ": r"\ ", "\n": "␊", "\r": "␍", "\t": "␉", "\0": "␀"}
)
_MEASUREMENT = str.maketrans({",": r"\,", " ": r"\ ", "\n": "␊", "\r": "␍", "\t": "␉", "\0": "␀"})
_BEFORE_SEPARATOR = re.compile(r"\\(?=[,= ])")
_STRING = str.maketrans({'"': r"\"", "\\": r"\\", "\0": "␀"})


def _readable(text: str) -> str:
    """*text* without lone surrogates, which UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shorten(text: str, limit: int) -> str:
    """Return *text* in at most *limit* characters; what was cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def kept(text: str, limit: int) -> str:
    """Return *text* without credentials, in at most *limit* characters."""
    return shorten(redact(text[: limit + MARGIN]), limit)


def escape_tag(text: str) -> str:
    """Return *text* as a tag key or value; empty when there is nothing to write."""
    cleaned = _readable(shorten(text, MAX_TAG))
    if "\\" in cleaned:
        # One before the separator that follows a tag would escape it. One before a separator
        # within can be written, but where InfluxDB looks for a line's end, two backslashes pair
        # up, the separator stands bare, and a quote behind it swallows the lines that follow.
        cleaned = _BEFORE_SEPARATOR.sub(BACKSLASH, cleaned.rstrip("\\"))
    return cleaned.translate(_TAG)


def series(measurement: str, tags: Mapping[str, str]) -> str:
    """Return the measurement with *tags* sorted by key, as InfluxDB wants them for speed.

    Tags with an empty key or value are left out: line protocol cannot express them.
    """
    # A dict, because two keys may become one by escaping, and a line with both is refused.
    escaped = {escape_tag(k): escape_tag(v) for k, v in tags.items()}
    return _readable(measurement).translate(_MEASUREMENT) + "".join(
        f",{k}={v}" for k, v in sorted(escaped.items()) if k and v
    )


def in_range(number: int) -> int:
    """Return the integer of line protocol that is nearest to *number*."""
    return max(-MAX_INTEGER, min(MAX_INTEGER, number))


def field_value(value: Field) -> str:
    """Return *value* as line protocol has it: ``1i``, ``1.5``, ``true`` or ``"text"``.

    Raises:
        ValueError: NaN and infinities have no form in line protocol.

    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{in_range(value)}i"
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} has no form in line protocol")
        return repr(value)
    return f'"{_readable(shorten(value, MAX_STRING)).translate(_STRING)}"'


def line(series_key: str, fields: Mapping[str, Field], time: int) -> str:
    """Return one point: *series_key* from `series`, at least one field, *time* in ns."""
    body = ",".join(f"{escape_tag(k)}={field_value(v)}" for k, v in fields.items())
    return f"{series_key} {body} {time}"
