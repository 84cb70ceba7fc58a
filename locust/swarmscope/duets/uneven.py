"""Endpoints that one side was hardly asked: where there is one side alone nothing is compared."""

from collections.abc import Iterator

from swarmscope.duets.pairs import asked
from swarmscope.gate.course import Course
from swarmscope.gate.verdict import endpoint_in_words
from swarmscope.inference.fewer import fell, level_of
from swarmscope.recording.sides import SIDES, A, B
from swarmscope.words import count_of

_PART = 0.25
"""Of the other side's requests: where users alternate one side may have twice as many of them."""


def uneven(course: Course, warm_up: float = 0) -> Iterator[str]:
    """Yield why nobody can tell of each endpoint that one side was asked, and the other hardly.

    Less by its number and less by its share of all that its side was asked: where users alternate,
    a side that answers more quickly is asked more, of everything. What chance explains, as of a
    rare endpoint that two of a hundred users came to, is none.
    """
    counts = asked(course, warm_up)
    keys = sorted({key for key, _ in counts})
    whole = {side: sum(n for (_, one), n in counts.items() if one == side) for side in SIDES}
    level = level_of(len(SIDES) * len(keys))
    for key in keys:
        number = {side: counts.get((key, side), 0) for side in SIDES}
        few, many = sorted(SIDES, key=lambda side: number[side])
        each = ((1, 1), (max(1, whole[few]), whole[many]))
        if all(
            fell((number[few], within), (number[many], among), _PART, level)
            for within, among in each
        ):
            yield (
                f"A was asked {endpoint_in_words(key)} {count_of(number[A], 'time')} and B "
                f"{count_of(number[B], 'time')}: there is nothing to compare"
            )
