"""What is known of all endpoints in one stretch of time, and of all of them together."""

from collections.abc import Iterator

from swarmscope import schema
from swarmscope.recording.tally import Key, Tally

AGGREGATED: Key = (schema.AGGREGATED, "")


class Tallies:
    """The tallies of *endpoints*, and what they add up to.

    Whoever adds endpoint by endpoint adds to ``together`` as well: a sum of sums that are there
    already costs one step for all endpoints.
    """

    def __init__(self) -> None:
        self.endpoints: dict[Key, Tally] = {}
        self.together = Tally()

    def add(self, key: Key, tally: Tally, *, with_histogram: bool = True) -> None:
        """Add *tally* to that of the endpoint *key*."""
        add(self.endpoints, key, tally, with_histogram=with_histogram)

    def add_to_all(self, key: Key, tally: Tally) -> None:
        """Add *tally* to that of the endpoint *key*, and to that of all together."""
        self.add(key, tally)
        self.together.merge(tally)

    def items(self) -> Iterator[tuple[Key, Tally]]:
        """Yield each endpoint's tally, and that of all together as one of `AGGREGATED`."""
        yield from self.endpoints.items()
        if self.endpoints:
            yield AGGREGATED, self.together


def add(tallies: dict[Key, Tally], key: Key, tally: Tally, *, with_histogram: bool = True) -> None:
    """Add *tally* to the one of *key* in *tallies*; it stays as it is itself."""
    known = tallies.get(key)
    if known is None:
        known = tallies[key] = Tally()
    known.merge(tally, with_histogram=with_histogram)
