"""The verdict on a duet, and why nobody can tell where that is so."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from swarmscope import schema
from swarmscope.duets.comparison import Compared, Of, compared
from swarmscope.duets.pairs import alone, pairs_of
from swarmscope.duets.uneven import uneven
from swarmscope.errors import ExitCode, NoDataError
from swarmscope.gate.course import Course
from swarmscope.gate.source import course_of
from swarmscope.gate.verdict import endpoint_in_words
from swarmscope.inference.comparison import Answer
from swarmscope.recording.sides import BOTH, A, B, parted
from swarmscope.runs.audit import Audit
from swarmscope.runs.doubts import Minded, doubts_of
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of, percent, share, some_of

_FULL = {"408", "429"}
"""Of the statuses that say that a request is at fault: these say that there are too many."""
_MANY_REFUSED = 0.05
"""Of the requests to B of an endpoint: so many more than of A's, and it isn't asked the same."""
_NAMED = 3


@dataclass(frozen=True)
class Wanted:
    """How a duet is judged."""

    margin: float = 0.05
    confidence: float = 0.95
    warm_up: float = 0
    generators: bool = True
    """Whether a saturated load generator makes it doubtful."""


@dataclass(frozen=True)
class DuetVerdict:
    """What a duet came to: *told* is what the run says of itself."""

    run: str
    told: str
    wanted: Wanted
    compared: tuple[Compared, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    uneven: tuple[str, ...] = ()
    """Endpoints that one side alone was asked: no doubt in what was compared, but it isn't all."""

    @property
    def answer(self) -> Answer:
        """What all of it comes to.

        What nobody can tell of one endpoint alone doesn't decide, unless more of it fails.
        """
        answers = {one.difference.answer for one in self.compared}
        of_all = [one.difference.answer for one in self.compared if one.endpoint is None]
        if self.doubts:
            return Answer.UNKNOWN
        if Answer.WORSE in answers:
            return Answer.WORSE
        rose = any(one.difference.rose for one in self.compared)
        if self.uneven or rose or Answer.UNKNOWN in of_all:
            return Answer.UNKNOWN
        return Answer.BETTER if Answer.BETTER in answers else Answer.SAME

    @property
    def exit_code(self) -> ExitCode:
        """What a command ends with."""
        codes = {Answer.WORSE: ExitCode.LIMIT_BROKEN, Answer.UNKNOWN: ExitCode.INCONCLUSIVE}
        return codes.get(self.answer, ExitCode.FINE)

    def sentence(self) -> str:
        """Return the verdict in one sentence, with its first reason."""
        said = {
            Answer.WORSE: "B is worse than A",
            Answer.BETTER: "B is better than A",
            Answer.SAME: f"B is the same as A, shown to within {percent(100 * self.wanted.margin)}",
            Answer.UNKNOWN: "nobody can tell whether B is worse than A",
        }[self.answer]
        reasons = list(self._reasons())
        more = f" (and {count_of(len(reasons) - 1, 'further reason')})" if reasons[1:] else ""
        return f"Run {self.run}: {said}{f': {reasons[0]}{more}' if reasons else ''}."

    def _reasons(self) -> Iterator[str]:
        yield from self.doubts
        if self.doubts or self.answer is Answer.SAME:
            return
        if self.answer is Answer.UNKNOWN:
            yield from self.uneven
        # That more fail is said before what is merely wide.
        for one in sorted(self.compared, key=lambda one: not one.difference.rose):
            if one.difference.answer is not self.answer:
                continue
            decides = one.endpoint is None or one.difference.rose
            if self.answer is Answer.UNKNOWN and not decides:
                continue
            yield _reason(one)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it: times in ms, rates as shares."""
        return {
            "run": self.run,
            "answer": self.answer,
            "exit_code": self.exit_code,
            "sentence": self.sentence(),
            "duet": self.told,
            "margin": self.wanted.margin,
            "confidence": self.wanted.confidence,
            "doubts": list(self.doubts),
            "uneven": list(self.uneven),
            "notes": list(self.notes),
            "compared": [_json(one) for one in self.compared],
        }


def where(one: Compared) -> str:
    """Return what it is of, in words."""
    return endpoint_in_words(one.endpoint) if one.endpoint else "all together"


def ratio(one: Compared) -> str:
    """Return the ratio with its interval: ``1.12 (1.08 to 1.17)``."""
    found = one.difference
    if found.ratio is None:
        return "-"
    if found.low is None or found.high is None:
        return f"{found.ratio:.3f}"
    return f"{found.ratio:.3f} ({found.low:.3f} to {found.high:.3f})"


def _reason(one: Compared) -> str:
    if one.difference.ratio is None:
        why = one.difference.why or f"{_rate(one.b)} where A has {_rate(one.a)}"
        return f"{one.of} of {where(one)}: {why}"
    why = f": {one.difference.why}" if one.difference.why else ""
    return f"{one.of} of {where(one)} is {ratio(one)} of A's{why}"


def _rate(share_of_one: float | None) -> str:
    return "unknown" if share_of_one is None else percent(100 * share_of_one)


def _json(one: Compared) -> dict[str, Any]:
    found = one.difference
    name, method = one.endpoint or (None, None)
    return {
        "endpoint": name,
        "method": method,
        "metric": one.of,
        "a": one.a,
        "b": one.b,
        "ratio": found.ratio,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "answer": found.answer,
        "method_of_test": found.method,
        "why": found.why,
    }


def judge_duet(reader: Reader, found: Audit, wanted: Wanted) -> DuetVerdict:
    """Return the verdict on the duet that was audited.

    Raises:
        NoDataError: the run is no duet, or one of its sides was asked nothing.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    course = course_of(reader, found.run, found.began, endpoints=True)
    pairs = pairs_of(course, wanted.warm_up)
    if not pairs:
        raise _no_duet(found.run, course)
    told = _told(reader, found.run)
    results = compared(pairs, margin=wanted.margin, confidence=wanted.confidence)
    doubts = [
        *doubts_of(reader, found, Minded(generators=wanted.generators)),
        *_silent(results),
        *(_refused(reader, found.run) if BOTH in told else ()),
    ]
    return DuetVerdict(
        found.run,
        told,
        wanted,
        results,
        tuple(doubts),
        tuple(_notes(course)),
        tuple(uneven(course, wanted.warm_up)),
    )


