"""Pieces of the expressions by which credentials are found, and what is said of one.

Every expression takes time in proportion to the text, whatever is in it: repetitions are bounded,
or of one set of characters that nothing behind them shares.
"""

import re

GONE = "***"

QUOTE = r"""(?:\\{0,15}["']|&(?:quot|apos|\#0{0,4}3[49]|\#x0{0,4}2[27]);|%(?:25){0,4}22)"""
"""In JSON in a JSON in a log line a quote has backslashes before it; on a page it is an entity."""
BLANKS = r"(?:\s|\\{1,15}[nrt])*+"
END_OF_LINE = r"(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)"
LESS = "(?:<|&lt;)"
GREATER = "(?:>|&gt;)"
BARE = r"""(?:(?!%(?:25){0,4}26)[^\s&"'`,;)}\]<>\\])"""
"""What a value without quotes consists of."""

NOTHING = frozenset({"null", "none", "true", "false", "undefined", "nil", GONE})
_STATE = re.compile(
    "absent|bad|blank|denied|empty|error|expired|failed|failure|forbidden|incorrect|invalid"
    "|malformed|mismatch|missing|ok|rejected|required|revoked|unauthorized|unknown|wrong",
    re.IGNORECASE,
)
"""What services say of a credential, in the place where others write it."""
_WORD = re.compile(r"\(?[A-Za-z]+[.,:;!?…)]*")
_PROSE = re.compile(r" [A-Za-z(]")


def is_said(text: str, start: int, end: int) -> bool:
    """Return whether what stands there says something of a credential: ``must be longer``."""
    word = text[start:end]
    if not _WORD.fullmatch(word):
        return False
    return is_state(word) or bool(_PROSE.match(text, end))


def is_state(word: str) -> bool:
    """Return whether *word* alone says what is wrong with a credential."""
    return bool(_STATE.fullmatch(word.strip("(.,:;!?…)")))
