"""How long, how often, how much."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A soak of so many *seconds*, with a look at it each *every_s*."""

    seconds: int
    every_s: float = 10.0
    users: int = 35
    workers: int = 2


SMOKE = Plan(seconds=3, every_s=1.0)
