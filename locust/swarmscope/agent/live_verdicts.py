"""The verdicts of a master that knows what must hold of its runs, while these go on.

Its imports are those of a judge: workers, and masters without thresholds, don't read it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import sleep
from typing import Any

from swarmscope.agent.live_run import LiveRun
from swarmscope.agent.verdicts import WHOLE, Verdicts
from swarmscope.errors import ConfigurationError
from swarmscope.gate.judgement import judge, notes_of
from swarmscope.gate.table import table
from swarmscope.gate.thresholds_file import Thresholds, read_file
from swarmscope.gate.verdict import RunVerdict, reason_of
from swarmscope.recording.reports import Report
from swarmscope.runs.audit import Audit, audit
from swarmscope.runs.audit import Verdict as Data
from swarmscope.runs.doubts import circumstances_of, doubts_given
from swarmscope.settings import Settings
from swarmscope.store.question import Reader

log = logging.getLogger(__name__)

_KEPT = 2
"""Runs of which late reports are taken: the newest, and the one before."""

_ONCE_MORE_S = 0.5


class LiveVerdicts(Verdicts):
    """Judges the runs of one master by the file that its *settings* name.

    *keep* has points of a run written.
    """

    def __init__(self, settings: Settings, keep: Callable[[str, list[str]], None]) -> None:
        super().__init__(settings)
        self._keep = keep
        self._runs: dict[str, LiveRun] = {}
        self._found: dict[str, RunVerdict] = {}

    def begin(self, run: str, tags: Mapping[str, str], began_ns: int) -> None:
        """Judge *run* from now on, by what the file says now."""
        if self._settings.thresholds is None:  # then this class isn't used
            return
        wanted, unread = Thresholds(()), ""
        try:
            wanted = read_file(self._settings.thresholds)
        except ConfigurationError as error:
            log.error("Run %s is recorded, and can't be judged. %s", run, error)  # noqa: TRY400
            unread = "its file of thresholds couldn't be read when it began"
        self._runs[run] = LiveRun(run, tags, began_ns, wanted, self._settings, unread=unread)
        for old in list(self._runs)[:-_KEPT]:
            self._finish(self._runs.pop(old))
            self._found.pop(old, None)

    def expect(self, run: str, present: Mapping[str, str]) -> None:
        """Note that clients take part that have these names, and none else does any more."""
        if live := self._runs.get(run):
            live.expect(present)

    def order(self, run: str, at_ns: int, fields: Mapping[str, Any]) -> None:
        """Note the fields of a `step`."""
        if live := self._runs.get(run):
            live.order(at_ns, fields)

    def move(self, run: str, at_ns: int) -> None:
        """Note that workers come or go."""
        if live := self._runs.get(run):
            live.move(at_ns)

    def users(self, run: str, second: int, count: int) -> None:
        """Note how many users run."""
        if live := self._runs.get(run):
            live.users(second, count)

    def stop(self, run: str, at_ns: int, cut: Mapping[str, Any] = WHOLE) -> None:
        """Note that *run* is over; *cut* has the fields of a `cut_short`, where it ended early."""
        if live := self._runs.get(run):
            live.stop(at_ns, cut)

    def hear(self, client_id: str, report: Report) -> None:
        """Take what a client reports of its run."""
        live = self._runs.get(report.run)
        if live:
            live.hear(client_id, report)

    def look(self, run: str, now: float) -> tuple[str, str] | None:
        """Judge *run* as it is *now*, conclude those that are over; return what ends it."""
        for each in list(self._runs.values()):
            if each.due(now):
                self._conclude(each)
        live = self._runs.get(run)
        if live is None or live.stopped_ns:
            return None
        self._write(run, live.look(now))
        broken = live.breach(now)
        return (str(broken.rule.threshold), reason_of(broken)) if broken else None

    def conclude(self) -> None:
        """Say what the runs that are over came to, and have it written: nothing comes any more."""
        for live in self._runs.values():
            self._finish(live)

    def _finish(self, live: LiveRun) -> None:
        """Conclude *live*, if it is over: with what has come of it by now."""
        if live.stopped_ns and not live.concluded_over:
            self._conclude(live)

    def _conclude(self, live: LiveRun) -> None:
        # Where that breaks down there is none: the older one lacks what has come since.
        before = self._found.pop(live.run, None)
        found, lines = live.conclude()
        self._found[live.run] = found
        self._write(live.run, lines)
        if before is None or _news(before) != _news(found):
            for line in (*table(found), found.sentence()):
                log.info("%s", line)

    def _write(self, run: str, lines: list[str]) -> None:
        if lines:
            self._keep(run, lines)

    def audited(self, reader: Reader, found: Audit) -> RunVerdict | None:
        """Return what an audit *found* to doubt and to know, and what only the store tells.

        None: it isn't over, or not judged. Blocks.
        """
        live = self._runs.get(found.run)
        if live is None or found.running or found.verdict is Data.PENDING:
            return None
        if found.verdict is Data.INCOMPLETE:
            # Of what is stored while it is asked about, one answer may know more than another.
            sleep(_ONCE_MORE_S)
            found = audit(reader, found.run)
        wanted = live.thresholds
        others = tuple(
            rule
            for rule in wanted.rules
            # What other runs came to is for `swarmscope check`: it may take as long as it does.
            if not rule.threshold.limit.relative and not live.tells(rule)
        )
        try:
            judged = judge(reader, found, replace(wanted, rules=others)).judged if others else ()
        except ConfigurationError:
            judged = ()  # nobody can tell here; live.py says so
        told = circumstances_of(reader, found)
        doubts = tuple(doubts_given(found, told, wanted.minded))
        notes = tuple(notes_of(found, told))
        return RunVerdict(found.run, judged, doubts, notes=notes, shared=found.shared)

    def take(self, audited: RunVerdict) -> None:
        """Take what an audit found; what was concluded is concluded anew."""
        live = self._runs.get(audited.run)
        if live and live.audited != audited:
            live.audited = audited
            if audited.run in self._found:
                self._conclude(live)

    def exit_code(self, run: str) -> int | None:
        """Return what the process should end with after *run*; None: whatever Locust says."""
        found = self._found.get(run)
        if found and self._settings.exit_code:
            return int(found.verdict.exit_code)
        return super().exit_code(run)


def _news(found: RunVerdict) -> tuple[str, tuple[str, ...]]:
    """Return what is worth to be said once more where it is another."""
    return found.sentence(), found.notes
