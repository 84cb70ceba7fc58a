"""A text without credentials."""

import re

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
# What follows these words in prose ("Basic authentication") has neither digits nor humps.
_HEADER = re.compile(
    r"""(?P<key>\b(?:bearer|basic)[ \t]{1,4})
    (?=[a-z._~+/-]*(?:[0-9=]|(?-i:[a-z][A-Z])))[a-z0-9._~+/=-]{8,}""",
    re.IGNORECASE | re.VERBOSE,
)
_KEYS = re.compile(
    r"""(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?  # a JSON web token
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{20,}+ | \bgithub_pat_\w{20,}+ | \bglpat-[\w-]{16,}+
    | \bxox[abeoprs]-[\w-]{10,}+ | \b[srp]k_(?:live|test)_\w{10,}+ | \bsk-[\w-]{20,}+
    | \bAIza[\w-]{35}
    # Up to its end, or that of the text: an encrypted one has headers, one of PGP a version.
    | -----BEGIN[ ][A-Z0-9 ]{0,30}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      (?s:.*?)(?:-----END[ ][A-Z0-9 ]{0,40}-----|\Z)
    | Private-Lines:[ ]\d{1,4}(?:(?:\s|\\{1,15}[nr])++[A-Za-z0-9+/=]++(?![:-]))*+""",
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
    if "@" in text or "%40" in text:
        text = _USER.sub(_user, text)
    small = text.lower()
    has = small.__contains__
    if any(map(has, _PREFIXES)):
        text = _KEYS.sub(GONE, text)
    if has("bearer") or has("basic"):
        text = _HEADER.sub(rf"\g<key>{GONE}", text)
    return _without_named(text) if names.told(small) else text


def _without_named(text: str) -> str:
    kept: list[str] = []
    end = 0
    for start, stop in names.spans(text, text.lower()):
        # One value may be within another. An empty one says that there was none.
        if start >= end and start < stop:
            kept += text[end:start], GONE
            end = stop
    return "".join([*kept, text[end:]])


def _user(found: re.Match[str]) -> str:
    return f"{found['encoded']}{GONE}%40" if found["encoded"] else f"{found['key']}{GONE}@"
