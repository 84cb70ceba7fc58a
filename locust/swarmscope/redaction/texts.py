"""A text without credentials."""

import re
from base64 import urlsafe_b64decode

from swarmscope.redaction import escapes, names
from swarmscope.redaction.signs import GONE

MARGIN = 1_024
"""Characters to look at beyond those that are kept: nobody recognises a credential that is cut in
two by its first half."""

_PREFIXES = (
    "eyj", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "xox", "k_live", "k_test", "sk-", "aiza", "private key", "private-lines",
)  # fmt: skip
"""What the keys begin with that are known as such without a name."""
_USER = re.compile(
    r"""(?P<key>:(?://|\\/\\/))[^/?#\s'"\\]*@
    |(?P<encoded>%3A%2F%2F)(?:(?!%2F)[^/?#&\s'"])*%40""",
    re.IGNORECASE | re.VERBOSE,
)
# What follows this word in prose has neither digits nor humps.
_BEARER = re.compile(
    r"""(?P<key>\bbearer(?:[ \t]{1,4}|%20|\+))
    (?=[a-z._~+/-]*(?:[0-9=]|(?-i:[a-z][A-Z])))[a-z0-9._~+/=-]{8,}""",
    re.IGNORECASE | re.VERBOSE,
)
_BASIC = re.compile(
    r"(?P<key>\bbasic(?:[ \t]{1,4}|%20|\+))(?P<pair>[a-z0-9_+/-]{6,}+={0,2})", re.IGNORECASE
)
_LONGEST_PAIR = 4_096
# One sign may be cut in two at the end.
_TEXT = re.compile(r"[^\x00-\x1f\x7f\ufffd]++\ufffd?")
_KEYS = re.compile(
    r"""(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?  # a JSON web token
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{20,}+ | \bgithub_pat_\w{20,}+ | \bglpat-[\w-]{16,}+
    | \b[srp]k_(?:live|test)_\w{10,}+
    # Names of pages begin so as well, but have no digit in front, and no long part with one.
    | \bxox[abeoprs]-(?=[a-zA-Z]{0,40}\d)[\w-]{10,}+
    | \bsk-(?:\w{1,80}-{1,3}){0,6}-?(?=[a-zA-Z_]{0,60}\d)\w{16}[\w-]*+
    | \bAIza[\w-]{35}
    # Up to its end, or that of the text: an encrypted one has headers, one of PGP a version.
    | -----BEGIN[ ][A-Z0-9 ]{0,30}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      (?s:.*?)(?:-----END[ ][A-Z0-9 ]{0,40}-----|\Z)
    | Private-Lines:[ ]\d{1,4}(?>(?:(?>(?:\s|\\{1,15}[nr])+)[A-Za-z0-9+/=]++(?![:-]))*)""",
    re.VERBOSE,
)


def redact(text: str) -> str:
    """Return *text* without what has the form of a credential.

    Users and passwords of URLs; values of ``token=``, ``"password": "…"`` and the like, in
    whatever quotes; Authorization and Cookie headers; JSON web tokens, private keys, and the keys
    of well-known services.
    """
    read = escapes.read(text)
    if read == text:
        return _redact(text)
    kept = _redact(read)
    # Nothing of it is lost: it may have been written so for a reason.
    return kept if kept != read else _redact(text)


def _redact(text: str) -> str:
    # Nearly every text has none of these signs, and this is asked in the load generator's loop:
    # to look for each of a few words takes a hundredth of what one expression for all of them does.
    small = text.lower()
    has = small.__contains__
    read = text
    if "@" in text or "%40" in text:
        read = _USER.sub(_user, read)
    if any(map(has, _PREFIXES)):
        read = _KEYS.sub(GONE, read)
    if has("bearer"):
        read = _BEARER.sub(rf"\g<key>{GONE}", read)
    if has("basic"):
        read = _BASIC.sub(_basic, read)
    return _without_named(read, small if read is text else read.lower())


def _without_named(text: str, small: str) -> str:
    spans = names.spans(text, small)
    if not spans:
        return text
    kept: list[str] = []
    end = 0
    for start, stop in spans:
        # One value may be within another. An empty one says that there was none.
        if start >= end and start < stop:
            kept += text[end:start], GONE
            end = stop
    return "".join([*kept, text[end:]])


def _basic(found: re.Match[str]) -> str:
    """Return the word alone before a user and a password: others are names (``Basic CheckOut``)."""
    pair = found["pair"].rstrip("=")[:_LONGEST_PAIR]
    whole = pair[: len(pair) // 4 * 4] if len(pair) % 4 == 1 else pair + "=" * (-len(pair) % 4)
    read = urlsafe_b64decode(whole.replace("+", "-").replace("/", "_")).decode(errors="replace")
    return found["key"] + GONE if ":" in read and _TEXT.fullmatch(read) else found[0]


def _user(found: re.Match[str]) -> str:
    return f"{found['encoded']}{GONE}%40" if found["encoded"] else f"{found['key']}{GONE}@"
