"""Values that stand beside their name: ``{"name": "password", "value": "…"}``."""

import re
from bisect import bisect_left

from swarmscope.redaction import values
from swarmscope.redaction.signs import QUOTE
from swarmscope.redaction.values import Joint, Span

WITHIN = 200
"""So many characters may be between the two."""
_WORDS = ("val", "content", "input")
_VALUE = re.compile(
    rf"\b(?:\w{{0,12}}value|val|content|input){QUOTE}?\s{{0,4}}[=:]\s{{0,4}}", re.IGNORECASE
)
_OTHER_ELEMENT = re.compile("[<>{}]")


class Beside:
    """Where values may be in a text: looked for once, however many names ask."""

    def __init__(self, text: str, small: str) -> None:
        self._text = text
        self._may_have = any(map(small.__contains__, _WORDS))
        self._joints: list[Span] | None = None
        self._read: dict[int, list[Span]] = {}

    def behind(self, at: int) -> int | None:
        """Return where the value begins that follows within the element or object at *at*."""
        joints = self._found()
        index = bisect_left(joints, (at, 0))
        if index == len(joints) or joints[index][0] > at + WITHIN:
            return None
        start, end = joints[index]
        return None if _OTHER_ELEMENT.search(self._text, at, start) else end

    def before(self, name: int) -> list[Span]:
        """Return the values that stand before the *name* in its element or object."""
        joints = self._found()
        begin = max(0, name - WITHIN)
        first, last = bisect_left(joints, (begin, 0)), bisect_left(joints, (name, 0))
        if first == last:
            return []
        begin = max(begin, *(self._text.rfind(sign, begin, name) + 1 for sign in "<>{}"))
        return [
            span
            for joint in joints[first:last]
            if joint[0] >= begin
            for span in self._value(joint)
            if span[1] < name  # else it is the name itself, or goes on behind it
        ]

    def _found(self) -> list[Span]:
        if self._joints is None:
            found = _VALUE.finditer(self._text) if self._may_have else ()
            self._joints = [joint.span() for joint in found]
        return self._joints

    def _value(self, joint: Span) -> list[Span]:
        start, end = joint
        if start not in self._read:
            # No more than may be before a name: a bracket that nobody closes has no end.
            near = self._text[start : end + WITHIN]
            found = values.assigned(near, Joint(0, end - start, "=", quoted=True))
            self._read[start] = [(start + begin, start + stop) for begin, stop in found]
        return self._read[start]
