"""Takes what enrolled machines write: ``python -m swarmscope.stack machines URL``.

It stands between the gateway, which has bounded the request and had InfluxDB asked for its token,
and the intake at URL. What a machine may write is passed on with the machine's own token, and what
is answered to that is the answer: nothing waits here, and nobody is told that a point is stored
before it is. Of the rest the machine is told why, as InfluxDB tells of points that it refuses.
"""

import hashlib
import json
import sys
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from swarmscope.embedded.parser import PRECISIONS, ParseError, Point, TooLargeError, parse
from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.ingress import machine_points
from swarmscope.ingress.machine_points import Series
from swarmscope.seldom import Seldom
from swarmscope.transport.bounded import BRIEF_BYTES, Brief
from swarmscope.transport.causes import cause
from swarmscope.transport.http import send
from swarmscope.transport.write_api import PATH
from swarmscope.words import begin_of, count_of, were

PORT = 8086
MOST_BYTES = 2**20
"""Of a body, also once it is unpacked: as much as the gateway takes of one."""
MOST_LINES = 20_000
"""A Telegraf sends 2,000 at a time, and halves of what is too large (413)."""
MOST_VALUES = 100_000
"""Tags and fields: each takes some 300 bytes until it is passed on."""
PLACES = 4
"""Of bodies that are read or passed on at a time."""
_THREADS = 32
_WAIT_S = 10.0
_QUIET_S = 15
_ANSWER_S = 30
_NO_RUNS = (
    "what runs are made of is no machine's to write, and nothing of the request is stored: workers "
    "of the stack write by its intake, others to an InfluxDB of their own"
)
_MOST_SAID = 4_000
_MOST_REASONS = 5


@dataclass(frozen=True)
class Answer:
    """What a machine is told."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class _RefusedError(Exception):
    """Nothing of a request is passed on."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = refusal(status, code, message)


def refusal(status: int, code: str, message: str) -> Answer:
    """Return an answer in the form of InfluxDB's."""
    told = json.dumps({"code": code, "message": begin_of(message, _MOST_SAID)})
    return Answer(status, told.encode(), {"Content-Type": "application/json; charset=utf-8"})


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return *body* without its *encoding*.

    Raises:
        _RefusedError: it can't be, or would be too large.

    """
    if encoding.lower() in ("", "identity"):
        return body
    if encoding.lower() != "gzip":
        raise _RefusedError(415, "invalid", f"{encoding} isn't unpacked here: send gzip, or none")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise _RefusedError(400, "invalid", f"the body is no gzip ({error})") from error
    if len(plain) > MOST_BYTES:
        raise _too_large(f"more than {MOST_BYTES:,} bytes, unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise _RefusedError(400, "invalid", "the body is no whole gzip")
    return plain


def _too_large(what: str) -> _RefusedError:
    return _RefusedError(413, "request too large", f"the body has {what}: send less at once")


def read(body: bytes, precision: str, now: int) -> list[Point]:
    """Return the points of *body*.

    Raises:
        _RefusedError: it can't be read, or it is too much.

    """
    if precision not in PRECISIONS:
        told = "invalid precision; valid precision units are ns, us, ms, and s"
        raise _RefusedError(400, "invalid", told)
    for sign, most, what in ((b"\n", MOST_LINES, "lines"), (b"=", MOST_VALUES, "tags and fields")):
        if body.count(sign) > most:
            raise _too_large(f"more than {most:,} {what}")
    try:
        return parse(body.decode("utf-8", "replace"), precision, now)
    except TooLargeError as error:
        raise _too_large(str(error)) from error
    except ParseError as error:
        raise _RefusedError(400, "invalid", str(error)) from error


class Machines:
    """Judges what machines write, and passes it on to *intake*."""

    def __init__(
        self, intake: str, series: Series | None = None, *, wait_s: float = _WAIT_S
    ) -> None:
        self._intake = intake.rstrip("/")
        self._series = series or Series()
        self._places = threading.BoundedSemaphore(PLACES)
        self._wait_s = wait_s
        self._refused = Seldom()
        self._unreached = Seldom()

    def take(self, query: str, authorization: str, encoding: str, body: bytes) -> Answer:
        """Pass on what *body* holds of a machine's; return what it is told."""
        if not self._places.acquire(timeout=self._wait_s):
            return refusal(429, "too many requests", "too much is written at once: come again")
        try:
            return self._take(dict(reversed(parse_qsl(query))), authorization, encoding, body)
        except _RefusedError as error:
            return error.answer
        finally:
            self._places.release()

    def _take(
        self, asked: Mapping[str, str], authorization: str, encoding: str, body: bytes
    ) -> Answer:
        now = time.time_ns()
        points = read(unpacked(body, encoding), asked.get("precision", "ns"), now)
        if any(map(machine_points.is_of_a_run, points)):
            # A worker that was sent here by mistake keeps its points for 403, and not for 422.
            raise _RefusedError(403, "forbidden", _NO_RUNS)
        # Any blank can stand between the two, and behind them.
        credential = " ".join(authorization.split()[:2])
        machine = hashlib.sha256(credential.partition(" ")[2].encode()).digest()
        taken, reasons = [], dict[str, int]()
        for point in points:
            why = machine_points.complaint(point, now) or self._series.complaint(machine, point)
            if why:
                reasons[why] = reasons.get(why, 0) + 1
            else:
                taken.append(machine_points.encoded(point))
        answer = Answer(204)
        if taken or not points:
            answer = self._pass_on(asked, credential, taken)
        return self._without(reasons, answer) if reasons else answer

    def _without(self, reasons: Mapping[str, int], answer: Answer) -> Answer:
        dropped = sum(reasons.values())
        said = "; ".join(list(reasons)[:_MOST_REASONS])
        if self._refused.due():
            print(  # noqa: T201
                f"{count_of(dropped, 'point')} of a machine {were(dropped)} not taken: {said}."
            )
        if answer.status != 204:
            return answer
        return refusal(422, "unprocessable entity", f"partial write: {said} dropped={dropped}")

    def _pass_on(self, asked: Mapping[str, str], credential: str, lines: Iterable[str]) -> Answer:
        query = {name: asked[name] for name in ("org", "orgID", "bucket") if name in asked}
        request = urllib.request.Request(  # noqa: S310 - the stack's own intake
            f"{self._intake}{PATH}?{urlencode({**query, 'precision': 'ns'})}",
            data="\n".join(lines).encode(),
            headers={"Authorization": credential, "Content-Type": "text/plain; charset=utf-8"},
            method="POST",
        )
        try:
            with send(request, _ANSWER_S, answer=Brief) as response:
                return Answer(response.status)
        except urllib.error.HTTPError as error:
            with error:
                kept = ("Content-Type", "Retry-After")
                headers = {name: error.headers[name] for name in kept if name in error.headers}
                return Answer(error.code, error.read(BRIEF_BYTES), headers)
        except (OSError, HTTPException) as error:
            if self._unreached.due():
                print(f"The intake at {self._intake} doesn't answer ({cause(error)}).")  # noqa: T201
            return refusal(503, "unavailable", "InfluxDB can't be reached: come again")


