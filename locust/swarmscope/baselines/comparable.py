"""Whether two runs may be compared: whether what differs between them can be the service alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from swarmscope.baselines.conditions import Conditions
from swarmscope.baselines.load import Load, load_of
from swarmscope.store.question import Reader


@dataclass(frozen=True)
class Made:
    """How a run was made: its *conditions* and its *load*."""

    conditions: Conditions
    load: Load

    @property
    def run(self) -> str:
        """Its id."""
        return self.conditions.run


def made(reader: Reader, conditions: Conditions) -> Made:
    """Return how the run with these *conditions* was made.

    Raises:
        NoDataError: its points are gone.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    return Made(conditions, load_of(reader, conditions.run))


def unlike(base: Made, new: Made) -> Iterator[str]:
    """Yield each reason why a difference between the two may have another cause than the service.

    What one of them doesn't tell is no reason, except where nobody says on what it ran.
    """
    was, now = base.conditions, new.conditions
    if was.test != now.test:
        yield f"{now.run} is of the test {now.test}, {was.run} of {was.test}"
    if not base.load.is_like(new.load):
        yield f"{now.run} had {new.load}, {was.run} {base.load}"
    if was.environment != now.environment:
        yield (
            f"{now.run} was made in {now.environment or 'no environment that has a name'}, "
            f"{was.run} in {was.environment or 'none that has a name'}"
        )
    elif not now.environment and was.machine != now.machine:
        # A named environment is whatever those mean who named it.
        yield (
            f"{now.run} was made on {now.machine or 'a machine that nobody named'}, {was.run} on "
            f"{was.machine or 'one that nobody named'}"
        )
    if was.target != now.target and not now.environment:
        yield (
            f"{now.run} was about {now.target or 'no host'}, {was.run} about {was.target or 'none'}"
        )
    if was.locustfile_hash and now.locustfile_hash and was.locustfile_hash != now.locustfile_hash:
        yield (
            f"{now.locustfile or 'the locustfile'}, or what it imports from beside it, isn't what "
            f"it was when {was.run} was made"
        )
