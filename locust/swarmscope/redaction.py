"""Credentials in texts that are kept: what has the form of one is left out.

Names and messages come from users' code and their services: a URL with a password is easily among
them, and so is a whole answer in JSON; whoever reads a report could read it. What has no such form
stays: nobody can know it.

Every expression takes time in proportion to the text, whatever is in it: repetitions are bounded,
or of one set of characters that nothing behind them shares.
"""

import re
from collections.abc import Iterator

GONE = "***"
MARGIN = 1_024
"""Characters to look at beyond those that are kept: nobody recognises a credential that is cut in
two by its first half."""

_STARTS = (
    "password", "passwd", "passphrase", "pwd", "secret", "token", "csrf", "xsrf", "credential",
    "sig", "auth", "sid", "otp", "sess", "key", "api", "access", "private", "shared", "encryption",
    "account", "subscription",
)  # fmt: skip
"""What the name of a secret begins with, in small letters."""
_PREFIXES = (
    "eyj", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "xox", "k_live", "k_test", "sk-", "aiza", "private key",
)  # fmt: skip
"""What the keys begin with that are known as such without a name."""

_QUOTE = r"""(?:\\{0,15}["']|&quot;|&\#3[49];|%22)"""
"""In JSON in a JSON in a log line a quote has backslashes before it; on a page it is an entity."""
_SENSITIVE = r"""(?:
    (?:password|passwd|passphrase|secret)(?:[_\-\[][\w\-\]]{0,24}|(?-i:[A-Z0-9])\w{0,24})?
    | (?:\b|_)pwd | token | csrf | xsrf | credentials? | signature
    | (?:api|access|private|secret|shared|signing|encryption|account|subscription|session)
      [_-]?key(?:[_-]?id)?
    | sess(?:ion)?[_-]?id
)"""
_BARE = r"""(?:(?!%26)[^\s&"'`,;)}\]<>\\])"""
_PARAMETER = re.compile(
    rf"""(?P<key>
        (?: (?P<plain>{_SENSITIVE}) | (?<![a-z0-9])(?:sig|auth|sid|otp) | (?<=[?&])key )
        (?:\]|%5D)?
        (?:
            (?P<quoted>{_QUOTE})?[ ]{{0,2}}(?P<sign>=>|==?|:|%3D|%3A)
            (?(quoted)\s{{0,8}}|[ \t]{{0,8}})
            | {_QUOTE}\s{{1,2}}(?:value|content)=
        )(?:[bu](?=["'\\]))?
    )
    (?:
        (?P<open>{_QUOTE})(?P<inner>[^\n]*?)(?P<close>(?<!\\)(?P=open)|(?=\n)|\Z)
        | (?:\[[^\]\n]*+\]? | \{{[^}}\n]*+\}}?){_BARE}*+
        | (?P<bare>{_BARE}++)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEMES = r"""(?:bearer|basic|token|digest|api-?key|key|negotiate|ntlm|hawk|jwt|oauth|dpop
    |aws4-hmac-sha256|hmac\w{0,8}|sharedkey|signature)"""
_AUTHORIZATION = re.compile(
    rf"""(?P<key>authorization{_QUOTE}?[ ]{{0,2}}(?:=>|[:=]|%3A|%3D)\s{{0,8}}(?:[bu](?=["'\\]))?)
    (?:
        (?P<open>{_QUOTE})(?P<scheme>{_SCHEMES}\s{{1,4}})?
            [^\n]*?(?P<close>(?<!\\)(?P=open)|(?=\n)|\Z)
        | (?P<signed>(?:digest|hawk|oauth|aws4-hmac-sha256|hmac\w{{0,8}}|signature)\s)[^\n]++
        | (?P<bare>{_SCHEMES}\s{{1,4}}|[\w-]{{1,40}}[ ](?=[\w+/=.-]{{8}}))?[^\s"',;)}}\]<>\\]++
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COOKIE = re.compile(
    rf"""(?P<key>(?:\b|-)cookies?{_QUOTE}?[ ]{{0,2}}(?:=>|[:=])\s{{0,8}}(?:[bu](?=["'\\]))?
        | <Cookie[ ][^=\s]{{1,100}}=)
    (?:
        (?P<open>{_QUOTE})[^\n]*?(?P<close>(?<!\\)(?P=open)|(?=\n)|\Z)
        | \{{[^}}\n]*+\}}?
        | (?:[ ]?[^\s;,"'={{<>]{{1,100}}=(?:"[^"\n]*+"?|[^\s"'<>\\]*+))++
        | (?<==)[^\s;,"'<>\\]++
    )""",
    re.IGNORECASE | re.VERBOSE,
)
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
_ELEMENT = re.compile(
    rf"""(?P<key><(?:[\w.-]{{1,30}}:)?[\w.-]{{0,30}}{_SENSITIVE}[\w.-]{{0,20}}
        (?:\s[^<>\n]{{0,200}})?>)[^<>\n]++(?=<|\n|\Z)""",
    re.IGNORECASE | re.VERBOSE,
)
# As Python shows lists of headers; a list of names alone has no parenthesis before it.
_PAIR = re.compile(
    rf"""(?P<key>\([bu]?["'][\w.-]{{0,40}}(?:{_SENSITIVE}|authorization|cookie)[\w.-]{{0,20}}
        ["'],[ ]?[bu]?["'])[^"'\n]++(?=["']\))""",
    re.IGNORECASE | re.VERBOSE,
)
_OPTION = re.compile(
    r"(?P<key>--[\w-]{0,30}(?:password|passwd|token|secret|api-?key)[ ])(?!-)[^\s'\"]++",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"""(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?  # a JSON web token
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{20,}+ | \bgithub_pat_\w{20,}+ | \bglpat-[\w-]{16,}+
    | \bxox[abeoprs]-[\w-]{10,}+ | \b[srp]k_(?:live|test)_\w{10,}+ | \bsk-[\w-]{20,}+
    | \bAIza[\w-]{35}
    | -----BEGIN[ ][A-Z ]{0,30}PRIVATE[ ]KEY-----[^-]*+(?:-----END[ ][A-Z ]{0,30}-----)?""",
    re.VERBOSE,
)
_NOTHING = frozenset({"null", "none", "true", "false", "undefined", "nil", GONE})
_STATE = re.compile(
    "absent|bad|blank|denied|empty|error|expired|failed|failure|forbidden|incorrect|invalid"
    "|malformed|mismatch|missing|ok|rejected|required|revoked|unauthorized|unknown|wrong",
    re.IGNORECASE,
)
"""What services say of a credential, in the place where others write it."""
_WORD = re.compile(r"[A-Za-z]+[.!?…]?")
_PROSE = re.compile(r" [A-Za-z(]")
_PORT = re.compile(r"\d{2,5}/")


def redact(text: str) -> str:
    """Return *text* without what has the form of a credential.

    Users and passwords of URLs; values of ``token=``, ``"password": "…"`` and the like, in
    whatever quotes; Authorization and Cookie headers; JSON web tokens, private keys, and the keys
    of well-known services.
    """
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
    if has("('") or has('("') or has("(b'"):
        text = _PAIR.sub(rf"\g<key>{GONE}", text)
    if has("cookie"):
        text = _COOKIE.sub(_whole, text)
    if has("authorization"):
        text = _AUTHORIZATION.sub(_authorization, text)
    if not any(map(has, _STARTS)):
        return text
    text = _without_parameters(text)
    if "<" in text:
        text = _ELEMENT.sub(rf"\g<key>{GONE}", text)
    return _OPTION.sub(rf"\g<key>{GONE}", text) if "--" in text else text


def _without_parameters(text: str) -> str:
    small = text.lower()
    if len(small) != len(text):
        # There are capitals whose small form is two characters.
        return _PARAMETER.sub(_parameter, text)
    kept: list[str] = []
    end = 0
    for start in sorted(_places(small)):
        found = _PARAMETER.match(text, start) if start >= end else None
        if found:
            kept += text[end:start], _parameter(found)
            end = found.end()
    return "".join([*kept, text[end:]])


def _places(small: str) -> Iterator[int]:
    for word in _STARTS:
        at = small.find(word)
        while at >= 0:
            yield at
            at = small.find(word, at + 1)


def _user(found: re.Match[str]) -> str:
    return f"{found['encoded']}{GONE}%40" if found["encoded"] else f"{found['key']}{GONE}@"


def _whole(found: re.Match[str]) -> str:
    opened = found["open"] or ""
    return f"{found['key']}{opened}{GONE}{found['close'] or ''}"


def _authorization(found: re.Match[str]) -> str:
    scheme = found["scheme"] or found["signed"] or ""
    if found["bare"] and re.fullmatch(rf"{_SCHEMES}\s+", found["bare"], re.IGNORECASE | re.VERBOSE):
        scheme = found["bare"]
    return f"{found['key']}{found['open'] or ''}{scheme}{GONE}{found['close'] or ''}"


def _parameter(found: re.Match[str]) -> str:
    if found["open"] and not found["inner"]:
        return found[0]
    bare = found["bare"]
    if bare and (bare.lower() in _NOTHING or _is_said_of_it(found, bare)):
        return found[0]
    return f"{found['key']}{found['open'] or ''}{GONE}{found['close'] or ''}"


def _is_said_of_it(found: re.Match[str], bare: str) -> bool:
    """Return whether *bare* is no credential but a word about it: ``password: must be longer``."""
    if found["sign"] != ":" or found["quoted"]:
        return False
    if not found["plain"]:
        return True  # `auth: …` is a place in a log far more often than a setting
    if not found["key"].endswith((" ", "\t")):
        return bool(_PORT.match(bare))
    if not _WORD.fullmatch(bare):
        return False
    state = bare.rstrip(".!?…")
    return bool(_STATE.fullmatch(state) or _PROSE.match(found.string, found.end()))
