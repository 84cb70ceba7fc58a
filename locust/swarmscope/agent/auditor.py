"""The master's audits: what it finds of its runs is kept where boards read it.

It needs a token that may read the store. Where it has none, nobody has judged a run until somebody
asks for `swarmscope audit`, and boards say so. It only ever waits on a thread of its own, and no
end of a run waits for it: a closing process does for some seconds, when everything else is done.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from time import monotonic, time_ns
from typing import TYPE_CHECKING

import gevent
from gevent.event import Event

from swarmscope.agent.verdicts import Verdicts
from swarmscope.delivery import Delivery
from swarmscope.delivery.native import NativeThread
from swarmscope.errors import NoDataError, SwarmscopeError
from swarmscope.runs.audit import Audit, Verdict, audit
from swarmscope.runs.audit_notes import several_runs
from swarmscope.runs.judge import PATIENCE_MS
from swarmscope.runs.record import corrected, is_final, keep_record
from swarmscope.settings import Settings
from swarmscope.spool import Batch
from swarmscope.store import flux_reader  # noqa: F401 - on the thread an import may wait for ever
from swarmscope.store.question import Question
from swarmscope.store.servers import open_server

if TYPE_CHECKING:
    from swarmscope.gate.verdict import RunVerdict

log = logging.getLogger(__name__)

_FIRST_S = 15.0
_EACH_S = 60.0
"""How often a run is audited while it goes on."""
_SHARE = 0.02
"""Of the time, at most, in which the store is busy with that: a large run's audit takes seconds."""
_AGAIN_S = 10.0
"""How long a process's end waits for that: else boards would go on calling a run complete."""
_RECALLED_MS = 86_400_000
"""How long ago a run of another process may have begun that is looked at once more."""
_WATCHED = 5
"""Runs that are over and may still heal; older ones are left to `swarmscope audit`."""


def _pauses() -> Iterator[float]:
    """Yield how long to wait before each audit of a run that is over: what is late may be hours."""
    return chain(repeat(1.0, 15), repeat(5.0, 12), repeat(_EACH_S, 240))


@dataclass
class _Watched:
    """One run, and how far its audits have come."""

    run: str
    over: Event = field(default_factory=Event)
    judged: Event = field(default_factory=Event)
    """Set once there is nothing to be gained by waiting for a moment."""
    greenlet: gevent.Greenlet | None = None


def _done(watched: _Watched) -> bool:
    return watched.greenlet is not None and watched.greenlet.dead


