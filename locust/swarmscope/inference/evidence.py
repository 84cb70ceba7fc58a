"""What a test of one metric has to say, before it is known how many were tested with it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Untestable:
    """There is nothing that a test could be made of: *why* says what is missing."""

    method: str
    why: str


class Evidence(Protocol):
    """A test of two sides, and the interval that belongs to it.

    The two agree: the interval at a level leaves 1 out if, and only if, p is at most that level.
    """

    @property
    def ratio(self) -> float:
        """The new side over the base; infinite where the base had none, NaN where neither had."""

    @property
    def method(self) -> str:
        """How it was tested, in words for people."""

    @property
    def p(self) -> float:
        """How often two sides that don't differ would differ as much as these, either way."""

    @property
    def least_p(self) -> float:
        """The smallest p that so many runs, or failures, could come to, whatever they were."""

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ratios that a test at *level* would not reject."""

    def alike(self, level: float) -> bool:
        """Tell whether the sides are shown to be the same where the ratio can't show it."""

    def rose(self, level: float) -> bool:
        """Tell whether there is more of it, and chance would explain that only between runs."""

    def lacking(self, level: float, margin: float) -> str:
        """Return what would tell the sides apart, or show them to lie within *margin*."""
