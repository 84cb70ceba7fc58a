"""What is good to know of a run beside the verdict of its audit, and changes nothing about it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from swarmscope.runs.accounts import WorkerAccount, in_words
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.generators import Generators
from swarmscope.terminal import one_line
from swarmscope.words import SHOWN, begin_of, count_of, some_of

_MOST_STARTS = 3
"""Of a run that are told with their times."""


def audit_notes(
    accounts: Sequence[WorkerAccount],
    generators: Generators,
    *,
    interrupted: bool,
    user_errors: int,
    arrivals: Arrivals,
    locust_requests: int | None,
) -> Iterator[str]:
    """Yield a sentence for each thing of that kind.

    *user_errors* are exceptions that the users' own code let out, and *locust_requests* what
    Locust's statistics on the master said at the end.
    """
    if interrupted:
        yield "The run was interrupted: it began, but its master never said that it stopped."
    yield from _of_points(accounts)
    yield from _of_locusts_count(accounts)
    if user_errors:
        yield (
            f"The locustfile's own code let out {count_of(user_errors, 'exception')}, counted "
            "apart from requests: the report and the live page show where."
        )
    yield from arrivals.sentences()
    if generators.strained:
        yield one_line(f"Generators: {generators.line()}.")
    if locust_requests is not None:
        yield (
            f"Locust's own statistics say {in_words(locust_requests)}: for comparison only, "
            "because its master stops listening before its workers' last reports."
        )


def several_runs(starts: Sequence[int]) -> str:
    """Say that a run began more than once, at *starts*, ms since 1970."""
    times = [
        f"{datetime.fromtimestamp(ms / 1_000).astimezone():%Y-%m-%d %H:%M:%S}" for ms in starts
    ]
    return (
        f"{count_of(len(starts), 'run')} have this id, or its master was started anew: it began at "
        f"{' and '.join(some_of(times, _MOST_STARTS))}"
    )


def _of_points(accounts: Sequence[WorkerAccount]) -> Iterator[str]:
    for account in accounts:
        if account.points_rejected or account.points_lost:
            yield (
                f"Of the points of {_named(account)}, {account.points_rejected:,} were rejected "
                f"and {account.points_lost:,} lost, with those that tell of no request."
            )


def _of_locusts_count(accounts: Sequence[WorkerAccount]) -> Iterator[str]:
    finished = [account for account in accounts if account.final]
    for account in finished:
        if account.locust is not None and account.locust < account.recorded:
            yield (
                f"Locust's own statistics in {_named(account)} say {in_words(account.locust)}, "
                f"fewer than the {account.recorded:,} that were recorded: they don't count what "
                "came before the runner was there, or an event without all of Locust's arguments."
            )
    for account in finished:
        if account.failures_alone:
            yield (
                f"Locust's own statistics in {_named(account)} count "
                f"{count_of(account.failures_alone, 'failure')} more than requests of the same "
                "name, which no request stands behind: they were logged by hand "
                "(`environment.stats.log_error`), beside a failed request or without any."
            )


def _named(account: WorkerAccount) -> str:
    return begin_of(one_line(account.worker), SHOWN)