class Auditor:
    """Audits the runs of one master, while each goes on and until its data is complete."""

    def __init__(self, settings: Settings, delivery: Delivery, verdicts: Verdicts) -> None:
        self._settings = settings
        self._delivery = delivery
        self._verdicts = verdicts
        self._thread = NativeThread("audit")
        self._watched: list[_Watched] = []
        self._late: list[_Watched] = []
        self._newest = ""
        self._shared: set[str] = set()
        """Runs whose id another run has as well: it was said."""
        self._recalling: gevent.Greenlet | None = None

    def begin(self, run: str) -> None:
        """Audit *run* from now on."""
        self._end_oldest()
        if not self._newest:
            self._recalling = gevent.spawn_later(_FIRST_S, self._recall)
        watched = _Watched(run)
        self._watched.append(watched)
        self._newest = run
        watched.greenlet = gevent.spawn(self._watch, watched)

    def end(self) -> None:
        """Note that the newest run is over."""
        if self._watched:
            self._watched[-1].over.set()

    def late(self, runs: set[str]) -> None:
        """Audit *runs* of earlier processes anew, of which something has arrived just now."""
        known = {one.run for one in (*self._watched, *self._late) if not _done(one)}
        self._late = [one for one in self._late if not _done(one)]
        for run in sorted(runs - known)[: _WATCHED - len(self._late)]:
            watched = _Watched(run)
            watched.over.set()
            watched.greenlet = gevent.spawn(self._watch, watched)
            self._late.append(watched)

    def conclude(self, seconds: float) -> None:
        """Wait for the verdict on the newest run, *seconds* at most, and audit no more."""
        if self._watched:
            self._watched[-1].over.set()
            self._watched[-1].judged.wait(timeout=seconds)
        self.abandon()

    def again(self) -> None:
        """Audit the newest run once more, after its verdict: something has come all the same."""
        with gevent.Timeout(_AGAIN_S, False):
            if self._newest:
                self._try(self._newest)

    def abandon(self) -> None:
        """Audit no more."""
        for watched in (*self._watched, *self._late):
            if watched.greenlet:
                watched.greenlet.kill(block=False)
        if self._recalling:
            self._recalling.kill(block=False)
        self._watched.clear()
        self._late.clear()

    def _recall(self) -> None:
        """Audit once more what other processes left undecided: each ended before it could be known.

        A worker's last words are waited for for a minute, which no end of a process does.
        """
        try:
            runs = self._thread.run(self._undecided)
        except SwarmscopeError:
            return  # the audit of our own run says why
        except Exception:
            log.exception("Earlier runs were not looked at; this one is not touched.")
            return
        for run in runs:
            self._try(run)

    def _undecided(self) -> list[str]:
        """Return a few runs that were over, and of which more might have come. Blocks."""
        now = time_ns() // 1_000_000
        with open_server(replace(self._settings, token=self._settings.token_now())) as reader:
            kept = reader.ask(Question("kept_audits", start=now - _RECALLED_MS, stop=now)).records()
        waiting = (
            row
            for row in kept
            # Of one that went on then nothing more is kept: its own master audits it.
            if not row["final"] and row["until"] is not None and row["until"] < now - PATIENCE_MS
        )
        newest = sorted(waiting, key=lambda row: int(row["until"]), reverse=True)
        return [str(row["run"]) for row in newest[:_WATCHED]]

    def _end_oldest(self) -> None:
        self._watched = [one for one in self._watched if not _done(one)]
        for old in self._watched[:-_WATCHED]:
            if old.greenlet:
                old.greenlet.kill(block=False)
        self._watched = self._watched[-_WATCHED:]

    def _watch(self, watched: _Watched) -> None:
        try:
            pause = _FIRST_S
            while not watched.over.wait(timeout=pause):
                began = monotonic()
                self._try(watched.run)
                pause = max(_EACH_S, (monotonic() - began) / _SHARE)
            self._until_settled(watched)
        finally:
            watched.judged.set()

    def _until_settled(self, watched: _Watched) -> None:
        said = False
        for pause in _pauses():
            verdict, trouble = self._try(watched.run)
            if verdict in (Verdict.COMPLETE, Verdict.NO_DATA):
                return
            if verdict is not Verdict.PENDING:
                watched.judged.set()  # it may heal, but not soon
            if trouble and not said:
                said = True
                log.info(
                    "Run %s is not audited by its master: %s `swarmscope audit` does it from "
                    "wherever the store can be read.",
                    watched.run,
                    trouble,
                )
            gevent.sleep(pause)

    def _try(self, run: str) -> tuple[Verdict | None, str]:
        """Audit *run* once, and keep what is news; return the verdict, or why there is none."""
        try:
            found, lines, why, judged = self._thread.run(lambda: self._audit(run))
        except NoDataError:
            return Verdict.PENDING, ""  # nothing of it has arrived yet
        except SwarmscopeError as error:
            return None, error.happened
        except Exception as error:
            log.exception("The audit of run %s failed; the run itself is not touched.", run)
            return None, f"{type(error).__name__}."
        lasting = lines if is_final(found) else []
        for bucket, some in ((self._settings.bucket, lines), (self._settings.bucket_long, lasting)):
            if bucket and some:
                self._delivery.keep(Batch(bucket, run, 0, some))
        if len(found.starts) > 1 and run not in self._shared:
            self._shared.add(run)
            log.warning(
                "Run %s: %s. No verdict can be had of it: give each run a SWARMSCOPE_RUN_ID of its "
                "own, or none.",
                run,
                several_runs(found.starts),
            )
        if judged:
            self._verdicts.take(judged)
        if why:
            log.info(
                "The summary of run %s is written anew from its workers' points: %s.", run, why
            )
        return found.verdict, ""

    def _audit(self, run: str) -> tuple[Audit, list[str], str, "RunVerdict | None"]:
        """Return what is found, and the lines that say so, if that is news, or right its summary.

        Then what was wrong with that, and what is doubtful of a run that is judged. Blocks.
        """
        lines: list[str] = []
        with open_server(replace(self._settings, token=self._settings.token_now())) as reader:
            found = audit(reader, run)
            # Delivered as all else is, also when the store is away by now.
            keep_record(reader, found, lines.extend)
            why, correction = corrected(reader, found)
            judged = self._verdicts.audited(reader, found)
        return found, lines + correction, why, judged
