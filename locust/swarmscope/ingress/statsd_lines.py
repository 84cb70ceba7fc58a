"""What of a StatsD packet is passed on to Telegraf, so that nothing in one can hold it up."""

import re
import time
from dataclasses import dataclass

NAMES = 500
"""Each name, with its type and tags, is a series: InfluxDB bears a million of them."""
LONGEST = 1_000
"""Of a line, in bytes: its name and its tags are that of a series."""
LOWEST_RATE = 0.0001
REPEATS = 1_000_000
"""So many timings are taken in a second: each counts for all that its rate stands for."""
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_NAME = re.compile(rb"[^\x00-\x1f\x7f:|]+")
_TEXT = re.compile(rb"[^\x00-\x1f\x7f:|]*")
_TAGS = re.compile(rb"[^\x00-\x1f\x7f|]*")
_FORM = "it isn't NAME:VALUE|TYPE, with |@RATE and |#TAG:VALUE,… where they are wanted"
_COUNTED, _TIMED, _SET = (b"c", b"g"), (b"ms", b"h"), b"s"


class Refused(Exception):  # noqa: N818 - a line's, which is dropped
    """Why a line isn't passed on."""


class Lines:
    """Reads packets; *names* have their place for as long as this is there."""

    def __init__(self, *, names: int = NAMES, repeats: int = REPEATS) -> None:
        self._most_names = names
        self._most_repeats = repeats
        self._names: set[tuple[bytes, ...]] = set()
        self._repeats = 0
        self._until = 0.0

    def read(self, packet: bytes) -> tuple[bytes, dict[str, bytes]]:
        """Return what of *packet* Telegraf gets, and why what else doesn't, each with a line."""
        taken = []
        refused: dict[str, bytes] = {}
        for line in packet.split(b"\n"):
            if not (line := line.strip()):
                continue
            try:
                taken.append(self._line(line))
            except Refused as reason:
                refused.setdefault(str(reason), line)
        return b"\n".join(taken), refused

    def _line(self, line: bytes) -> bytes:
        """Return *line* in the one way in which it is passed on."""
        if len(line) > LONGEST:
            raise Refused(f"it has more than {LONGEST} signs, with its tags. Shorten it")
        if line.startswith((b"_e{", b"_sc|")):
            raise Refused(
                "it is an event or a service check of DogStatsD. Send events by HTTP "
                "(docs/business-events.md)"
            )
        parts = line.split(b"|")
        tags = b",".join(part[1:] for part in parts if part.startswith(b"#"))
        # Of its container, its time and its place DogStatsD says what nobody keeps.
        said = [part for part in parts if not part.startswith((b"#", b"c:", b"e:", b"T"))]
        name, *values = b"|".join(said).split(b":")
        if not (values and _NAME.fullmatch(name) and _TAGS.fullmatch(tags)):
            raise Refused(_FORM)
        read = [_Value.of(value) for value in values]
        for kind in {value.kind for value in read}:
            self._place(name, kind, tags)
        self._spend(sum(value.repeats for value in read))
        return name + b":" + b":".join(map(bytes, read)) + (b"|#" + tags if tags else b"")

    def _place(self, *name: bytes) -> None:
        """Give *name*, with type and tags, one of the places, unless it has one."""
        if name in self._names:
            return
        if len(self._names) >= self._most_names:
            raise Refused(
                f"{self._most_names} names, with tags and types, have come already, and others are "
                "dropped until the service statsd starts again. Take what differs each time out of "
                "names and tags"
            )
        self._names.add(name)

    def _spend(self, repeats: int) -> None:
        """Take *repeats* of those that this second has."""
        now = time.monotonic()
        if now >= self._until:
            self._until, self._repeats = now + 1, 0
        self._repeats += repeats
        if self._repeats > self._most_repeats:
            raise Refused(
                f"the timings of this second stand for more than {self._most_repeats:,}, by their "
                "rates. Send fewer"
            )


@dataclass(frozen=True)
class _Value:
    """A value, as it is passed on."""

    text: bytes
    kind: bytes
    rate: bytes
    repeats: int

    @classmethod
    def of(cls, part: bytes) -> "_Value":
        """Read ``VALUE|TYPE`` or ``VALUE|TYPE|@RATE``."""
        text, kind, rate, *_ = [*part.split(b"|"), b"", b"", b""][:4]
        form = _TEXT if kind == _SET else _NUMBER
        if kind not in (*_COUNTED, *_TIMED, _SET) or not form.fullmatch(text):
            raise Refused(_FORM)
        if not rate.startswith(b"@"):
            return cls(text, kind, b"", 1)
        if not _NUMBER.fullmatch(rate[1:]) or not LOWEST_RATE <= (said := float(rate[1:])) <= 1:
            raise Refused(f"its rate isn't between {LOWEST_RATE} and 1")
        return cls(text, kind, b"|" + rate, round(1 / said) if kind in _TIMED else 1)

    def __bytes__(self) -> bytes:
        return self.text + b"|" + self.kind + self.rate
