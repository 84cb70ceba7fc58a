"""What a dead process left. Its accounts are closed: what is refused now must be added later."""

from collections.abc import Iterable, Iterator
from time import time_ns

from swarmscope import schema
from swarmscope.spool import Batch, Kept
from swarmscope.words import count_of


class Leftover:
    """Counts what becomes of one dead process's batches.

    Its own last message calls them pending. What is delivered shows in the store by itself; what
    is rejected or lost now would be called pending for ever, if nobody wrote it down.
    """

    def __init__(self) -> None:
        self.delivered = 0
        self._series: dict[str, str] = {}
        self._rejected: dict[str, int] = {}
        self._lost: dict[str, int] = {}

    def learn(self, batches: Iterable[Kept]) -> None:
        """Remember under which tags the dead process told of itself."""
        for kept in batches:
            if kept.run not in self._series:
                for line in kept.lines():
                    if line.startswith(_PREFIX):
                        self._series[kept.run] = line.replace("\\ ", "\0").partition(" ")[0]
                        break

    def taken(self, requests: int) -> None:
        """Count what the store took."""
        self.delivered += requests

    def rejected(self, run: str, requests: int) -> None:
        """Count what the store refused for good."""
        self._rejected[run] = self._rejected.get(run, 0) + requests

    def lost(self, run: str, requests: int) -> None:
        """Count what was damaged."""
        self._lost[run] = self._lost.get(run, 0) + requests

    def amendments(self, bucket: str) -> Iterator[Batch]:
        """Yield what is added to the accounts of the dead process; once."""
        rejected, self._rejected = self._rejected, {}
        lost, self._lost = self._lost, {}
        for run in rejected.keys() | lost.keys():
            fields = (
                f"{schema.REPLAY_REJECTED}={rejected.get(run, 0)}i,"
                f"{schema.REPLAY_LOST}={lost.get(run, 0)}i"
            )
            if run in self._series and (rejected.get(run) or lost.get(run)):
                series = self._series[run].replace("\0", "\\ ")
                yield Batch(bucket, run, 0, [f"{series} {fields} {time_ns()}"])

    def __str__(self) -> str:
        refused, lost = sum(self._rejected.values()), sum(self._lost.values())
        rest = f"; {refused:,} were rejected, {lost:,} lost" if refused or lost else ""
        return f"{count_of(self.delivered, 'request')} that another process left{rest}"


_PREFIX = schema.LOCUST_WORKER.name + ","
