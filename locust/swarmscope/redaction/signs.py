"""Pieces of the expressions by which credentials are found.

Every expression takes time in proportion to the text, whatever is in it: repetitions are bounded,
or of one set of characters that nothing behind them shares. A group that is repeated for good is an
atomic one, `(?>(?:…)*)`: possessively repeated it takes, before Python 3.11.5, a part of what it
should leave (https://github.com/python/cpython/issues/106052). Debian 12 has 3.11.2.
"""

GONE = "***"

QUOTE = r"""(?:\\{0,15}["']|&(?:quot|apos|\#0{0,4}3[49]|\#x0{0,4}2[27]);|%(?:25){0,4}22)"""
"""In JSON in a JSON in a log line a quote has backslashes before it; on a page it is an entity."""
BLANKS = r"(?>(?:\s|\\{1,15}[nrt])*)"
END_OF_LINE = r"(?:\r?\n|(?:\\{1,15}r)?\\{1,15}n)"
LESS = "(?:<|&lt;)"
GREATER = "(?:>|&gt;)"
BARE = r"""(?:(?!%(?:25){0,4}26)[^\s&"'`,;)}\]<>\\])"""
"""What a value without quotes consists of."""

NOTHING = frozenset({"null", "none", "true", "false", "undefined", "nil", GONE})
