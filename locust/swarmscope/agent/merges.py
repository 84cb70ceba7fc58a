"""The merged series and summaries of the runs that a process leads, on their way to the store."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import ceil, inf

from swarmscope.agent.turns import politely
from swarmscope.delivery import Delivery
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.merging import Course, Merger
from swarmscope.recording.points import MINUTE, NANOSECONDS
from swarmscope.recording.reading import read
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from swarmscope.words import count_of, were

log = logging.getLogger(__name__)

OWN = ""
"""Who reports of this process's own requests; no client of Locust has this id."""
_WORKERS_A_SECOND = 20
"""Reports that a master takes each second; of more workers each reports less often."""
_SLOWEST_S = 10
_SETTLED_S = 5
"""How long a run's last reports are waited for when the next has begun."""
_KEPT = 2
"""Runs of which late reports are taken: the newest, and the one before."""


def pace_of(workers: int) -> int:
    """Return how often each of so many *workers* should report, s."""
    return min(_SLOWEST_S, max(1, ceil(workers / _WORKERS_A_SECOND)))


def _say_full(endpoints: int) -> None:
    log.warning(
        "The workers have more than %s endpoints together: the master merges no further ones, and "
        "boards read the workers' own points instead, where nothing is missing; that takes longer. "
        'Give requests of one kind one name (self.client.get("/item/8731", name="/item/[id]")), '
        "let SWARMSCOPE_TEMPLATE_NAMES=on do that, or raise SWARMSCOPE_MAX_NAMES.",
        f"{endpoints:,}",
    )


@dataclass
class _Run:
    merger: Merger
    present: list[str] = field(default_factory=lambda: [OWN])
    pace: int = 1
    over: bool = False
    """Whether it has ended, and nobody is waited for any more."""
    ends: float = inf
    """When that will be, at the latest: the next run has begun."""


class Merges:
    """Merges what is reported of this process's runs.

    *name_of* a client of Locust's is its tag. One that doesn't lead others has summaries alone: its
    own points are its series.
    """

    def __init__(
        self,
        settings: Settings,
        delivery: Delivery,
        name_of: Callable[[str], str],
        *,
        leads: bool,
    ) -> None:
        self._settings = settings
        self._delivery = delivery
        self._name_of = name_of
        self._leads = leads
        self._runs: dict[str, _Run] = {}

    def begin(self, run: str, tags: Mapping[str, str], began_ns: int) -> None:
        """Merge what is reported of *run* from now on."""
        settings = self._settings
        course = Course(
            began_ns=began_ns,
            resolution=settings.resolution,
            span=settings.latency_resolution,
            max_names=settings.max_names,
            merged=self._leads,
            # A span that lies in two minutes would be in one: boards read the workers' own then.
            minutes=self._leads
            and bool(settings.bucket_long)
            and MINUTE % settings.latency_resolution == 0,
        )
        for one in self._runs.values():
            one.ends = min(one.ends, began_ns / NANOSECONDS + _SETTLED_S)
        self._runs[run] = _Run(Merger(MergedEncoder(tags), course, self._say_lost, _say_full))
        for old in list(self._runs)[:-_KEPT]:
            del self._runs[old]

    def _say_lost(self, client_id: str, count: int) -> None:
        log.warning(
            "%s of %s to its master %s lost on the way: what all workers had together is short of "
            "that, and boards read the workers' own points instead, where nothing is missing.",
            count_of(count, "report"),
            self._name_of(client_id),
            were(count),
        )

    def heard_of(self, client_id: str) -> bool:
        """Whether *client_id* has reported of a run: it may have left since, and have more."""
        return any(one.merger.heard_of(client_id) for one in self._runs.values())

    def hear(self, client_id: str, data: object, now: float) -> None:
        """Take a message of a report, which came at *now*.

        Raises:
            OddReportError: No worker of this version sends such a one.

        """
        report = read(data)
        one = self._runs.get(report.run)
        if one:  # else of a run long over, or of a master that was here before
            one.merger.hear(client_id, report, now)

    def over(self, run: str) -> bool:
        """Whether nobody is waited for: all who took part in *run* have said that it was all."""
        one = self._runs.get(run)
        return one is None or one.over or one.merger.over(one.present)

    def tick(self, now: float, run: str, present: Collection[str], pace: int) -> None:
        """Keep what is due at *now*, when *present* take part in *run*, the newest."""
        one = self._runs.get(run)
        if one:
            one.present, one.pace = [OWN, *present], pace
        for name, each in list(self._runs.items()):
            each.over = each.over or now >= each.ends
            self._keep(name, each, now)

    def end(self, run: str, now: float) -> None:
        """Keep all there is of *run*, and wait for nobody: this process is about to exit."""
        one = self._runs.get(run)
        if one is None:
            return
        silent = [self._name_of(c) for c in one.present if c and not one.merger.heard_of(c)]
        if silent and not one.over:
            log.info(
                "%s never told the master what %s counted (%s): the summary of run %s is short of "
                "that, and boards read the workers' own points instead.",
                count_of(len(silent), "worker"),
                "it" if len(silent) == 1 else "they",
                ", ".join(silent[:5]),
                run,
            )
        one.over = True
        self._keep(run, one, now)

    def _keep(self, run: str, one: _Run, now: float) -> None:
        merger = one.merger
        raw = [
            text
            for text in politely(merger.lines(now, one.present, one.pace, over=one.over))
            if text
        ]
        over = one.over or merger.over(one.present)
        summary = list(politely(merger.summary_lines(over=over)))
        long = list(politely(merger.minute_lines(over=over)))
        self._deliver(self._settings.bucket, run, raw + summary)
        if self._settings.bucket_long:
            self._deliver(self._settings.bucket_long, run, long + summary * over)

    def _deliver(self, bucket: str, run: str, lines: list[str]) -> None:
        if lines:
            # The requests of which they tell are accounted for by the workers.
            self._delivery.keep(Batch(bucket, run, 0, lines))
