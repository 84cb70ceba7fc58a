"""How users wait between two tasks: six ways, one user class for each, all doing the same.

    locust -f locust/locustfiles/waits.py --host http://127.0.0.1:8000 --headless -u 60 -t 1m

The first two wait for so long *after* an answer: the slower the service, the fewer requests, and a
service that stands still is asked nothing. The next two keep a pace as far as a user can: what it
leaves out is counted (`locust_arrivals`) where the run is recorded. The fifth is a rate whatever
the answers do, for which its users are the pool. Needs swarmscope, for the fifth alone.
"""

import random

from locust import HttpUser, between, constant, constant_pacing, constant_throughput, task

from swarmscope.load import arrival_rate


class Visitor(HttpUser):
    """What all of them do."""

    abstract = True

    @task
    def look(self) -> None:
        """Open a page, under the name of the class: each has a row of its own."""
        self.client.get("/products?category=toys", name=f"/products ({type(self).__name__})")


class Constant(Visitor):
    """One second after each answer: 1 / (1 s + response time) requests a second."""

    wait_time = constant(1)


class Between(Visitor):
    """Anything from half a second to one and a half: so users don't stay in step."""

    wait_time = between(0.5, 1.5)


class Pacing(Visitor):
    """A task begins each second, if the last one took less; for a task of several requests."""

    wait_time = constant_pacing(1)


class Throughput(Visitor):
    """Two tasks a second, if each took less than half: the same as constant_pacing(0.5)."""

    wait_time = constant_throughput(2)


class Arrivals(Visitor):
    """Ten tasks a second by all users of this class together, on all workers, as strangers come."""

    wait_time = arrival_rate(10, spacing="poisson")


class ThinkTime(Visitor):
    """A distribution of one's own: most people wait briefly, some for long (median 0.8 s)."""

    def wait_time(self) -> float:
        """Return the seconds to wait; a bound keeps the longest from outlasting the test."""
        return min(10.0, random.lognormvariate(-0.22, 0.6))
