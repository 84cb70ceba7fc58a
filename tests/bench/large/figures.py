"""What a scenario says of one thing: a number, or that it took longer than anybody waits."""

from collections.abc import Iterable

PATIENCE_S = 60
"""Seconds after which a panel is given up: who would still look at it?"""
TOO_SLOW = f"> {PATIENCE_S}"

Figure = float | str
Figures = dict[str, Figure]


def slowest(figures: Iterable[Figure]) -> Figure:
    """Return the largest of *figures*; longer than anybody waits is more than any number."""
    return max(figures, key=amount)


def amount(figure: Figure) -> float:
    """Return *figure* as a number, of what was given up the least that it can be."""
    return float(figure.lstrip("> ")) if isinstance(figure, str) else figure
