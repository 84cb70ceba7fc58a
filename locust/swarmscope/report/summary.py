"""A run in a dozen lines, for a terminal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from swarmscope import schema
from swarmscope.report.contents import Contents, contents_of
from swarmscope.report.figures import figures_of
from swarmscope.report.kinds import FailureKind, UserError
from swarmscope.report.ranges import Ranges
from swarmscope.report.silence import Silence
from swarmscope.report.steps import Step, table
from swarmscope.report.transactions import Transaction
from swarmscope.runs.arrivals import NONE_DUE, Arrivals
from swarmscope.runs.generators import Generators, generators_of
from swarmscope.runs.part import Part, Wanted
from swarmscope.store.question import Reader
from swarmscope.terminal import one_line
from swarmscope.words import count_of, lasted, milliseconds, percent, percentiles, share, some_of

_SLOWEST = 3
_SHOWN_ERRORS = 3
"""Kinds of failures, and of exceptions in users' own code."""
_SHOWN_TRANSACTIONS = 5
_EVERYTHING = Wanted()
_WIDTH = 11
"""Signs before the text of a line."""


@dataclass(frozen=True)
class Endpoint:
    """One row of the slowest endpoints; times in ms."""

    name: str
    method: str
    requests: int
    p95: float


@dataclass(frozen=True)
class Peak:
    """The highest CPU of a host, percent."""

    host: str
    role: str
    percent: float


@dataclass(frozen=True)
class Drift:
    """A worker whose clock was off, ms: *corrected* is off its points' times, *error* is left."""

    worker: str
    corrected: float
    error: float

    @property
    def wrong(self) -> bool:
        """Whether its points stand at the wrong time."""
        return abs(self.error) > schema.CLOCK_LIMIT_MS

    def line(self) -> str:
        """Say so in one line."""
        if self.wrong:
            return (
                f"{self.worker}'s points stand {self.error:+,.0f} ms from the master's clock: "
                "synchronise the machines' clocks"
            )
        return f"{self.worker}'s clock was {self.corrected:+,.0f} ms off; its points are corrected"