class _Request(BaseHTTPRequestHandler):
    """One request of the gateway's."""

    server: "Server"
    timeout = _QUIET_S

    def do_POST(self) -> None:
        """Answer a write."""
        path, _, query = self.path.partition("?")
        length = self.headers.get("Content-Length", "")
        if path != PATH:
            answer = Answer(404)
        elif not length.isdecimal():
            answer = Answer(411)
        elif len(length) > 9 or int(length) > MOST_BYTES:
            answer = _too_large(f"more than {MOST_BYTES:,} bytes").answer
        else:
            body = self.rfile.read(int(length))
            if len(body) < int(length):  # who sent it has gone
                return
            authorization = self.headers.get("Authorization", "")
            encoding = self.headers.get("Content-Encoding", "")
            answer = self.server.machines.take(query, authorization, encoding, body)
        self._tell(answer)

    def _tell(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the gateway has a log of its requests."""


class Server(ThreadingHTTPServer):
    """Serves the gateway at *host* and *port*, a bounded number of requests at a time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, machines: Machines) -> None:
        super().__init__((host, port), _Request)
        self.machines = machines
        self._free = threading.BoundedSemaphore(_THREADS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait for a thread; who comes meanwhile waits in the queue of the port."""
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread was started
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one request, and give the thread back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a gateway that has gone: its machine comes again."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def main(arguments: Sequence[str]) -> int:
    """Take what machines write, until told to stop."""
    url = arguments[0] if len(arguments) == 1 else ""
    if urlsplit(url).scheme != "http" or not urlsplit(url).hostname:
        raise ConfigurationError(
            "What machines write has to go somewhere.",
            data="Nothing is taken.",
            remedy="Name the intake: http://HOST:PORT.",
        )
    with Server("0.0.0.0", PORT, Machines(url)) as server:  # noqa: S104 - its container's
        server.serve_forever()
    return ExitCode.FINE
