"""The blocks of a duet: what each side was asked in the same seconds, endpoint by endpoint."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from swarmscope.gate.course import Course, Endpoint, Window, merged
from swarmscope.gate.stretches import Stretch, grid, summed
from swarmscope.recording.sides import SIDES, A, B, parted
from swarmscope.recording.tally import Tally

BLOCK_S = 5
"""Of blocks of so many seconds an interval is the narrowest: shorter ones depend more on their
neighbours, of longer ones there are fewer (docs/decisions/037-duet.md)."""


@dataclass(frozen=True)
class Block:
    """What both sides were asked in one stretch of time."""

    a: Tally
    b: Tally

    @property
    def least(self) -> int:
        """How many requests the side has that has the fewer."""
        return min(self.a.timed, self.b.timed)


@dataclass(frozen=True)
class Pair:
    """One endpoint, or all together: its blocks, the shortest of which has so many *seconds*."""

    endpoint: Endpoint | None
    blocks: tuple[Block, ...]
    seconds: int

    @property
    def together(self) -> Block:
        """All that each side was asked."""
        return _joined(self.blocks)

    def of_at_least(self, requests: int) -> "Pair":
        """Return the same in blocks of so many requests of each side; they may be longer."""
        found: list[Block] = []
        waiting: list[Block] = []
        for block in self.blocks:
            waiting.append(block)
            if (joined := _joined(waiting)).least >= requests:
                found.append(joined)
                waiting = []
        if waiting and found:
            found[-1] = _joined((found[-1], *waiting))
        return Pair(self.endpoint, tuple(found), self.seconds)


def pairs_of(course: Course, warm_up: float = 0) -> list[Pair]:
    """Return all endpoints together, and then each that both sides were asked."""
    sides = _sides(course)
    both = sorted(key for key, side in sides if side == A and (key, B) in sides)
    if not both:
        return []
    apart = [(key, [sides[key, side] for side in SIDES]) for key in both]
    all_of = [merged(windows[i] for _, windows in apart) for i in range(len(SIDES))]
    span = max((w.seconds for w in all_of[0]), default=1)
    step = -(-BLOCK_S // span) * span
    start, stop = course.start + warm_up, course.stop
    # What a warm-up cuts is left out: nobody knows which of its requests belong inside.
    first = start if warm_up else 0
    return [
        Pair(key, _blocks([_from(one, first) for one in windows], start, stop, step), step)
        for key, windows in ((None, all_of), *apart)
    ]


def alone(course: Course) -> dict[str, list[Endpoint]]:
    """Return which endpoints one side was asked, and the other never was."""
    sides = _sides(course)
    other = {A: B, B: A}
    return {
        side: sorted(key for key, one in sides if one == side and (key, other[side]) not in sides)
        for side in SIDES
    }


def asked(course: Course, warm_up: float = 0) -> dict[tuple[Endpoint, str], int]:
    """Return how often each side was asked each endpoint, without what is in the warm-up."""
    first = course.start + warm_up if warm_up else 0
    return {
        key: sum(window.tally.count for window in _from(windows, first))
        for key, windows in _sides(course).items()
    }


def _sides(course: Course) -> dict[tuple[Endpoint, str], tuple[Window, ...]]:
    found = {}
    for (name, method), windows in course.endpoints.items():
        both, side = parted(name)
        if side:
            found[(both, method), side] = windows
    return found


def _blocks(
    sides: Sequence[Sequence[Window]], start: float, stop: float, step: int
) -> tuple[Block, ...]:
    """Return the blocks of *step* seconds; what the run's ends cut is its neighbour's."""
    columns = [grid(windows, start, stop, step) for windows in sides]
    cells = list(zip(*columns, strict=True))
    blocks = [Block(a.tally, b.tally) for a, b in cells]
    if len(cells) > 2 and _is_cut(cells[-1][0], step):
        blocks[-2:] = [_joined(blocks[-2:])]
    if len(cells) > 2 and _is_cut(cells[0][0], step):
        blocks[:2] = [_joined(blocks[:2])]
    return tuple(blocks)


def _from(windows: Iterable[Window], first: float) -> list[Window]:
    return [window for window in windows if window.start >= first]


def _is_cut(cell: Stretch, step: int) -> bool:
    return cell.seconds < step


def _joined(blocks: Iterable[Block]) -> Block:
    some = list(blocks)
    return Block(summed(one.a for one in some), summed(one.b for one in some))
