"""What a duet came to, as the store keeps it: an event of its run."""

from swarmscope.duets.verdict import DuetVerdict
from swarmscope.gate.kept import EndedRun
from swarmscope.store.question import Reader

EVENT = "duet_verdict"
"""Not `verdict`, which is the thresholds': a duet may have both."""


def lines_of(reader: Reader, found: DuetVerdict) -> list[str]:
    """Return the point of an answer; it takes the older one's place.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    return [EndedRun.told(reader, found.run).line(EVENT, str(found.answer), found.sentence())]
