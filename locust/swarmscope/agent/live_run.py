"""One run that its master judges while it goes on, from what the workers report to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from swarmscope import schema
from swarmscope.agent.turns import politely
from swarmscope.gate.course import Stage, stages_of
from swarmscope.gate.crew import Crew, Move
from swarmscope.gate.kept import EndedRun, threshold_lines, verdict_line
from swarmscope.gate.live import Live, is_wanted, standing
from swarmscope.gate.running import Running
from swarmscope.gate.steps import Order, steps_of
from swarmscope.gate.thresholds_file import Rule, Thresholds
from swarmscope.gate.verdict import Judged, RunVerdict, reason_of
from swarmscope.recording.points import NANOSECONDS
from swarmscope.recording.reports import Report
from swarmscope.runs.doubts import Circumstances, CutShort, cut_short_of, peak_of
from swarmscope.settings import Settings

_NS_IN_MS = 1_000_000
_TOLD_EVERY_S = 10
_PATIENCE_S = 10
"""How long the last words of workers are waited for, while the process goes on."""
_PART = 0.02
"""Of the time, at most, in which the master judges."""


class LiveRun:
    """A *run* with these *tags* that began then, and what must hold of it."""

    def __init__(
        self,
        run: str,
        tags: Mapping[str, str],
        began_ns: int,
        thresholds: Thresholds,
        settings: Settings,
        *,
        unread: str = "",
    ) -> None:
        self.run = run
        self._tags = tags
        self._began_ns = began_ns
        self._unread = unread
        """Why nobody knows what must hold of it."""
        running = Running(
            _as_stored(began_ns),
            settings.resolution,
            settings.latency_resolution,
            partial(is_wanted, thresholds),
            thresholds.warm_up,
        )
        self._live = Live(thresholds, running)
        self._crew = Crew()
        self._names: dict[str, str] = {}
        self._orders: list[Order] = []
        self._moves: list[Move] = []
        self._users: dict[int, int] = {}
        self._due = 0.0
        self._told: tuple[Any, ...] = ()
        self._told_at = 0.0
        self.stopped_ns = 0
        self._cut: CutShort | None = None
        self._concluded = False
        self.concluded_over = False
        """Whether it was concluded when all that there is had come."""
        self.audited: RunVerdict | None = None
        """What an audit found to doubt and to know, once there is one, and what only the store
        tells of."""

    def expect(self, present: Mapping[str, str]) -> None:
        """Note that clients take part that have these names, and none else does any more."""
        self._names.update(present)
        self._live.running.expect(present)

    def hear(self, client_id: str, report: Report) -> None:
        """Take a *report*."""
        if self._live.running.hear(client_id, report):
            self._crew.hear(client_id, report)

    def order(self, at_ns: int, fields: Mapping[str, Any]) -> None:
        """Note the fields of a `step`."""
        before = self._orders[-1].users if self._orders else 0
        users, rate = int(fields["user_count"]), float(fields.get("spawn_rate") or 0)
        self._orders.append(Order(at_ns, users, rate, fields.get("stage")))
        self.move(at_ns, min(86_400, abs(users - before) / rate) if rate > 0 else 0)

    def move(self, at_ns: int, lasts: float = 0) -> None:
        """Note that users, or workers, come or go."""
        self._moves.append(Move(at_ns / NANOSECONDS, lasts))

    def stop(self, at_ns: int, cut: Mapping[str, Any]) -> None:
        """Note that it is over, and by the fields of a `cut_short` that it ended early."""
        self.stopped_ns, self._cut = at_ns, cut_short_of(cut)

    def users(self, second: int, count: int) -> None:
        """Note how many users run."""
        self._users[second] = count

    def look(self, now: float) -> list[str]:
        """Judge it by *now*, if that is due; return what is news, as points."""
        if now < self._due or self._unread:
            return []
        began = perf_counter()
        for _ in politely(self._live.look(now, self._crew.arrivals, self._stages(now))):
            pass
        self._due = now + max(0.5, (perf_counter() - began) / _PART)
        told = tuple(standing(one, over=False) for one in self._live.judged)
        if told == self._told and now < self._told_at + _TOLD_EVERY_S:
            return []
        self._told, self._told_at = told, now
        return self._threshold_lines(self._live.judged, over=False)

    def breach(self, now: float) -> Judged | None:
        """Return the threshold because of which the test is to be ended, once."""
        found = None if self._live.ended_by or self.stopped_ns else self._live.breach(now)
        if found:
            self._live.ended_by[str(found.rule.threshold)] = reason_of(found)
        return found

    @property
    def thresholds(self) -> Thresholds:
        """What must hold of it."""
        return self._live.thresholds

    def tells(self, rule: Rule) -> bool:
        """Whether what its workers told is enough for *rule*; of it all a store has to be asked."""
        held = not (self._live.running.short and rule.threshold.stage is not None)
        return rule.of_own_requests and held

    def due(self, now: float) -> bool:
        """Whether it is time to conclude it, or anew, because the last words have come since."""
        if not self.stopped_ns or self.concluded_over:
            return False
        late = now > self.stopped_ns / NANOSECONDS + _PATIENCE_S
        return self._live.running.over or (late and not self._concluded)

    def conclude(self) -> tuple[RunVerdict, list[str]]:
        """Return the verdict, and it as points; the run was stopped."""
        self._concluded, self.concluded_over = True, self._live.running.over
        found = self._verdict()
        stopped = self.stopped_ns // _NS_IN_MS
        return found, [
            verdict_line(found, EndedRun(self.run, self._tags, stopped)),
            *self._threshold_lines(found.judged, over=True),
        ]

    def _verdict(self) -> RunVerdict:
        own = () if self._cut is None else tuple(self._cut.notes())
        notes = self.audited.notes if self.audited else own
        if self._unread:
            return RunVerdict(self.run, (), (self._unread,), notes=notes)
        stopped = _as_stored(self.stopped_ns)
        found = self._live.conclude(
            self.run, stopped, self._circumstances(), self._stages(stopped), self._names
        )
        if self.audited is None:
            return replace(found, notes=notes)
        told = {one.rule for one in self.audited.judged}
        judged = [
            # The master has heard of its own run alone; what is stored is of both.
            replace(one, certain=one.certain and not self.audited.shared)
            for one in found.judged
            if one.rule not in told
        ]
        order = self.thresholds.rules.index
        # The audit has seen what is stored as well; what the master lacks of it stays doubtful.
        return RunVerdict(
            self.run,
            tuple(sorted((*judged, *self.audited.judged), key=lambda one: order(one.rule))),
            (*self._live.missing(self._names), *self.audited.doubts),
            notes=notes,
        )

    def _threshold_lines(self, judged: Collection[Judged], *, over: bool) -> list[str]:
        return threshold_lines(self.run, judged, self._began_ns // _NS_IN_MS, over=over)

    def _circumstances(self) -> Circumstances:
        workers = {client: name for client, name in self._names.items() if name != schema.MASTER}
        steps = list(self._steps(self.stopped_ns, over=True))
        orders = [(order.time // _NS_IN_MS, order.users) for order in self._orders]
        return Circumstances(
            self._crew.generators(workers, self._moves),
            self._crew.clock_error_ms,
            self._crew.arrivals,
            steps,
            # What a threshold ended wasn't to reach them.
            None
            if self._live.ended_by
            else peak_of(orders, self.stopped_ns // _NS_IN_MS, steps, self._most_users),
            self._cut,
        )

    def _most_users(self, since: int) -> int | None:
        told = (count for second, count in self._users.items() if second >= since // 1_000)
        return max(told, default=None)

    def _stages(self, now: float) -> Sequence[Stage]:
        if not any(rule.threshold.stage for rule in self._live.thresholds.rules):
            return ()
        ended = self.stopped_ns or int(now * NANOSECONDS)
        return tuple(stages_of(list(self._steps(ended, over=bool(self.stopped_ns)))))

    def _steps(self, ended: int, *, over: bool) -> Iterator[dict[str, Any]]:
        for step in steps_of(self._orders, self._began_ns, ended, over=over):
            seconds = range(step.told_from // NANOSECONDS, step.told_to // NANOSECONDS)
            counts = [self._users[second] for second in seconds if second in self._users]
            yield step.row(sum(counts) / len(counts) if counts else None)


def _as_stored(time_ns: int) -> float:
    """Return *time_ns* as a store's answer has it, s since 1970: whether a stage ends with the run.

    Of the stage that question is a millisecond's.
    """
    return time_ns // _NS_IN_MS / 1_000
