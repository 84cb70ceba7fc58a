"""Reading of settings' texts: durations, sizes, addresses, tags.

Each function raises ValueError where it can't: its message goes into a sentence.
"""

import re
from math import isfinite, nan
from urllib.parse import SplitResult, urlsplit

from swarmscope import schema

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
DAY_S = 86_400
HOUR_S = 3_600
_RETENTION = re.compile(r"(\d+)([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
_SIZE = re.compile(r"(\d+)\s*([KMG]i?B?)?", re.IGNORECASE)
_ADDRESS = re.compile(r"tcp://(\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):\d{1,5}")
_FACTOR = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_NOT_IN_A_RUN_ID = re.compile(r'["\\$\x00-\x1f\x7f]')
_STORES_OWN = ("time", "_time", "_measurement", "_field", "_value", "_start", "_stop")
"""Names that InfluxDB keeps for itself: a line with one of them is refused, or can't be asked."""
MAX_PORT = 65_535
MAX_TOKEN = 16 * 2**10
"""Characters; servers take no longer headers."""
RESERVED_TAGS = frozenset(
    {"run", "worker", *_STORES_OWN} | {tag for m in schema.OWN for tag in m.tags}
)
"""Tags that the user's own tags must not replace."""


def text(given: str) -> str:
    """Return what was *given*, if it is one: Python hands on bytes that are none as half signs."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds bytes that are no UTF-8") from None
    return given


def url(text: str, *, lets_in: str = "INFLUXDB_V2_TOKEN lets us in") -> str:
    """Return an address of HTTP, without the slash at its end; what *lets_in* is not in it."""
    parts = urlsplit(text)
    # They would be in messages and logs wherever the address is.
    if "@" in text:  # behind a slash, too: a password of digits and a slash reads as a port
        raise ValueError(f"an address holds no user and password: {lets_in}")
    if parts.query or parts.fragment:
        raise ValueError(f"an address ends before the ? or #: {lets_in}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it isn't of the form http://host:8086 or https://host:8086")
    if not has_port(parts):
        raise ValueError("its port is no number up to 65535")
    return text.rstrip("/")


def has_port(parts: SplitResult) -> bool:
    """Return whether the port of an address is one, or left out."""
    try:
        return (parts.port or 0) >= 0
    except ValueError:
        return False


def place(text: str) -> tuple[str, int]:
    """Return host and port of ``host:8086``."""
    host, _, number = text.rpartition(":")
    if not host:
        raise ValueError("it isn't of the form host:8086")
    return host, port(number)


def port(text: str) -> int:
    """Return the number of a port."""
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_PORT:
        raise ValueError(f"its port is no number up to {MAX_PORT}")
    return int(text)


def token(text: str) -> str:
    """Return *text* if a header can carry it; the error doesn't say what it is.

    HTTP clients name what they can't send, the secret in it too.
    """
    if len(text) > MAX_TOKEN:
        raise ValueError("it is longer than any token")
    if len(text.splitlines()) > 1:
        raise ValueError("it is more than one line")
    if not text.isascii():
        raise ValueError("it holds a sign outside of ASCII, as a text's quotation marks are")
    if not text.isprintable():
        raise ValueError("it holds a control sign")
    return text


def run_id(text: str) -> str:
    """Return what names a run, if it can stand in a query's text as it is.

    Grafana puts it between quotes, and escapes nothing there that Flux would take for its own.
    """
    if _NOT_IN_A_RUN_ID.search(text):
        raise ValueError(
            "a run's id has no \", \\, $ or line break in it: boards and links could not ask for it"
        )
    if len(text) > schema.MAX_TAG_LENGTH:
        raise ValueError(f"it has over {schema.MAX_TAG_LENGTH} characters")
    return text


def positive(text: str) -> int:
    """Return a whole number of 1 or more."""
    number = int(text)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


def flag(text: str) -> bool:
    """Return what ``on``, ``off`` and their like mean."""
    choices = {"true": True, "on": True, "1": True, "yes": True}
    choices |= {"false": False, "off": False, "0": False, "no": False}
    if text.lower() not in choices:
        raise ValueError("it isn't one of on, off, true, false")
    return choices[text.lower()]


def duration(text: str) -> float:
    """Return the seconds of ``500ms``, ``1s``, ``2m``, ``1h`` or plain digits."""
    match = _DURATION.fullmatch(text)
    try:
        seconds = float(match[1]) * _SECONDS[match[2]] if match else float(text)
    except ValueError:
        seconds = nan
    if not isfinite(seconds):
        raise ValueError("it isn't a duration like 500ms, 1s, 2m or 1h")
    return seconds


def share(text: str) -> float:
    """Return a share above 0, at most 1."""
    number = float(text)
    if not 0 < number <= 1:
        raise ValueError("it must be above 0 and at most 1")
    return number


def span(text: str) -> float:
    """Return the seconds of a duration of one second or more."""
    seconds = duration(text)
    if not seconds >= 1:
        raise ValueError("it must be a second or more")
    return seconds


def address(text: str) -> str:
    """Return *text*, an address of ZeroMQ over TCP."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it isn't of the form tcp://host:5558")
    return text


def retention(text: str) -> int:
    """Return the seconds of ``30d``, ``12h`` or ``8w``; 0 of ``forever``, as InfluxDB has it."""
    if text == "forever":
        return 0
    match = _RETENTION.fullmatch(text)
    seconds = int(match[1]) * _HOURS[match[2]] * 3_600 if match else 0
    if not seconds:
        raise ValueError('it isn\'t 30d, 12h, 8w or "forever"; one hour is the least')
    return seconds


def whole_seconds(text: str) -> int:
    """Return the seconds of a duration of whole ones."""
    seconds = duration(text)
    if seconds != int(seconds) or not 1 <= seconds <= HOUR_S:
        raise ValueError("windows are whole seconds long, from one to an hour")
    return int(seconds)


def patience(text: str) -> float:
    """Return the seconds that somebody waits: a day at most."""
    seconds = duration(text)
    if not 0 <= seconds <= DAY_S:
        raise ValueError("it must be from 0 to a day")
    return seconds


def milliseconds(text: str) -> int:
    """Return ms, one at least: of plain digits, or of a duration."""
    ms = positive(text) if text.isdigit() else int(patience(text) * 1_000)
    if not 0 < ms <= DAY_S * 1_000:
        raise ValueError("it must be from 1 ms to a day")
    return ms


def size(text: str) -> int:
    """Return the bytes of ``1048576``, ``64MiB`` or ``1GiB``."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError("it isn't a size like 1048576, 64MiB or 1GiB")
    return int(match[1]) * _FACTOR[(match[2] or "")[:1].upper()]


def names(text: str) -> frozenset[str]:
    """Return names and origins, parted by commas, as browsers write them."""
    return frozenset(part.strip().rstrip("/").lower() for part in text.split(",")) - {""}


def tags(text: str) -> dict[str, str]:
    """Return the tags of ``key=value,key=value``."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not (sign and key and value):
            raise ValueError(f"{pair[:40]!r} isn't of the form key=value")
        if key in RESERVED_TAGS:
            raise ValueError(f"the tag {key!r} is written by swarmscope itself, or the store")
        if len(key) > schema.MAX_TAG_LENGTH or len(value) > schema.MAX_TAG_LENGTH:
            raise ValueError(
                f"{key[:40]!r} or its value has over {schema.MAX_TAG_LENGTH} characters"
            )
        found[key] = value
    if len(found) > schema.MAX_TAGS:
        raise ValueError(f"{len(found)} tags on every point are more than {schema.MAX_TAGS}")
    return found
