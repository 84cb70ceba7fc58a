"""Duets of two equal versions, or of one that is slower, request by request, by chance.

What is common to both sides is as rough as can be: each second has most of the one before, and a
burst makes everything take five times as long. What is each side's own depends on the second before
as well. Times are folded into the recorder's histogram, as a run's are.
"""

from collections import Counter
from dataclasses import dataclass
from math import exp, sqrt
from random import Random

from swarmscope.duets.comparison import Compared, compared
from swarmscope.duets.pairs import pairs_of
from swarmscope.gate.course import Course, Endpoint, Window
from swarmscope.inference.comparison import Answer
from swarmscope.recording import histogram
from swarmscope.recording.sides import SIDES, B, named
from swarmscope.recording.tally import Tally

BEGAN = 1_000
SPAN = 5
ALARMS = frozenset({Answer.WORSE, Answer.BETTER})


@dataclass(frozen=True)
class Scene:
    """What a duet is played in: spreads are of logarithms."""

    seconds: int = 60
    per_second: int = 10
    """Requests of each endpoint and side."""
    endpoints: int = 2
    dependence: float = 0.6
    common: float = 0.3
    """What hits both sides."""
    own: float = 0.05
    """What hits one of them."""
    spread: float = 0.5
    """Of single requests; one of a hundred takes ten times as long."""
    burst: bool = True
    failing: float = 0.01


def simulated(chance: Random, scene: Scene, slower: float = 1.0) -> Course:
    """Return the course of a duet in which B takes *slower* times as long as A."""
    common = _weather(chance, scene, scene.common)
    burst = range(0)
    if scene.burst:
        first = chance.randrange(scene.seconds - 6)
        burst = range(first, first + 6)
    found: dict[Endpoint, tuple[Window, ...]] = {}
    for number in range(scene.endpoints):
        for side in SIDES:
            own = _weather(chance, scene, scene.own)
            factor = 20 * (1 + number) * (slower if side == B else 1)
            tallies = [Tally() for _ in range(scene.seconds // SPAN)]
            for second in range(scene.seconds):
                level = factor * exp(common[second] + own[second]) * (5 if second in burst else 1)
                _request(chance, scene, tallies[second // SPAN], level)
            windows = (Window(BEGAN + i * SPAN, SPAN, one) for i, one in enumerate(tallies))
            found[named(f"/{number}", side), "GET"] = tuple(windows)
    return Course(BEGAN, BEGAN + scene.seconds, (), found)


def _weather(chance: Random, scene: Scene, spread: float) -> list[float]:
    now, rho, found = chance.gauss(0, spread), scene.dependence, []
    for _ in range(scene.seconds):
        found.append(now)
        now = rho * now + chance.gauss(0, spread * sqrt(1 - rho**2))
    return found


def _request(chance: Random, scene: Scene, tally: Tally, level: float) -> None:
    for _ in range(scene.per_second):
        ms = level * exp(chance.gauss(0, scene.spread)) * (10 if chance.random() < 0.01 else 1)
        tally.count += 1
        tally.timed += 1
        tally.total += ms
        tally.min, tally.max = min(tally.min, ms), max(tally.max, ms)
        bucket = histogram.index(ms)
        tally.histogram[bucket] += 1
        if chance.random() < scene.failing:
            tally.failures += 1
            tally.failed = (tally.failed or Counter()) + Counter([bucket])


def answers(seed: int, scene: Scene, slower: float = 1.0, margin: float = 0.05) -> list[Compared]:
    """Return what a duet of that *seed* comes to."""
    course = simulated(Random(seed), scene, slower)
    return list(compared(pairs_of(course), margin=margin, confidence=0.95))


def alarmed(seed: int, scene: Scene) -> bool:
    """Whether a duet of equal sides says worse or better of anything, however little it is."""
    return any(one.difference.answer in ALARMS for one in answers(seed, scene, margin=1e-6))


def found(seed: int, scene: Scene, slower: float) -> frozenset[str]:
    """Return which metrics of all together are said worse, if B takes *slower* times as long."""
    told = answers(seed, scene, slower, margin=1e-6)
    return frozenset(
        one.of for one in told if one.endpoint is None and one.difference.answer is Answer.WORSE
    )