@dataclass(frozen=True)
class Summary:
    """What a run came to; response times are ms, or None where no request had one."""

    run: str
    test: str
    target: str
    seconds: float
    users: int
    requests: int
    failures: int
    p50: float | None
    p95: float | None
    p99: float | None
    slowest: tuple[Endpoint, ...]
    """By p95, slowest first."""
    cpu_peaks: tuple[Peak, ...]
    """Of each host, highest first."""
    generators: Generators
    """How the workers got through it: a saturated one's response times are its own."""
    drifted: tuple[Drift, ...] = ()
    """Workers whose clock was off from the master's."""
    label: str = ""
    description: str = ""
    user_errors: tuple[UserError, ...] = ()
    """What the locustfile itself got wrong, most frequent first."""
    part: Part | None = None
    """What all of this is about, where not the whole run."""
    steps: tuple[Step, ...] = ()
    """What each load step came to."""
    failure_kinds: tuple[FailureKind, ...] = ()
    """Which requests failed and why, most frequent first."""
    ranges: Ranges | None = None
    """How they fared by Apdex; None where none had a response time."""
    silence: Silence | None = None
    """Whether users still waited when it ended."""
    arrivals: Arrivals = NONE_DUE
    """What became of iterations that were due, where users say when they should begin."""
    intended: dict[str, float | None] | None = None
    """p50, p95 and p99 from when requests should have begun, where that is said."""
    transactions: tuple[Transaction, ...] = ()
    """Journeys that users timed as a whole, those that came to their end most often first."""

    def render(self, audit: str = "") -> str:
        """Return the summary as text; *audit* is the audit's line, where there was one."""
        lines = self._lines(audit)
        width = max(_WIDTH, *(len(title) + 1 for title, _ in lines))
        return "\n".join(f"{title:<{width}}{one_line(text)}" for title, text in lines)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON has it; times are ms."""
        return {**asdict(self), "part": self.part and self.part.to_json()}

    def _lines(self, audit: str) -> list[tuple[str, str]]:
        lines = [
            ("Run", f"{self.run} of {self.test}" if self.test else self.run),
            *(
                (title, text)
                for title, text in (("Label", self.label), ("About", self.description))
                if text
            ),
            *([("Part", f"only {self.part.line()}")] if self.part else []),
            (
                "Load",
                f"{count_of(self.users, 'user')} for {lasted(self.seconds)}{self._target()}",
            ),
            ("Requests", f"{self.requests:,} ({self._rate()}), {self._failed()}"),
            *self._failure_lines(),
            ("Responses", percentiles(self.p50, self.p95, self.p99)),
            *([("Apdex", self.ranges.line(self.requests))] if self.ranges else []),
            *self._arrival_lines(),
        ]
        lines += [("" if i else "Steps", text) for i, text in enumerate(table(self.steps))]
        for i, slow in enumerate(self.slowest):
            name = f"{slow.method} {slow.name}".strip()
            text = f"{name}: p95 {milliseconds(slow.p95)}, {count_of(slow.requests, 'request')}"
            lines.append(("" if i else "Slowest", text))
        lines += self._transaction_lines()
        lines += self._user_error_lines()
        for i, peak in enumerate(self.cpu_peaks):
            role = f" ({peak.role})" if peak.role else ""
            lines.append(("" if i else "CPU peak", f"{percent(peak.percent)} on {peak.host}{role}"))
        if audit:
            lines.append(("Audit", audit))
        lines += [("Warning", self.silence.line())] if self.silence else []
        lines += [("Warning", line) for line in self.arrivals.sentences()]
        lines += [("Warning", line) for line in self.generators.warnings()]
        lines += [("Warning" if d.wrong else "Clock", d.line()) for d in self.drifted]
        return lines

    def _arrival_lines(self) -> list[tuple[str, str]]:
        if not self.arrivals.due:
            return []
        lines = [("Arrivals", self.arrivals.line())]
        if self.intended:
            lines.append(("", f"from the intended start: {percentiles(**self.intended)}"))
        return lines

    def _transaction_lines(self) -> list[tuple[str, str]]:
        shown = some_of([one.line() for one in self.transactions], _SHOWN_TRANSACTIONS)
        return [("" if i else "Transactions", text) for i, text in enumerate(shown)]

    def _failure_lines(self) -> list[tuple[str, str]]:
        return _most_frequent("Failed", self.failure_kinds)

    def _user_error_lines(self) -> list[tuple[str, str]]:
        return _most_frequent("Exceptions", self.user_errors)

    def _target(self) -> str:
        return f" on {self.target}" if self.target else ""

    def _rate(self) -> str:
        return f"{self.requests / self.seconds:,.1f}/s" if self.seconds else "no time"

    def _failed(self) -> str:
        if not self.failures:
            return "none failed"
        return f"{self.failures:,} failed ({share(self.failures, self.requests)})"


def summary(reader: Reader, run: str, wanted: Wanted = _EVERYTHING) -> Summary:
    """Sum up *run*, or the part of it that is *wanted*, from what *reader*'s store holds.

    Raises:
        NoDataError: there is no such run, or no request in that part.

    """
    return summarize(contents_of(reader, run, wanted))


def summarize(contents: Contents) -> Summary:
    """Sum up *contents*, which were asked for already."""
    run = contents.run
    tails = {
        (row["name"], row["method"] or ""): row for row in contents.records("endpoint_percentiles")
    }
    together: dict[str, Any] = tails.get((schema.AGGREGATED, ""), {})
    figures = figures_of(contents)
    return Summary(
        run=run["run"],
        test=run["test"] or "",
        target=run["target"] or "",
        seconds=figures.seconds,
        users=figures.users,
        requests=figures.requests,
        failures=figures.failures,
        p50=together.get("p50"),
        p95=together.get("p95"),
        p99=together.get("p99"),
        slowest=_slowest(contents, tails),
        cpu_peaks=_cpu_peaks(contents),
        generators=generators_of(
            *map(contents.records, ("worker_strain", "host_strain")), timed=figures.requests > 0
        ),
        drifted=_drifted(contents),
        label=run["label"] or "",
        description=run["description"] or "",
        user_errors=tuple(map(UserError.of, contents.records("user_errors"))),
        part=contents.part,
        steps=tuple(Step.of(row) for row in contents.records("load_steps")),
        failure_kinds=tuple(map(FailureKind.of, contents.records("exceptions"))),
        ranges=_ranges(contents),
        silence=Silence.of(contents),
        arrivals=contents.arrivals,
        intended=_intended(contents),
        transactions=_transactions(contents),
    )


def _most_frequent(
    title: str, kinds: Sequence[FailureKind] | Sequence[UserError]
) -> list[tuple[str, str]]:
    texts = [kind.line() for kind in kinds[:_SHOWN_ERRORS]]
    rest = sum(kind.count for kind in kinds[_SHOWN_ERRORS:])
    texts += [f"and {rest:,} more"] if rest else []
    return [("" if i else title, text) for i, text in enumerate(texts)]


def _ranges(contents: Contents) -> Ranges | None:
    rows = contents.records("response_ranges")
    found = (Ranges.of(r, contents.apdex_t) for r in rows if r["name"] == schema.AGGREGATED)
    return next(found, None)


def _intended(contents: Contents) -> dict[str, float | None] | None:
    rows = (row for row in contents.records("intended") if row["name"] == schema.AGGREGATED)
    return next(({key: row[key] for key in ("p50", "p95", "p99")} for row in rows), None)


def _transactions(contents: Contents) -> tuple[Transaction, ...]:
    found = map(Transaction.of, contents.records("transactions"))
    return tuple(sorted(found, key=lambda one: -one.transactions))


def _drifted(contents: Contents) -> tuple[Drift, ...]:
    last: dict[str, Drift] = {}
    for row in contents.within("workers"):
        if row["clock_error_ms"] is not None:
            corrected = row["clock_corrected_ms"] or 0.0
            last[row["worker"]] = Drift(row["worker"], corrected, row["clock_error_ms"])
    return tuple(last[w] for w in sorted(last) if last[w].wrong or last[w].corrected)


def _slowest(
    contents: Contents, tails: dict[tuple[str, str], dict[str, Any]]
) -> tuple[Endpoint, ...]:
    found = []
    for row in contents.records("endpoint_totals"):
        tail = tails.get((row["name"], row["method"] or ""), {})
        if tail.get("p95") is not None:
            found.append(Endpoint(row["name"], row["method"] or "", row["requests"], tail["p95"]))
    return tuple(sorted(found, key=lambda endpoint: -endpoint.p95)[:_SLOWEST])


def _cpu_peaks(contents: Contents) -> tuple[Peak, ...]:
    peaks: dict[str, Peak] = {}
    for row in contents.within("host_cpu"):
        known = peaks.get(row["host"])
        if known is None or row["value"] > known.percent:
            peaks[row["host"]] = Peak(row["host"], row["role"] or "", row["value"])
    return tuple(sorted(peaks.values(), key=lambda peak: -peak.percent))
