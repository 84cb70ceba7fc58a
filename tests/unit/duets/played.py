"""The course of a duet, made of requests whose times follow from a formula or from chance."""

from collections.abc import Callable
from random import Random

from tests.unit.gate.requests import One, course

from swarmscope.gate.course import Course, Endpoint
from swarmscope.recording.sides import SIDES, named

GET = ("/items", "GET")
POST = ("/orders", "POST")
SECONDS = 60
Times = Callable[[str, Endpoint, int, Random], float]
"""What a request takes, ms, by its side, its endpoint and its second."""


def usual(side: str, endpoint: Endpoint, second: int, chance: Random) -> float:
    """Return times that are the same at both sides, in the mean."""
    del side, endpoint, second
    return chance.lognormvariate(3, 0.3)


def played(
    times: Times = usual,
    *,
    seconds: int = SECONDS,
    each: int = 20,
    endpoints: tuple[Endpoint, ...] = (GET,),
    failing: Callable[[str, Endpoint, Random], bool] = lambda *_: False,
    seed: int = 4,
) -> Course:
    """Return the course of a duet with so many requests a second of *each* endpoint and side."""
    chance = Random(seed)
    requests = [
        One(
            second,
            (named(endpoint[0], side), endpoint[1]),
            times(side, endpoint, second, chance),
            failing(side, endpoint, chance),
        )
        for second in range(seconds)
        for _ in range(each)
        for endpoint in endpoints
        for side in SIDES
    ]
    return course(requests, stop=1_000 + seconds)
