"""What the sentence of a threshold consists of, each part with its place."""

import re
from dataclasses import dataclass
from typing import NoReturn

LONGEST = 2_000
"""Signs of a sentence: an endpoint's name is shorter."""
_TOKEN = re.compile(
    r"""(?:
    (?P<string>"(?:[^"\\]|\\.)*")
    |(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+))(?:\s*(?P<unit>%|/s\b|(?:[uµμ]s|ms|s|min|m|h)\b)|(?P<odd>[A-Za-z]+))?
    |(?P<word>[A-Za-z_][\w.-]*)
    |(?P<operator><=|>=|==|!=|<|>)
    |(?P<sign>[(){},=])
    )\s*""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_INSTEAD = {"'": '"', "≤": "<=", "≥": ">=", "“": '"', "”": '"'}


class SentenceError(ValueError):
    """What is wrong with a sentence, at *column* of it (from 0), and what would be right."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Token:
    """A word, a string without its quotes, a number with its unit, an operator, a sign."""

    kind: str
    text: str
    column: int
    unit: str = ""

    def __str__(self) -> str:
        """Return it as an error names it."""
        return "the end" if self.kind == "end" else f"{self.text}{self.unit}"

    def fail(self, message: str) -> NoReturn:
        """Say that here something is wrong."""
        raise SentenceError(message, self.column)


def tokens(sentence: str) -> list[Token]:
    """Return what *sentence* consists of, and its end.

    Raises:
        SentenceError: something in it is nothing of these.

    """
    if len(sentence) > LONGEST:
        raise SentenceError(f"it is longer than the {LONGEST:,} signs that are read", LONGEST)
    found: list[Token] = []
    at = len(sentence) - len(sentence.lstrip())
    while at < len(sentence):
        match = _TOKEN.match(sentence, at)
        if not match:
            raise SentenceError(_odd(sentence[at:]), at)
        kind = "number" if match["number"] else str(match.lastgroup)
        text = str(match[kind])
        if kind == "string":
            text = _ESCAPE.sub(r"\1", text[1:-1])
        found.append(Token(kind, text, at, match["unit"] or match["odd"] or ""))
        at = match.end()
    return [*found, Token("end", "", len(sentence.rstrip()))]


def _odd(rest: str) -> str:
    if rest.startswith('"'):
        return 'the name that begins here has no end: a " is missing'
    if rest[0] in _INSTEAD:
        return f"{rest[0]} isn't read here: write {_INSTEAD[rest[0]]}"
    if rest[0] == "/":
        return 'names stand in quotes: "/items"'
    return f"{rest[0]!r} isn't expected here"
