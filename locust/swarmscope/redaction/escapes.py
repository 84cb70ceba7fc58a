r"""Signs and letters that a text holds as escapes: ``\u003d``, ``\x3d``, ``&#x3d;``.

Encoders that make JSON safe to stand on a page write ``=``, ``<``, ``&`` and quotes so: those of
Go, .NET, Rails and Gson by default. Letters are written so by nobody, but who wants them
overlooked.
"""

import re

_ESCAPED = re.compile(
    r"""(?P<depth>\\{1,15})(?:u00|x)(?P<sign>2[0-9a-f]|[346][0-9a-f]|5[0-9abd-f]|7[0-9a-e])
    # Quotes excepted: what such an entity is within may have the same ones.
    |&\#(?:x0{0,4}(?P<hexadecimal>2[0134-689a-f]|[346][0-9a-f]|5[0-9abd-f]|7[0-9a-e])
    |0{0,4}(?P<decimal>(?!34|39|92)(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])));""",
    re.IGNORECASE | re.VERBOSE,
)


def read(text: str) -> str:
    """Return *text* with those signs as they are read, but for backslashes."""
    if ("\\" in text and ("\\u00" in text or "\\x" in text)) or ("&" in text and "&#" in text):
        return _ESCAPED.sub(_sign, text)
    return text


def _sign(found: re.Match[str]) -> str:
    if found["decimal"]:
        return chr(int(found["decimal"]))
    sign = chr(int(found["sign"] or found["hexadecimal"], 16))
    # A quote is one of a text within the text.
    return found["depth"] + sign if found["sign"] and sign in "\"'" else sign
