"""What tests hold of verdicts on one run, beside what is counted of comparisons.

How many cases a test has is counted from its own tables.
"""

from types import ModuleType

from tests.bench.verdicts.words import rows
from tests.integration import test_live_verdicts as live
from tests.integration import test_thresholds as stored
from tests.integration import test_thresholds_of_requests as requests
from tests.unit.gate import test_each_can_fail as failing

_ABOUT = (
    "Whether a run keeps its thresholds is no matter of chance, and isn't counted here: tests "
    "hold it, of so many cases. A threshold relative to a baseline compares the same values as one "
    "without, each run's own; how often such a comparison is wrong is below."
)


def told() -> str:
    """Return the section of the page."""
    table = rows(("claim", "cases", "test"), _claims())
    return "\n".join(("## What tests hold\n", f"{_ABOUT}\n", *table, ""))


def _claims() -> list[tuple[str, str, str]]:
    metrics, times, scopes = len(requests.METRICS), len(requests.TIMES), len(requests.SCOPES)
    single = len(requests.SCOPES_OF_WORKERS) * requests.WORKERS
    sentences = metrics * times * (scopes + single)
    return [
        (
            "Each kind of threshold can fail: a good run keeps it, one that is bad in that respect "
            "alone breaks it. No metric, aggregate, operator, scope, stretch, or way to name a "
            "stage is left out.",
            f"{len(failing.RULES)} thresholds of requests, {len(failing.TAGGED)} with tags, "
            f"{len(failing.FIELDS)} of what others wrote, {len(failing.RELATIVE)} relative to a "
            "baseline, one of iterations that were dropped",
            _path(failing),
        ),
        (
            "The value of a threshold of requests is what single requests say, as another "
            "computation cuts, counts and sorts them.",
            f"{sentences:,} sentences in both stores: each of {metrics} metrics, in {times} kinds "
            f"of stretches, of {scopes} scopes, and of {single} of single workers",
            _path(requests),
        ),
        (
            "That of what others wrote, and of dropped iterations, is what was written, counted "
            "and sorted one by one.",
            f"{len(stored.OF_FIELDS)} sentences of a gauge, {len(stored.OF_COUNTERS)} of counters, "
            "one of iterations, in both stores",
            _path(stored),
        ),
        (
            "What the master says of a run as it ends is what `swarmscope check` finds afterwards, "
            "but for thresholds relative to a baseline, which it leaves to that.",
            f"{live.ALL_KINDS.count('  - ')} thresholds of one run of two workers; a run of each "
            "outcome, one that a threshold ended, one that was ended by hand",
            _path(live),
        ),
    ]


def _path(module: ModuleType) -> str:
    return f"`{module.__name__.replace('.', '/')}.py`"
