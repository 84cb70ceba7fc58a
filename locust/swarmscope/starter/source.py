"""What is known of a service before its first test: which requests it answers, and where it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from swarmscope.starter.credentials import Credential

DEMO_HOST = "http://127.0.0.1:8000"
"""The demo shop's, as `make demo` and `python -m swarmscope.demo.shop` open it."""
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READING = METHODS[:3]
"""Of these a load test may send as many as it likes: they change nothing."""


@dataclass(frozen=True)
class Call:
    """One kind of request: one series in statistics, whatever differs from one to the next."""

    method: str
    paths: Sequence[str]
    """One of them each time."""
    name: str
    about: str = ""
    weight: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    data: str | None = None
    guessed: Sequence[str] = ()
    """The parameters of which the source has no example."""
    needs_body: bool = False

    @property
    def reads(self) -> bool:
        """Whether it can be sent without thinking of data."""
        return self.method in READING and not self.needs_body


@dataclass(frozen=True)
class Source:
    """A service, as a file or nobody described it."""

    title: str
    origin: str
    """What it was read from, for people."""
    calls: Sequence[Call]
    host: str = ""
    credentials: Sequence[Credential] = ()
    notices: Sequence[str] = ()
    """What was left out, and what is odd: told once, when the folder is written."""


DEMO = Source(
    title="The demo shop",
    origin="nothing: it tests the demo shop",
    host=DEMO_HOST,
    calls=(
        Call("GET", ["/"], "/", "The front page."),
        Call(
            "GET",
            [f"/products?category={word}&page=1" for word in ("kitchen", "garden", "books")],
            "/products?category=[value]&page=[value]",
            "A page of a category: one name for all of them, or each had curves of its own.",
            weight=3,
        ),
        Call(
            "GET",
            ["/search?q=kettle", "/search?q=spare+part"],
            "/search?q=[value]",
            "A search for something that is there.",
            weight=2,
        ),
    ),
)
"""What is written where no file is given."""
