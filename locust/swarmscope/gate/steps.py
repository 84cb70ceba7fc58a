"""The load steps of a run that goes on, from what its master told of them.

As `load_steps.sql` has them, which asks a store; docs/decisions/024-load-steps.md says what a step
is. Times are ns since 1970.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Any

from swarmscope import schema

_NS = 1_000_000_000
_BRIEF = (schema.STEP_S * 2 - 1) * _NS // 2
"""Half a second less than a step must last: orders are told of once a second."""
_SETTLING_NS = 2 * _NS
_OF_HOW_MANY = re.compile(r"^\d+ of \d+(, |$)")


@dataclass(frozen=True)
class Order:
    """So many *users* were wanted from *time* on, *rate* of them started or ended a second."""

    time: int
    users: int
    rate: float = 0
    stage: str | None = None


@dataclass(frozen=True)
class Step:
    """A stretch of the load: a `step` with *wanted* users, or a `ramp`.

    In [*told_from*, *told_to*) all users of a step should run.
    """

    kind: str
    begin: int
    until: int
    wanted: int | None
    stage: str
    told_from: int
    told_to: int

    def row(self, running: float | None) -> dict[str, Any]:
        """Return it as the query `load_steps` answers, when *running* users ran on average."""
        return {
            "kind": self.kind,
            "stage": self.stage,
            "start": self.begin // 1_000_000,
            "seconds": (self.until - self.begin) / _NS,
            "wanted": self.wanted,
            "running": running,
        }


@dataclass(frozen=True)
class _Stretch:
    kind: str
    users: int | None
    reached: int
    since: int
    lasted: int
    changed: int


def steps_of(orders: Sequence[Order], began: int, ended: int, *, over: bool = True) -> list[Step]:
    """Return the steps of a run from *began* to *ended*; *over*: it doesn't go on."""
    known = bool(orders)
    edges, need = _edges(orders, began, ended)
    stretches = _joined(edges, need, ended, over=over)
    stages = [order for order in orders if order.stage is not None]
    piece = max(schema.RAMP_PIECE_S * _NS, (ended - began) // schema.RAMP_PIECES)
    found = []
    for one in stretches:
        pieces = max(1, one.lasted // piece) if one.kind == "ramp" and known else 1
        for n in range(pieces):
            begin = one.since + n * one.lasted // pieces
            finish = one.since + (n + 1) * one.lasted // pieces
            if finish > begin:
                step = _step(one, begin, finish, ended, known=known)
                ends = one.changed if one.kind == "step" else finish
                found.append(replace(step, stage=_stage(stages, ends)))
    return found


def _edges(
    orders: Sequence[Order], began: int, ended: int
) -> tuple[list[tuple[int, str, int | None]], int]:
    """Return when ramps and steps begin, and how long either must last."""
    settled = list(_settled(orders, ended))
    need = min(_BRIEF, (ended - began) // 3)
    if sum(stop - since >= need for since, stop, _ in settled) > schema.MAX_STEPS:
        need = max(schema.STEP_S * _NS, (ended - began) // schema.MAX_STEPS)
    edges: list[tuple[int, str, int | None]] = [(began, "ramp", None)]
    for since, stop, users in settled:
        if stop - since >= need:
            edges += [(since, "step", users), (stop, "ramp", None)]
    return sorted(edges, key=lambda edge: edge[:2]), need


def _settled(orders: Sequence[Order], ended: int) -> Iterator[tuple[int, int, int]]:
    """Yield from when until when so many users run: all since Locust had the time to start them."""
    told = [
        order
        for before, order in pairwise([None, *orders])
        if order and (before is None or order.users != before.users or order.stage is not None)
    ]
    nexts = [*(order.time for order in told[1:]), ended]
    befores = [0, *(order.users for order in told)]
    for order, stop, before in zip(told, nexts, befores, strict=False):
        ramp = abs(order.users - before) / order.rate * _NS if order.rate > 0 else 0
        yield min(order.time + round(min(1e18, ramp)), stop), stop, order.users


def _joined(
    edges: Sequence[tuple[int, str, int | None]], need: int, ended: int, *, over: bool
) -> list[_Stretch]:
    """Return the stretches: a short ramp belongs to the step that it leads to.

    And one at the end to the step before it.
    """
    kept: list[_Stretch] = []
    for i, (time, kind, users) in enumerate(edges):
        last = i + 1 == len(edges)
        lasted = (ended if last else edges[i + 1][0]) - time
        ramped = time - edges[i - 1][0] if i else 0
        # It may become a step yet.
        going_on = last and not over and lasted > 0
        if kind == "step" or lasted >= need or going_on:
            since = time - (ramped if kind == "step" and ramped < need else 0)
            kept.append(_Stretch(kind, users, time, since, 0, time + lasted))
    ends = [*(one.since for one in kept[1:]), ended]
    return [
        replace(one, lasted=end - one.since)
        for one, end in zip(kept, ends, strict=True)
        if end > one.since
    ]


def _step(one: _Stretch, begin: int, finish: int, ended: int, *, known: bool) -> Step:
    kind = one.kind if known else "step"
    settled = kind == "step" and known
    # Of the second of the stop and the two before it workers say who is left.
    leaving = ended // _NS * _NS - _SETTLING_NS
    gone = min(_whole(finish), leaving if leaving > _whole(begin) else leaving + _SETTLING_NS)
    calm_from = one.reached + _SETTLING_NS if settled else begin
    calm_to = inf if one.changed == ended else one.changed - _SETTLING_NS
    return Step(
        kind,
        begin,
        finish,
        one.users,
        "",
        _whole(max(begin, calm_from)) if settled else _whole(begin),
        _whole(int(min(gone, calm_to))) if settled else gone,
    )


def _stage(stages: Iterable[Order], ends: int) -> str:
    """Return the last stage that was told of before *ends*; which of how many it is, is seen."""
    told = [order.stage or "" for order in stages if order.time < ends]
    return _OF_HOW_MANY.sub("", told[-1]) if told else ""


def _whole(time: int) -> int:
    return -(-time // _NS) * _NS
