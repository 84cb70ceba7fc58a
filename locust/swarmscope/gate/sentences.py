"""Sentences of thresholds, read: ``p95 of GET "/items" < 300ms within 1m``.

The words come from k6 (metric, operator, number), Taurus (``for``, ``within``, ``over``) and Keptn
(``+10% of baseline``); docs/thresholds.md has the grammar, with examples.
"""

import re
from dataclasses import replace

from swarmscope.gate import metrics
from swarmscope.gate.metrics import (
    ADDED,
    AGGREGATES,
    COUNTED,
    Apdex,
    Field,
    Metric,
    Percentile,
    Share,
    Unit,
)
from swarmscope.gate.quantities import beside_baseline, refuse_settled, seconds, value_in
from swarmscope.gate.threshold import HOLDS, Limit, Over, Scope, Threshold, Time, Which
from swarmscope.gate.tokens import SentenceError, Token, tokens

__all__ = ["OPERATORS", "SentenceError", "read"]

OPERATORS = tuple(HOLDS)
_LIKE = 'max(cpu.usage_user{host="shop"})'
_METHOD = re.compile(r"[A-Z][A-Z_-]*")
_OVERS = ((Over.FOR, ("for",)), (Over.WITHIN, ("within",)), (Over.FULL, ("over",)),
          (Over.LAST, ("in", "the", "last")))  # fmt: skip


def read(sentence: str) -> Threshold:
    """Return the threshold that *sentence* states.

    Raises:
        SentenceError: it states none.

    """
    return _Reader(tokens(sentence)).threshold()


