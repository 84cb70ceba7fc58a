"""What becomes of the requests of `HttpUser` and `FastHttpUser` in a duet.

Their clients' `request`, through which their other methods go, is taken over. What isn't asked of
the host under test goes where it went, once, and is on no side.
"""

import re
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any
from urllib.parse import urlsplit

from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession
from locust.exception import ResponseError

from swarmscope.load import duet
from swarmscope.load.addresses import address_of, below, moved
from swarmscope.load.bodies import Bodies, UnrepeatableError
from swarmscope.load.duet import Mode, Playing
from swarmscope.load.twins import Session, twin_of
from swarmscope.recording import sides
from swarmscope.recording.sides import A, B

_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_TAKEN = "_swarmscope_duet"
_UNREPEATABLE = (
    "A request sends or gets what can be read once (a generator, a pipe, stream=True): it goes to "
    "A alone, and is not compared. Give it bytes or a file, or let whole users alternate: "
    "--swarmscope-duet-mode users."
)
Request = Callable[..., Any]


class MisdirectedError(Exception):
    """One side redirected to the other, which answered in its place."""


def take_over() -> None:
    """Let the clients of this process ask both sides where a duet is played."""
    for client in (HttpSession, FastHttpSession):
        if not hasattr(client.request, _TAKEN):
            setattr(client, "request", _of_a_duet(client.request))  # noqa: B010 - mypy


def _of_a_duet(request: Request) -> Request:
    # Behind session, method and URL: what a caller may give without its name.
    names = list(signature(request).parameters)[3:]

    @wraps(request)
    def request_of_a_duet(self: Session, method: str, url: str, *more: Any, **options: Any) -> Any:
        here = duet.playing(self.user.environment) if self.user else None
        if here is None:
            return request(self, method, url, *more, **options)
        options.update(zip(names, more, strict=False))
        return _Call(request, self, here, options).made(method, url)

    setattr(request_of_a_duet, _TAKEN, True)
    return request_of_a_duet


class _Call:
    """One call of a user's: *request* is what its client would do."""

    def __init__(
        self, request: Request, session: Session, here: Playing, options: dict[str, Any]
    ) -> None:
        self._request, self._session, self._here, self._options = request, session, here, options
        user: Any = session.user
        self._side = duet.side_of(user)
        # Where users alternate, one of B has B for its own host, and its class has A.
        self._hosts = {A: address_of(type(user).host or user.host), B: address_of(here.duet.b)}

    def made(self, method: str, url: str) -> Any:
        """Do what a duet makes of it, and return the answer that the user's code sees: A's."""
        order = self._order()
        base = self._base(url) if order else None
        bodies = self._bodies() if len(order) > 1 else Bodies({})
        if base is None or bodies is None:
            return self._request(self._session, method, url, **self._options)
        caught = self._options.pop("catch_response", False)
        answers: dict[str, Any] = {}
        for side in order:
            bodies.rewind()
            answers[side] = self._asked(side, method, url, base)
            if not caught:
                _report(answers[side])
        if caught and len(order) > 1:
            _report_together(answers, order)
        return answers.get(A, answers[order[0]])

    def _order(self) -> tuple[str, ...]:
        if self._here.duet.mode is Mode.REQUESTS:
            return self._here.order()
        return (self._side,) if self._side else ()

    def _base(self, url: str) -> str | None:
        """Return the host that is asked, A's or B's; None: it is another's."""
        whole = url if _ABSOLUTE.match(url) else address_of(self._session.base_url or "")
        hosts = self._hosts.values()
        return next((host for host in hosts if below(whole, host) is not None), None)

    def _bodies(self) -> Bodies | None:
        try:
            return Bodies(self._options)
        except UnrepeatableError:
            self._here.warn_once(_UNREPEATABLE)
            return None

    def _asked(self, side: str, method: str, url: str, base: str) -> Any:
        """Return the answer of a *side*, of which nobody has been told yet."""
        session, options, own = self._session, dict(self._options), self._hosts[side]
        if side == B and self._here.duet.mode is Mode.REQUESTS:
            there = moved(address_of(session.base_url or ""), base, own)
            session = twin_of(session, there or own, self._here.duet.b)
        there = moved(url, base, own) if _ABSOLUTE.match(url) else url
        given = options.get("name") or session.request_name
        if isinstance(session, FastHttpSession):
            # By itself it takes the URL for the name, as it is given: with the host, perhaps.
            given = options["name"] = given or url
        answer = self._request(session, method, there, catch_response=True, **options)
        told = answer.request_meta
        name = str(told["name"])
        if not given:  # the path, of which the part that is in a host's address is A's for both
            parts = {one: urlsplit(host).path for one, host in self._hosts.items()}
            name = parts[A] + name.removeprefix(parts[side])
        told["name"] = sides.named(name, side)
        self._look_whose(answer, side)
        return answer

    def _look_whose(self, answer: Any, side: str) -> None:
        other = A if side == B else B
        final = answer.url
        if not final or below(final, self._hosts[side]) is not None:
            return
        if below(final, self._hosts[other]) is not None:
            why = f"{side} redirected to {other}, whose answer this is"
            answer.request_meta["exception"] = MisdirectedError(why)


def _report(answer: Any) -> None:
    """Tell of a request whose status alone decides, as Locust does without catch_response."""
    answer._catch_response = False
    answer.__exit__(None, None, None)


def _report_together(answers: dict[str, Any], order: tuple[str, ...]) -> None:
    """Tell of both requests when the user's code has judged A's answer: of the last one first.

    Who notes phases in a greenlet takes the newest for those of the request that is told of.
    """
    a, b = answers[A], answers[B]
    report_a = a._report_request

    def report_both() -> None:
        del a._report_request
        _judge_alike(a, b)
        first, last = (
            (lambda: b.__exit__(None, None, None), report_a)
            if order[-1] == B
            else (report_a, lambda: b.__exit__(None, None, None))
        )
        try:
            first()
        finally:  # a listener may end the user here
            last()

    a._report_request = report_both


def _judge_alike(a: Any, b: Any) -> None:
    """Let what the user's code said of A's answer be said of B's, if it has the same status.

    A 404 that is right for A is right for B. With another status B's own decides.
    """
    said = a._manual_result
    if said is None and isinstance(a.request_meta["exception"], ResponseError):
        said = a.request_meta["exception"]
    misdirected = isinstance(b.request_meta["exception"], MisdirectedError)
    if said is not None and a.status_code == b.status_code and not misdirected:
        b._manual_result = said
