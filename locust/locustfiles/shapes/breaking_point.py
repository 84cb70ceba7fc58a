"""Searches for the breaking point: the most users within limits, by halving what is unknown.

    cd locust/locustfiles
    locust -f mix.py,shapes/breaking_point.py --host … --headless --p95-limit 300 --fail-limit 0.5

Doubles the users until a level breaks a limit, and then halves between the highest that held and
the lowest that broke. A level is judged by the requests of its own seconds alone, once all its
users are there; behind one that broke the service rests. Plain Locust: the numbers are its own.
With workers, which report each 3 s, settle for longer than that.
"""

import logging
import math
from typing import Any

from locust import LoadTestShape, events
from locust.stats import calculate_response_time_percentile

log = logging.getLogger(__name__)


@events.init_command_line_parser.add_listener
def options(parser: Any) -> None:
    """Add the limits, and how the search is done."""
    parser.add_argument("--p95-limit", type=float, default=500, help="Highest p95, ms")
    parser.add_argument("--fail-limit", type=float, default=1, help="Highest failed share, percent")
    parser.add_argument("--first-level", type=int, default=10, help="Users of the first level")
    parser.add_argument("--highest-level", type=int, default=1_000, help="Users at most")
    parser.add_argument("--settle", type=float, default=10, help="Seconds left out of each level")
    parser.add_argument("--hold", type=float, default=30, help="Seconds by which it is judged")


class Search:
    """The highest level that holds, to within a tenth: doubling first, then halving."""

    def __init__(self, first: int, highest: int) -> None:
        self.level, self.highest = first, highest
        self.held, self.broke = 0, highest + 1

    def judge(self, *, holds: bool) -> None:
        """Take whether the present level holds, and go to the next."""
        if holds:
            self.held = self.level
        else:
            self.broke = self.level
        if self.broke > self.highest:
            self.level = min(2 * self.held, self.highest)
        else:
            self.level = (self.held + self.broke) // 2

    @property
    def done(self) -> bool:
        """Whether the breaking point is known closely enough."""
        return self.broke - self.held <= max(1, self.held // 10) or self.held >= self.highest


class BreakingPoint(LoadTestShape):
    """Goes from level to level as `Search` wants. Users must not end by themselves."""

    stage = ""
    search: Search | None = None
    since = 0.0
    rests = False
    before: tuple[int, int, dict[int, int]] | None = None

    def reset_time(self) -> None:
        """Begin anew: Locust's page starts one test after the other."""
        super().reset_time()
        self.search, self.rests, self.since, self.before = None, False, 0.0, None

    def tick(self) -> tuple[int, float] | None:
        """Return users and spawn rate for this moment; None ends the test."""
        runner: Any = self.runner
        told, total, now = (
            runner.environment.parsed_options,
            runner.stats.total,
            self.get_run_time(),
        )
        self.search = self.search or Search(told.first_level, told.highest_level)
        users = self.wanted(self.search)
        if self.get_current_user_count() != users:
            self.since, self.before = now, None  # the clock starts when all of them are there
        elif self.rests and now - self.since >= told.settle:
            self.rests = False
        elif not self.rests and not self.before and now - self.since >= told.settle:
            self.before = (total.num_requests, total.num_failures, dict(total.response_times))
        elif self.before and now - self.since >= told.settle + told.hold:
            self.rests = not self.judge(total, told, self.before)
            self.before, self.since = None, now
            if self.search.done:
                log.info("Breaking point: %d users hold.", self.search.held)
                return None
        users = self.wanted(self.search)
        self.stage = "rest" if self.rests else f"{self.search.held} held, now {users}"
        return users, max(10, users)

    def wanted(self, search: Search) -> int:
        """Return the users of this moment: at rest half of what held."""
        return max(1, search.held // 2) if self.rests else search.level

    def judge(self, total: Any, told: Any, before: tuple[int, int, dict[int, int]]) -> bool:
        """Tell whether the level held, by what came since *before*."""
        requests, failures, times = before
        made, failed = total.num_requests - requests, total.num_failures - failures
        window = {ms: n - times.get(ms, 0) for ms, n in total.response_times.items()}
        p95 = calculate_response_time_percentile(window, made, 0.95)
        share = 100 * failed / made if made else math.inf  # without a request nothing holds
        holds = p95 <= told.p95_limit and share <= told.fail_limit
        assert self.search  # noqa: S101
        told_as = "holds" if holds else "breaks"
        log.info(
            "%d users: p95 %.0f ms, %.2f %% failed: %s", self.search.level, p95, share, told_as
        )
        self.search.judge(holds=holds)
        return holds
