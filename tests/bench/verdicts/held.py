"""What tests hold of verdicts on one run, beside what is counted of comparisons.

How many cases a test has is counted from its own tables.
"""

from types import ModuleType

from tests.bench.verdicts.words import rows
from tests.integration import test_live_verdicts as live
from tests.integration import test_thresholds_of_requests as requests
from tests.unit.gate import test_each_can_fail as failing

_ABOUT = (
    "Whether a run keeps its thresholds is no matter of chance, and isn't counted here: tests "
    "hold it, of so many cases."
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
            "alone breaks it.",
            f"{len(failing.RULES) + 1} thresholds",
            _path(failing),
        ),
        (
            "A value is what single requests say, as another computation cuts, counts and sorts "
            "them.",
            f"{sentences:,} sentences in both stores: each of {metrics} metrics, in {times} kinds "
            f"of stretches, of {scopes} scopes, and of {single} of single workers",
            _path(requests),
        ),
        (
            "What the master says of a run as it ends is what `swarmscope check` finds afterwards.",
            f"{live.ALL_KINDS.count('  - ')} thresholds of one run of two workers; a run of each "
            "outcome, one that a threshold ended, one that was ended by hand",
            _path(live),
        ),
    ]


def _path(module: ModuleType) -> str:
    return f"`{module.__name__.replace('.', '/')}.py`"
