"""Numbers, and the begin of what is long, in sentences."""

from collections.abc import Sequence

MOST_NAMED = 100
"""Things that one sentence names."""
SHOWN = 200
"""Signs of a name in a sentence: in a store it may have 64 KB."""


def some_of(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return *texts*, or the first *most* of them and how many more there are."""
    more = len(texts) - most
    return (*texts[:most], f"and {more:,} more") if more > 0 else tuple(texts)


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return *number* with what it counts: "1 request", "1,200 requests"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def are(number: int) -> str:
    """Return "is" or "are", as *number* of something wants it."""
    return "is" if number == 1 else "are"


def were(number: int) -> str:
    """Return "was" or "were", as *number* of something wants it."""
    return "was" if number == 1 else "were"


def percent(value: float) -> str:
    """Return *value*, which is in percent, with two digits or so: "0.93 %", "12 %", "99.5 %".

    What rounds to nothing, or to all, and isn't, says so: "< 0.01 %", "> 99.99 %".
    """
    nearest_end = min(value, abs(100 - value))
    digits = 2 if nearest_end < 1 else 1 if nearest_end < 10 else 0
    text = f"{value:,.{digits if value <= 100 else 0}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if text == "0" and value:
        return "< 0.01 %"
    if text == "100" and value < 100:
        return "> 99.99 %"
    return f"{text} %"


def share(part: int, whole: int) -> str:
    """Return how much of *whole* *part* is, in percent; a part of nothing is all of it."""
    return percent(100 * part / (whole or part or 1))


def milliseconds(value: float | None) -> str:
    """Return a time of *value* ms with three digits or so; None is unknown."""
    if value is None:
        return "unknown"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} ms"


def percentiles(p50: float | None, p95: float | None, p99: float | None) -> str:
    """Return three percentiles, ms, as one reads them beside each other."""
    return f"p50 {milliseconds(p50)} · p95 {milliseconds(p95)} · p99 {milliseconds(p99)}"


def begin_of(text: str, most: int) -> str:
    """Return *text*, or its first *most* signs and a mark that there are more."""
    return text if len(text) <= most else f"{text[:most]}…"