class _Reader:
    """Goes through the tokens of one sentence, and never back."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        # Of the end there is always one more.
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _has(self, *words: str) -> bool:
        """Whether the next tokens are these words, which are taken then."""
        ahead = self._tokens[self._at : self._at + len(words)]
        if [(one.kind, one.text) for one in ahead] != [("word", word) for word in words]:
            return False
        self._at += len(words)
        return True

    def _has_sign(self, sign: str) -> bool:
        if (self._next.kind, self._next.text) != ("sign", sign):
            return False
        self._take()
        return True

    def _sign(self, sign: str) -> None:
        before = self._next
        if not self._has_sign(sign):
            before.fail(f"a {sign} is missing before {before}")

    def threshold(self) -> Threshold:
        """Read all of it."""
        metric: Metric
        limit: Limit | None = None
        begin = self._next
        if self._next.kind == "number":
            metric, limit = self._objective()
        else:
            metric = self._metric()
        tags = self._tags(metric)
        # Before the value or behind it: people say both.
        scope, stage = self._scope(metric), self._stage()
        limit = limit or self._limit(metric)
        scope = replace(scope or self._scope(metric) or Scope(), tags=tags)
        stage = self._stage() if stage is None else stage
        time = self._time()
        if self._next.kind != "end":
            self._next.fail(
                f"{self._next} isn't expected here: behind the value may come `of …`, "
                "`in stage …`, then `for`, `within`, `over` or `in the last` and a time"
            )
        part = scope != Scope() or stage is not None or time != Time()
        if part and metric == metrics.named("dropped_arrivals"):
            begin.fail(f"{metric} is known of a whole run alone: nothing stands behind its value")
        return Threshold(metric, limit, scope, time, stage)

    def _objective(self) -> tuple[Metric, Limit]:
        """Read ``99% under 300ms``."""
        token = self._take()
        share = value_in(token, Unit.SHARE)
        if not 0 < share < 1:
            token.fail("such a share lies between 0% and 100%")
        if not self._has("under"):
            self._next.fail(f"{token} begins a sentence like `99% under 300ms`: `under` is missing")
        time = self._take()
        limit_ms = value_in(time, Unit.TIME)
        if not limit_ms:
            time.fail(f"nothing is answered within {time}: write a time like 300ms")
        return Share(limit_ms), Limit(">=", share)

    def _metric(self) -> Metric:
        token = self._take()
        if token.kind != "word":
            token.fail(f"a sentence begins with a metric, like p95, not with {token}")
        if not self._has_sign("("):
            if token.text == "apdex":
                token.fail("apdex needs the time that satisfies: apdex(500ms)")
            if token.text in AGGREGATES and token.text not in COUNTED:
                token.fail(f"{token} is of a field: {token}(orders.lost)")
            try:
                return metrics.named(token.text)
            except ValueError as error:
                token.fail(str(error))
        metric: Metric
        if token.text == "apdex":
            metric = Apdex(value_in(self._take(), Unit.TIME))
        elif token.text in AGGREGATES or _is_percentile(token):
            metric = self._field(token.text)
        else:
            token.fail(
                f"{token} takes nothing in brackets: apdex does, {', '.join(AGGREGATES)} and p95"
            )
        self._sign(")")
        return metric

    def _field(self, aggregate: str) -> Field:
        token = self._take()
        # A field's name may hold dots, a measurement's seldom does: they are parted at the first.
        measurement, dot, field = token.text.partition(".")
        if token.kind not in ("word", "string") or not (measurement and dot and field):
            token.fail(f"{aggregate}(…) is of a field: {aggregate}(cpu.usage_active)")
        return Field(aggregate, measurement, field, self._pairs(), self._or_zero(aggregate))

    def _or_zero(self, aggregate: str) -> bool:
        begin = self._next
        if not self._has("or"):
            return False
        if aggregate not in ADDED:
            begin.fail(f"of nothing written {aggregate} is no number: {' and '.join(ADDED)} may be")
        zero = self._take()
        if (zero.kind, str(zero)) != ("number", "0"):
            zero.fail(f"nothing written means 0, or nobody knows: write `or 0`, not {zero}")
        return True

    def _tags(self, metric: Metric) -> tuple[tuple[str, str], ...]:
        """Read the tags of the requests that *metric* is of: ``p95{region="eu"}``."""
        before = self._next
        tags = self._pairs()
        if tags and isinstance(metric, Field):
            before.fail(
                f"the tags of a field's points stand beside its name, before the ): {_LIKE}"
            )
        return tags

    def _pairs(self) -> tuple[tuple[str, str], ...]:
        if not self._has_sign("{"):
            return ()
        tags: dict[str, str] = {}
        while not tags or self._has_sign(","):
            name = self._take()
            if name.kind not in ("word", "string"):
                name.fail(f'a tag stands here like host="shop", not {name}')
            if name.text in tags:
                name.fail(f"{name} is there twice: a point has one of them")
            self._sign("=")
            tags[name.text] = self._string("a tag's value")
        self._sign("}")
        return tuple(tags.items())

    def _string(self, what: str) -> str:
        token = self._take()
        if token.kind != "string":
            token.fail(f'{what} stands in quotes ("…"): {token} doesn\'t')
        return token.text

    def _scope(self, metric: Metric) -> Scope | None:
        of = self._next
        if not self._has("of"):
            return None
        if isinstance(metric, Field):
            of.fail(f"a field's points are of no endpoint; their tags pick them: {_LIKE}")
        each = self._has("each")
        if each and self._has("endpoint"):
            return Scope(each=True)
        method = ""
        if self._next.kind == "word" and _METHOD.fullmatch(self._next.text):
            method = self._take().text
        which = next((one for one in (Which.GLOB, Which.EXPRESSION) if self._has(one)), Which.NAME)
        token = self._next
        text = self._string("an endpoint's name")
        if which is Which.EXPRESSION:
            try:
                re.compile(text)
            except re.error as error:
                token.fail(f"{text} is no regular expression: {error}")
        return Scope(text, which, method, each)

    def _limit(self, metric: Metric) -> Limit:
        operator = self._take()
        if operator.kind != "operator":
            operator.fail(f"one of {' '.join(OPERATORS)} is missing before {operator}")
        token = self._take()
        if token.kind == "number" and token.unit == "%" and self._has("of", "baseline"):
            return beside_baseline(operator, token, metric)
        limit = Limit(operator.text, value_in(token, metric.unit, metric))
        refuse_settled(limit, metric, token)
        return limit

    def _stage(self) -> str | int | None:
        if not self._has("in", "stage"):
            return None
        token = self._take()
        if token.kind == "string" and token.text:
            return token.text
        if token.kind != "number" or not token.text.isdigit() or token.unit or token.text == "0":
            token.fail(f'a stage has a number from 1, or a name in quotes ("…"), not {token}')
        return int(token.text)

    def _time(self) -> Time:
        over = next((over for over, words in _OVERS if self._has(*words)), Over.RUN)
        return Time(over, seconds(self._take())) if over else Time()


def _is_percentile(token: Token) -> bool:
    try:
        return isinstance(metrics.named(token.text), Percentile)
    except ValueError:
        return False
