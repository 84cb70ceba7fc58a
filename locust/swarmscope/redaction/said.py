"""What services say of a credential, where others write it: it tells failures apart."""

import re

from swarmscope.redaction.signs import QUOTE

_STATE = re.compile(
    r"\(?(?:absent|bad|blank|denied|empty|error|expired|failed|failure|forbidden|incorrect|invalid"
    "|malformed|mismatch|missing|ok|rejected|required|revoked|unauthorized|unknown|wrong)[.,:;!?…)]*",
    re.IGNORECASE,
)
"""What services say of a credential, in the place where others write it."""
_WORD = re.compile(r"\(?[A-Za-z]+[.,:;!?…)]*")
_PROSE = re.compile(r" [A-Za-z(]")

_PLAIN = r"(?:\(?[A-Za-z]+(?:(?:['\u2019-]|\\{1,3}u2019)[A-Za-z]+)?|\d{1,3})[.,:;!?…)]*"
_SENTENCE = re.compile(rf"{_PLAIN}(?>(?:[ ]{_PLAIN})+)")
_TELLS = re.compile(
    r"""\(?(?:are|can|cannot|does|ensure|has|have|is|least|may|minimum|maximum|most|must|not|should|too
    |valid|was|were|[a-z]{2,6}(?:['\u2019]|\\{1,3}u2019)t)[.,:;!?…)]*""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of a sentence about a credential, one of which phrases that are one hardly have."""
_LONGEST_SENTENCE = 200
_LISTED = re.compile(
    rf"{QUOTE}(?P<said>[^\[\]{{}}\n]{{2,200}}?){QUOTE}(?:\s*+,\s*+|\Z)", re.IGNORECASE
)
_LONGEST_LIST = 1_000


def is_said(text: str, start: int, end: int) -> bool:
    """Return whether what stands there says something of a credential: ``must be longer``."""
    word = text[start:end]
    if not _WORD.fullmatch(word):
        return False
    return is_state(word) or bool(_PROSE.match(text, end))


def is_state(word: str) -> bool:
    """Return whether *word* alone says what is wrong with a credential."""
    return bool(_STATE.fullmatch(word))


def is_sentence(text: str) -> bool:
    """Return whether *text*, which stands in quotes, says something of a credential.

    That is one word for what is wrong, or several words without odd signs of which one tells.
    """
    if " " not in text:
        return is_state(text)
    if len(text) > _LONGEST_SENTENCE or not _SENTENCE.fullmatch(text):
        return False
    return any(_TELLS.fullmatch(word) or is_state(word) for word in text.split(" "))


def are_sentences(text: str) -> bool:
    """Return whether *text* is a list, in brackets, of nothing but such sentences."""
    if not text.startswith("[") or not text.endswith("]") or len(text) > _LONGEST_LIST:
        return False
    text = text[1:-1].strip()
    at = 0
    while found := _LISTED.match(text, at):
        if not is_sentence(found["said"]):
            return False
        at = found.end()
    return 0 < at == len(text)
