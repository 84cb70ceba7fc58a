"""Numbers, and the begin of what is long, in sentences."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from math import isclose

MOST_NAMED = 100
"""Things that one sentence names."""
SHOWN = 200
"""Signs of a name in a sentence: in a store it may have 64 KB."""

_MOST_DIGITS = 17
"""A number of a computer has no more."""
_ROUNDED = 1e-12
"""What a computer's arithmetic may be off by, of a number."""


def some_of(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return *texts*, or the first *most* of them and how many more there are."""
    more = len(texts) - most
    return (*texts[:most], f"and {more:,} more") if more > 0 else tuple(texts)


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return *number* with what it counts: "1 request", "1,200 requests"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def lasted(seconds: float) -> str:
    """Return how long something took, 0:01:32: whole seconds, the last one as far as it went.

    So does Grafana's unit `dthms`: of one run nobody says 1:32 and somebody else 1:33.
    """
    return str(timedelta(seconds=int(seconds)))


def are(number: int) -> str:
    """Return "is" or "are", as *number* of something wants it."""
    return "is" if number == 1 else "are"


def were(number: int) -> str:
    """Return "was" or "were", as *number* of something wants it."""
    return "was" if number == 1 else "were"


def equal(one: float, other: float) -> bool:
    """Whether they are the same but for what arithmetic in binary is off by.

    Seven of thousand are 0.7 %; of counts no two whole numbers are so near.
    """
    return isclose(one, other, rel_tol=_ROUNDED)


def digits_apart(
    value: float,
    limit: float | None,
    least: int,
    rounded: Callable[[float, int], float] = round,
) -> int:
    """Return how many digits tell *value* from *limit*: *least*, where they do.

    "75 < 75" says nothing. *rounded* makes of a value what is read of so many digits of it.
    """
    if limit is None:
        return least

    def side(number: float) -> int:
        return 0 if equal(number, limit) else 1 if number > limit else -1

    enough = (n for n in range(least, _MOST_DIGITS) if side(rounded(value, n)) == side(value))
    return next(enough, _MOST_DIGITS)


def percent(value: float, limit: float | None = None) -> str:
    """Return *value*, which is in percent, with two digits or so: "0.93 %", "12 %", "99.5 %".

    What rounds to nothing, or to all, and isn't, says so: "< 0.01 %", "> 99.99 %"; what rounds to
    its *limit*, and isn't it, has more digits.
    """
    nearest_end = min(value, abs(100 - value))
    digits = 2 if nearest_end < 1 else 1 if nearest_end < 10 else 0
    digits = digits_apart(value, limit, digits if value <= 100 else 0)
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if text == "0" and value:
        return "< 0.01 %"
    if text == "100" and value < 100:
        return "> 99.99 %"
    return f"{text} %"


def change(ratio: float | None, low: float | None = None, high: float | None = None) -> str:
    """Return by how much something changed, with its interval: "+3 % (-1 % to +7 %)".

    Nothing, where that isn't known.
    """
    if ratio is None:
        return ""
    between = "" if low is None or high is None else f" ({_signed(low)} to {_signed(high)})"
    return f"{_signed(ratio)}{between}"


def _signed(ratio: float) -> str:
    return f"{'+' if ratio >= 1 else '-'}{percent(abs(100 * (ratio - 1)))}"


def share(part: int, whole: int, limit: float | None = None) -> str:
    """Return how much of *whole* *part* is, in percent; a part of nothing is all of it."""
    return percent(100 * part / (whole or part or 1), limit)


def milliseconds(value: float | None, limit: float | None = None) -> str:
    """Return a time of *value* ms with three digits or so; None is unknown.

    What rounds to its *limit*, and isn't it, has more digits.
    """
    if value is None:
        return "unknown"
    digits = digits_apart(value, limit, 0 if value >= 100 else 1 if value >= 10 else 2)
    return f"{value:,.{digits}f} ms"


def percentiles(p50: float | None, p95: float | None, p99: float | None) -> str:
    """Return three percentiles, ms, as one reads them beside each other."""
    return f"p50 {milliseconds(p50)} · p95 {milliseconds(p95)} · p99 {milliseconds(p99)}"


def begin_of(text: str, most: int) -> str:
    """Return *text*, or its first *most* signs and a mark that there are more."""
    return text if len(text) <= most else f"{text[:most]}…"
