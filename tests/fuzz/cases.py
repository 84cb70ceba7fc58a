"""Points made of the worst texts and numbers, and what must be read back of them.

What is expected is written down here a second time, from the documentation of the format and not
from the encoder.
"""

import math
import random
from dataclasses import dataclass

from swarmscope.embedded.scalars import Value
from swarmscope.line_protocol import Field, line, series

SPECIAL = ',= "\\\n\r\t\0'
ALPHABETS = (
    SPECIAL,
    SPECIAL + "abc09",
    "abcdefghijklmnopqrstuvwxyz0123456789/-_.?&=%",
    "äß漢字😀\u200b\u202e\ufeff\u2028\x7f\x85\ud800\udfff<script>'#",
    "\\",
    "\x01\x02\x1b\x1f",
)
NUMBERS: tuple[float | int | bool, ...] = (
    0, -0.0, 1, -1, 2**63 - 1, -(2**63), 2**63, 2**70, -(10**40), 0.1, 1e308, 5e-324, -1e-7, 1e22,
    123456789.123456789, True, False,
)  # fmt: skip
_REPLACED = {"\n": "␊", "\r": "␍", "\t": "␉", "\0": "␀"}
_LONGEST_TAG = 1_024
_LONGEST_TEXT = 8_192


@dataclass(frozen=True)
class Case:
    """A point as it goes into the encoder."""

    tags: dict[str, str]
    text: str
    number: float
    whole: int
    flag: bool
    time: int

    def line(self) -> str:
        """Return what the encoder makes of it."""
        fields: dict[str, Field] = {
            "text": self.text,
            "number": self.number,
            "whole": self.whole,
            "flag": self.flag,
        }
        return line(series("fuzz", self.tags), fields, self.time)

    def expected_tags(self) -> dict[str, str]:
        """Return the tags that a store must have."""
        tags = {as_tag(k): as_tag(v) for k, v in self.tags.items()}
        return {k: v for k, v in tags.items() if k and v}

    def expected_fields(self) -> dict[str, Value]:
        """Return the fields that a store must have."""
        return {
            "text": readable(shortened(self.text, _LONGEST_TEXT)).replace("\0", "␀"),
            "number": self.number,
            "whole": max(-(2**63 - 1), min(2**63 - 1, self.whole)),
            "flag": self.flag,
        }


def shortened(text: str, limit: int) -> str:
    """Cut *text* as documented."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable(text: str) -> str:
    """Replace what UTF-8 has no form for."""
    return "".join("?" if 0xD800 <= ord(sign) <= 0xDFFF else sign for sign in text)


def as_tag(text: str) -> str:
    """Return what a tag's text is kept as: line protocol can't carry all of it."""
    kept = readable(shortened(text, _LONGEST_TAG))
    while kept.endswith("\\"):
        kept = kept[:-1]
    separated = [
        "\u29f5" if sign == "\\" and after in ",= " else sign
        for sign, after in zip(kept, kept[1:] + "x", strict=False)
    ]
    return "".join(_REPLACED.get(sign, sign) for sign in separated)


def random_text(rnd: random.Random) -> str:
    """Return a text that was chosen to hurt."""
    length = rnd.choices(
        (rnd.randrange(12), rnd.randrange(60), 1_023 + rnd.randrange(3), 8_191 + rnd.randrange(3)),
        (70, 25, 4, 1),
    )[0]
    if rnd.random() < 0.0005:
        length = 70_000
    return "".join(rnd.choices(rnd.choice(ALPHABETS), k=length))


OWN_KEYS = [f"own{random_text(random.Random(i))[:40]}" for i in range(20)]
"""A few of them: in InfluxDB's answer each is a column of every row."""


def random_case(rnd: random.Random, time: int) -> Case:
    """Return a point at *time*."""
    keys = ["name", "method", "reason", *rnd.sample(OWN_KEYS, 2)]
    number = rnd.choice([rnd.uniform(-1e9, 1e9), float(rnd.choice(NUMBERS)), rnd.random()])
    return Case(
        {key: random_text(rnd) for key in keys[: rnd.randrange(1, 6)]},
        random_text(rnd),
        number if math.isfinite(number) else 0.5,
        int(rnd.choice(NUMBERS)) if rnd.random() < 0.5 else rnd.randrange(-(10**6), 10**6),
        rnd.random() < 0.5,
        time,
    )
