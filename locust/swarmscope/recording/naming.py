"""Names for requests whose URLs are unbounded: one name for all of a kind.

    swarmscope.recording.naming.template("/item/8731?ref=mail")  ->  "/item/[id]?ref=[value]"

Call it where a request is named, or let `SWARMSCOPE_TEMPLATE_NAMES=on` do it for all of a run.
"""

import re

_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?(?=[/?])")
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?:T[0-9:.%A-Za-z+-]*)?")
_MAIL = re.compile(r"[^@\s]+(?:@|%40)[^@\s]+\.[A-Za-z]{2,}")
_ID = re.compile(
    r"""-?\d+(?:[.,]\d+)*                                        # a number
    | [0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}              # a UUID
    | (?=[a-f]*[0-9])[0-9a-f]{8,}                                # a hash
    | (?=(?:[A-Z_]*[0-9]){2})(?=[0-9_]*[A-Z])[A-Z0-9_]{16,}      # an id in letters and digits
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TOKEN = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_=-]{20,}")
_EXTENSION = re.compile(r"(?P<stem>[^.]+)(?P<rest>(?:\.[A-Za-z][A-Za-z0-9]{0,5})+)")
_NUMBERED = re.compile(r"(?P<word>[A-Za-z][A-Za-z-]*[-_:])(?P<number>\d{3,})")


def template(url: str) -> str:
    """Return *url* with what differs from request to request as placeholders.

    Whole segments of the path that are numbers, UUIDs, hashes and the like become ``[id]``, dates
    ``[date]``, addresses of mail ``[email]``; values of the query become ``[value]``, and a
    fragment goes. Words stay, also with a version (``/v2``). What is no URL (``Add to cart 3``)
    stays as it is, and so does what was templated already.
    """
    start = _URL.match(url)
    if not start:
        return url
    path, mark, query = url[start.end() :].partition("#")[0].partition("?")
    segments = "/".join(map(_segment, path.split("/")))
    return url[: start.end()] + segments + mark + "&".join(map(_parameter, query.split("&")))


def _segment(text: str) -> str:
    text, *matrix = text.split(";")
    return ";".join([_word(text), *map(_parameter, matrix)])


def _word(text: str) -> str:
    placeholder = _placeholder(text)
    if placeholder:
        return placeholder
    named = _EXTENSION.fullmatch(text)
    if named and (placeholder := _placeholder(named["stem"])):
        return placeholder + named["rest"]
    numbered = _NUMBERED.fullmatch(text)
    return f"{numbered['word']}[id]" if numbered else text


def _placeholder(text: str) -> str:
    if _DATE.fullmatch(text):
        return "[date]"
    if _ID.fullmatch(text) or _TOKEN.fullmatch(text):
        return "[id]"
    return "[email]" if _MAIL.fullmatch(text) else ""


def _parameter(text: str) -> str:
    key, sign, value = text.partition("=")
    return f"{key}=[value]" if sign and value else _word(key) + sign
