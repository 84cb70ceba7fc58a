"""The merged series and summaries of the runs that a process leads, on their way to the store."""

import logging
from collections.abc import Callable, Collection, Mapping

from swarmscope.agent.turns import politely
from swarmscope.delivery import Delivery
from swarmscope.recording.cardinality import FEWER_NAMES
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.merging import Alarms, Course, Merger
from swarmscope.recording.points import MINUTE
from swarmscope.recording.reports import Report
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from swarmscope.words import count_of, were

log = logging.getLogger(__name__)

OWN = ""
"""Who reports of this process's own requests; no client of Locust has this id."""
_KEPT = 2
"""Runs of which late reports are taken: the newest, and the one before."""

_INSTEAD = (
    "the master writes no more of what all workers had together, and boards read the workers' own "
    "points instead, where nothing is missing; that takes longer. An audit sums the run up when it "
    "is over: for this run nothing needs to be done."
)
"""What becomes of a run that can't be merged to its end; what helps the next one comes behind."""


class _Run:
    """A run, and what is said of it, once, if not all of it can be merged."""

    def __init__(
        self, name: str, encoder: MergedEncoder, course: Course, tag_of: Callable[[str], str]
    ) -> None:
        self.name = name
        self.pace = 1
        self._tag_of = tag_of
        self._said_unfinished = False
        alarms = Alarms(
            self._say_lost, self._say_elsewhere, self._say_silent, self._say_full, self._say_odd
        )
        self.merger = Merger(encoder, course, alarms)
        self.merger.expect([OWN])

    def _say_lost(self, client_id: str, count: int) -> None:
        log.warning(
            "%s of %s to the master of run %s %s lost on the way: from there on %s",
            count_of(count, "report"),
            self._tag_of(client_id),
            self.name,
            were(count),
            _INSTEAD,
        )

    def _say_elsewhere(self, client_id: str, count: int) -> None:
        log.warning(
            "%s had reported of run %s before this master heard of it (%s): to a master that was "
            "here earlier, or they were lost on the way. Of this run %s Give each master a run of "
            "its own (SWARMSCOPE_RUN_ID).",
            self._tag_of(client_id),
            self.name,
            count_of(count, "time"),
            _INSTEAD,
        )

    def _say_silent(self, client_ids: list[str]) -> None:
        log.warning(
            "%s of run %s told the master too late, or no longer, what %s counted (%s): %s",
            *self._those(client_ids),
            _INSTEAD,
        )

    def say_unfinished(self) -> None:
        """Say, once, who hasn't told the end of what it counted; the run is over."""
        waited_for = [client_id for client_id in self.merger.unfinished if client_id != OWN]
        if waited_for and not self._said_unfinished:
            self._said_unfinished = True
            log.info(
                "%s of run %s didn't tell the master to the end what %s counted (%s): the master "
                "writes no last summary until all is told, and boards read the workers' own points "
                "until there is one, the master's or an audit's.",
                *self._those(waited_for),
            )

    def _those(self, client_ids: list[str]) -> tuple[str, str, str, str]:
        of = ", ".join(map(self._tag_of, client_ids[:5]))
        their = "it" if len(client_ids) == 1 else "they"
        return count_of(len(client_ids), "worker"), self.name, their, of

    def _say_full(self, endpoints: int) -> None:
        log.warning(
            "The workers of run %s have more than %s endpoints together: %s %s",
            self.name,
            f"{endpoints:,}",
            _INSTEAD,
            FEWER_NAMES,
        )

    def _say_odd(self, client_id: str, why: str, remedy: str) -> None:
        log.warning(
            "A report of %s to the master of run %s can't be merged (%s): from there on %s %s",
            self._tag_of(client_id),
            self.name,
            why,
            _INSTEAD,
            remedy,
        )


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
        self._runs[run] = _Run(run, MergedEncoder(tags), course, self._name_of)
        for old in list(self._runs)[:-_KEPT]:
            del self._runs[old]

    def expects(self, client_id: str) -> bool:
        """Whether *client_id* takes part in a run, or did: it may have left, and have more."""
        return any(one.merger.expects(client_id) for one in self._runs.values())

    def hear(self, client_id: str, report: Report, now: float) -> None:
        """Take a message of a report, which came at *now*.

        Raises:
            OddReportError: It came before.

        """
        one = self._runs.get(report.run)
        if one:  # else of a run long over, or of a master that was here before
            one.merger.hear(client_id, report, now)

    def over(self, run: str) -> bool:
        """Whether nobody is waited for: all who took part in *run* have said that it was all."""
        one = self._runs.get(run)
        return one is None or one.merger.over

    def expect(self, run: str, present: Collection[str]) -> None:
        """Wait from now on for what *present* tell of *run*: they take part."""
        one = self._runs.get(run)
        if one:
            one.merger.expect(present)

    def tick(self, now: float, run: str, present: Collection[str], pace: int) -> None:
        """Keep what is due at *now*, when *present* take part in *run*, the newest."""
        self.expect(run, present)
        if run in self._runs:
            self._runs[run].pace = pace
        for each in list(self._runs.values()):
            self._keep(each, now)

    def end(self, run: str, now: float) -> None:
        """Keep all there is of *run*, which is over, and say whose end is missing.

        More may come, if this process goes on.
        """
        one = self._runs.get(run)
        if one:
            self._keep(one, now)
            one.say_unfinished()

    def _keep(self, one: _Run, now: float) -> None:
        merger = one.merger
        raw = [text for text in politely(merger.lines(now, one.pace)) if text]
        over = merger.over
        summary = list(politely(merger.summary_lines()))
        long = list(politely(merger.minute_lines()))
        self._deliver(self._settings.bucket, one.name, raw + summary)
        if self._settings.bucket_long:
            self._deliver(self._settings.bucket_long, one.name, long + summary * over)

    def _deliver(self, bucket: str, run: str, lines: list[str]) -> None:
        if lines:
            # The requests of which they tell are accounted for by the workers.
            self._delivery.keep(Batch(bucket, run, 0, lines))
