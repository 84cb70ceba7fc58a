"""What all requests of a kind share: the parts of points and lines around the numbers."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from swarmscope import schema
from swarmscope.line_protocol import MAX_TAG, escape_tag, field_value, kept, shorten
from swarmscope.logs.lines import dumps
from swarmscope.recording.failures import text_of
from swarmscope.recording.tally import Key

TIME_FIELD = "response_time="
MAX_TEXT = 500
_REMEMBERED = 5_000
_FAILED_REMEMBERED = 1_000
"""Of them such as failed: their texts may differ each time, and each takes a kilobyte and more."""
_CODES = 10**9

What = tuple[Key, object, object, str | None, object, type | None]
"""What tells kinds apart: what they are counted under, method, name, what failed, status, class of
the user."""
_ERROR = 3


class Kind(NamedTuple):
    """The parts of a request's point and of its line."""

    series: str
    """The point up to its response time."""
    rest: str
    """The point's fields after the response length."""
    head: str
    """The line from the end of its time to its response time."""
    end: str
    """The line after its response length."""


class Kinds:
    """The kinds of requests of one run, put together once and remembered.

    *sample* is the share of the requests that is taken, as the points and lines say it.
    """

    def __init__(self, *, sample: float) -> None:
        self._sample = sample
        self._kinds: dict[Any, Kind] = {}
        self._failed = 0
        self._tags: Mapping[str, str] = {}
        self._host = ""

    def identify(self, tags: Mapping[str, str], host: str) -> None:
        """Take the tags of the run's points, and this machine's name."""
        self._tags = tags
        self._host = host
        self._forget()

    def of(self, whats: Iterable[What]) -> list[Kind]:
        """Return the kind of each request."""
        asked = list(whats)
        try:
            return list(map(self._kinds.__getitem__, asked))
        except Exception:  # noqa: BLE001 - not known, or a name that can't be a key
            return [self._of(what) for what in asked]

    def _of(self, what: What) -> Kind:
        try:
            return self._kinds[what]
        except KeyError:
            return self._remembered(what, self._made(what))
        except Exception:  # noqa: BLE001 - a name that can't be a key is put together each time
            return self._made(what)

    def _remembered(self, what: What, kind: Kind) -> Kind:
        if len(self._kinds) >= _REMEMBERED or self._failed >= _FAILED_REMEMBERED:
            self._forget()
        self._failed += bool(what[_ERROR])
        self._kinds[what] = kind
        return kind

    def _forget(self) -> None:
        self._kinds.clear()
        self._failed = 0

    def _made(self, what: What) -> Kind:
        key, method, name, error, status, user = what
        result = schema.FAILURE if error else schema.SUCCESS
        tags = {k: escape_tag(v) for k, v in self._tags.items()}
        # As in the windows: unbounded names must not become unbounded series, nor others.
        tags |= {"name": key[0], "method": key[1], "result": result}
        joined = "".join(f",{k}={v}" for k, v in sorted(tags.items()) if v)
        rest = f",exception={field_value(error)}" if error else ""
        rate = {"sample_rate": self._sample} if self._sample < 1 else {}
        if rate:
            rest += f",sample_rate={self._sample!r}"
        head = {
            "level": "error" if error else "info",
            "host": self._host,
            "run": self._tags.get("run", ""),
            "worker": self._tags.get("worker", ""),
            "class": user.__name__ if user else "",
            "request_type": "" if method is None else shorten(text_of(method), MAX_TEXT),
            "name": "" if name is None else kept(text_of(name), MAX_TAG),
            "result": result,
        }
        # One that is no code of HTTP's, another protocol's, is told as well; numbers have no end.
        is_code = isinstance(status, int) and abs(status) < _CODES
        other = {"status": status} if is_code else {}
        end = dumps({"exception": error, **rate, "other": other})
        return Kind(
            series=f"{schema.LOCUST_REQUEST.name}{joined} {TIME_FIELD}",
            rest=rest,
            head=f'Z",{dumps(head)[1:-1]},"response_time":',
            end=f",{end[1:]}",
        )


def exception_text(exception: object) -> str:
    """Return what is written about *exception*. Never raises."""
    text = text_of(exception)
    if not isinstance(exception, str):
        kind = exception if isinstance(exception, type) else type(exception)
        text = f"{kind.__name__}: {text}"
    return kept(text, MAX_TEXT)