def _no_duet(run: str, course: Course) -> NoDataError:
    sided = [side for side in (A, B) if alone(course)[side]]
    happened = (
        f"Of run {run} only {sided[0]} was asked anything."
        if sided
        else f"Run {run} is no duet: no request of it was made to two versions."
    )
    return NoDataError(
        happened,
        data="Nothing is compared.",
        remedy="Give Locust the listener and --swarmscope-duet http://b, or use swarmscope duet "
        "-f …; where users alternate (--mode users), there must be two of each class.",
    )


def _told(reader: Reader, run: str) -> str:
    rows = reader.ask(Question("run_events", run)).records()
    return next((str(row["message"] or "") for row in rows if row["event"] == "duet"), "")


def _silent(results: Sequence[Compared]) -> Iterator[str]:
    """Yield a doubt where A never answered as it should: nothing is known of how it is."""
    for one in results:
        if one.endpoint is None and one.of is Of.FAILURES and one.a == 1:
            yield "A failed each request, so that there is nothing to hold B against"


def _refused(reader: Reader, run: str) -> Iterator[str]:
    """Yield a doubt where B finds fault with requests that A takes: it is asked with what is A's.

    Or the fault is B's own, which only users tell who ask B alone.
    """
    requests: Counter[tuple[str, str, str]] = Counter()
    refused: Counter[tuple[str, str, str]] = Counter()
    for row in reader.ask(Question("endpoint_statuses", run)).records():
        name, side = parted(row["name"])
        requests[name, row["method"], side] += row["requests"]
        if row["status"].startswith("4") and row["status"] not in _FULL:
            refused[name, row["method"], side] += row["requests"]
    for (name, method, side), count in sorted(refused.items()):
        if side != B:
            continue
        of_b = requests[name, method, B]
        of_a = refused[name, method, A] / max(1, requests[name, method, A])
        if count / of_b > of_a + _MANY_REFUSED:
            yield (
                f"B refused {share(count, of_b)} of {endpoint_in_words((name, method))} (4xx), "
                f"and A {percent(100 * of_a)}: what was read of A's answers, a token or an id, is "
                "probably sent to both; let whole users alternate (--mode users), which also tells "
                "whether it is B's own fault"
            )


def _notes(course: Course) -> Iterator[str]:
    for side, keys in alone(course).items():
        if keys:
            yield f"Only {side} was asked {_named(keys)}."
    neither = sorted(key for key in course.endpoints if not parted(key[0])[1])
    if neither:
        yield f"On no side, and not compared: {_named(neither)}."
    if any(name == schema.FOLDED for name, _ in neither):
        yield (
            f"What is beyond the limit of endpoints is counted as {schema.FOLDED}, of both sides "
            "together: give requests of one kind one name, or raise SWARMSCOPE_MAX_NAMES."
        )


def _named(keys: Sequence[tuple[str, str]]) -> str:
    return ", ".join(some_of([endpoint_in_words(key) for key in keys], _NAMED))
