"""Names that say of what follows that it is a credential, and what joins the two."""

import re
import string
from collections.abc import Iterator

from swarmscope.redaction import values
from swarmscope.redaction.beside import WITHIN, Beside
from swarmscope.redaction.signs import BLANKS, END_OF_LINE, GREATER, LESS, QUOTE
from swarmscope.redaction.values import Joint, Span

_MOST = 100
"""As many names of a text are looked at closely. Nobody's answer has more of them on the 1,500
characters that are kept of it, and a service may write its answers so that reading them takes the
time of the load."""

_STARTS = (
    "pass", "pwd", "secret", "token", "csrf", "xsrf", "credential", "sig", "auth", "sid", "otp",
    "sess", "key", "api", "access", "private", "shared", "encryption", "account", "subscription",
    "cookie",
)  # fmt: skip
"""What the name of a secret begins with, in small letters."""

_NAME = re.compile(
    r"""(?P<authorization>authorization) | (?P<cookies>(?<![a-z0-9])cookies?)
    | (?P<tokens>tokens)
    | (?:password|passwd|passphrase|secret)
        (?:s(?![a-z])|(?P<suffix>[_\-\[][\w\-\]]{0,24}|(?-i:[A-Z0-9])\w{0,24}))?
    | (?P<pwd>(?<![a-z0-9])pwd|(?-i:Pwd)) | (?<=[a-z0-9][_-])pass(?![a-z0-9])
    | (?:token | csrf | xsrf | credentials? | signature
        | (?:api[ ]|(?:api|access|private|secret|shared|signing|encryption|account|subscription
            |session)[._-]?)key(?:[_-]?id)?(?P<keys>s)?
        | sess(?:ion)?[._-]?id
      )(?:[_-]?value)?
    | (?P<weak>(?<![a-z0-9])(?:sig|auth|sid|otp|(?P<pass>pass)) | (?<=[?&])key)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT = re.compile(
    r"""[\w\-\[]*?(?:_|-|(?=(?-i:[A-Z])))(?:file|path|dir|name|length|len|policy|type|field|hint|age
    |ttl|count|min|max|rules?|errors?|messages?|required|strength|stdin|prompt|command|env|expir[a-z]{1,5})""",
    re.IGNORECASE | re.VERBOSE,
)
"""What is said of a secret by a longer name: ``password_file``."""

_TYPES = r"(?:str|bytes|string|SecretStr|Optional\[str\]|str[ ]\|[ ]None)"
_ASSIGNED = re.compile(
    rf"""(?:(?:\[|%5B)[\w-]{{0,20}}(?:\]|%5D)|\]|%5D){{0,4}}
    (?P<quoted>{QUOTE}\]?)?(?(quoted){BLANKS}|[ \t]*+)
    (?P<sign>=>|:=|={{1,3}}|:(?!:)(?:[ ]?{_TYPES}[ ]?=)?|%(?:25){{0,4}}3[AD])
    (?(quoted){BLANKS}|[ \t]*+)
    (?:string\(\d{{1,9}}\)[ ])?  # of PHP's var_dump""",
    re.IGNORECASE | re.VERBOSE,
)
_COOKIE_SHOWN = re.compile(r"[ ][^=\s]{1,100}=")
_OPTION = re.compile(
    rf"(?P<quote>{QUOTE})?(?(quote)(?:[ ]?,{BLANKS}|[ \t]++)(?=[bru]?{QUOTE})|(?P<comma>,)?[ \t]++)"
)
_SECOND = re.compile(rf"{QUOTE}[ ]?,{BLANKS}(?=[bru]?{QUOTE})")
_END_OF_PAIR = re.compile(rf"{QUOTE}{BLANKS}[)\]]")
_CLOSED = re.compile(QUOTE, re.IGNORECASE)
# The second of these is how pydantic tells of a value that it doesn't take.
_ON_NEXT_LINE = re.compile(
    rf"""(?P<yaml>\r?\n[ \t]*+value:[ \t]*+)
    |{END_OF_LINE}[ \t]{{1,8}}[^\r\n\\]{{0,300}}?\binput_value=""",
    re.VERBOSE,
)
_OF_ATTRIBUTE = re.compile(rf"{QUOTE}[^<>]{{0,200}}(?<!/){GREATER}", re.IGNORECASE)
_NEXT_ELEMENT = re.compile(r"</[\w:]{1,30}>\s*+<(?:string|value|data|content)>", re.IGNORECASE)
_OF_ELEMENT = re.compile(
    rf"(?P<suffix>[\w.-]{{0,20}})(?:\s[^<>]{{0,200}}?)?(?<!/){GREATER}", re.IGNORECASE
)
_PART = re.compile(
    rf"""{QUOTE}?(?:;[^\r\n\\]{{0,200}})?{END_OF_LINE}
    (?:[\w-]{{1,40}}:[^\r\n\\]{{0,200}}{END_OF_LINE}){{0,4}}{END_OF_LINE}
    (?P<value>(?s:.*?))(?={END_OF_LINE}--|\Z)""",
    re.IGNORECASE | re.VERBOSE,
)
# What stands before a name.
_WINDOW = 80
_LETTERS = string.ascii_letters + string.digits + "_.-[]"
_OPENED = re.compile(rf"{LESS}\Z", re.IGNORECASE)
_IN_PAIR = re.compile(rf"(?:\(|[\[,]\s{{0,20}}\[)\s{{0,20}}[bru]?{QUOTE}\Z", re.IGNORECASE)
_PART_NAMED = re.compile(rf"\bname={QUOTE}?\Z", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""<(?!input|meta|button|label|select|a\s|form)[^<>]{1,60}\b(?:name|key)=["']\Z""",
    re.IGNORECASE,
)
# On pages that were made small, where values have no quotes.
_BARE_ATTRIBUTE = re.compile(rf"{LESS}[a-z][^<>]{{0,80}}\s(?:name|type|id)=\Z", re.IGNORECASE)
_KIND = re.compile(r"""\btype\\{0,15}["']\s{0,4}:\s{0,4}\\{0,15}["']\Z""", re.IGNORECASE)
_QUOTES = ('"', "'", "&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;")
_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def spans(text: str, small: str) -> list[Span]:
    """Return what in *text*, which is *small* in small letters, has such a name, in order.

    Behind the first hundred names that is all the rest, with what may be a value of the next one.
    """
    if len(small) != len(text):
        # There are capitals whose small form is two characters.
        small = text.translate(_ASCII)
    places = sorted(_places(small))
    if not places:
        return []
    found: list[Span] = []
    end, looked_at = 0, 0
    elements = "<" in text or "&lt;" in small
    beside = Beside(text, small)
    for at in places:
        name = _NAME.match(text, at) if at >= end else None
        if name is None or (not elements and text[name.end() : name.end() + 1].isalnum()):
            continue  # nothing but a name of an element may go on
        if name["suffix"] and _ABOUT.fullmatch(name["suffix"]):
            continue
        looked_at += 1
        if looked_at > _MOST:
            found.append((max(end, at - WITHIN), len(text)))
            break
        values_of_it = list(_values(text, name, beside))
        found += values_of_it
        end = max([end, *(span[1] for span in values_of_it)])
    return sorted(found)


def _places(small: str) -> list[int]:
    places: list[int] = []
    for word in filter(small.__contains__, _STARTS):
        at = small.find(word)
        while at >= 0:
            places.append(at)
            at = small.find(word, at + 1)
    return places


def _values(text: str, name: re.Match[str], aside: Beside) -> Iterator[Span]:
    if joint := _ASSIGNED.match(text, name.end()):
        if not (name[0] == "PWD" and text.startswith("/", joint.end())):
            yield from _assigned(text, name, joint)
        return
    window = text[max(0, name.start() - _WINDOW) : name.start()]
    # Without the rest of a longer name: db_password, x-api-key.
    head = window.rstrip(_LETTERS)
    if option := _option(text, name, window, head):
        yield from option
    elif name["cookies"] and head.endswith("<"):
        if joint := _COOKIE_SHOWN.match(text, name.end()):
            yield from values.cookies(text, Joint(name.start(), joint.end(), "=", quoted=False))
    elif second := _SECOND.match(text, name.end()):
        if _IN_PAIR.search(head) and (span := values.quoted(text, second.end())):
            yield from [span] if _END_OF_PAIR.match(text, span[1]) else []
        else:
            yield from _beside(text, name, head, aside)
    elif _OPENED.search(head.rstrip(_LETTERS + ":")):
        joint = _OF_ELEMENT.match(text, name.end())
        if joint and not _ABOUT.fullmatch(joint["suffix"]):
            yield from values.element(text, joint.end())
    else:
        yield from _beside(text, name, head, aside)


def _assigned(text: str, name: re.Match[str], found: re.Match[str]) -> Iterator[Span]:
    joint = Joint(
        name.start(),
        found.end(),
        found["sign"],
        quoted=found["quoted"] is not None,
        weak=name["weak"] is not None,
        counted=bool(name["tokens"] or name["keys"] or name["pass"]),
        grouped=bool(name["tokens"] or name["pass"]),
    )
    if name["authorization"]:
        return values.credentials(text, joint)
    return values.cookies(text, joint) if name["cookies"] else values.assigned(text, joint)


def _option(text: str, name: re.Match[str], window: str, head: str) -> Iterator[Span] | None:
    """Return the value of what is the name of an option, if it is one."""
    longer = window[len(head) :].lstrip("[")
    joint = _OPTION.match(text, name.end()) if longer.startswith("-") else None
    # Go and Java show a list of arguments in brackets, and Java with commas.
    listed = window.rfind("[") > window.rfind("]")
    if joint is None or (joint["comma"] and not listed):
        return None
    certain = longer.startswith("--") or bool(joint["quote"])
    return values.of_option(text, joint.end(), certain=certain, listed=listed)


def _beside(text: str, name: re.Match[str], head: str, aside: Beside) -> Iterator[Span]:
    """Yield the value that stands beside a name, on a page, in a form or in an object."""
    small = head.lower()
    if "name=" in small and _PART_NAMED.search(head) and (part := _PART.match(text, name.end())):
        yield part.span("value")
        return
    joint = _ON_NEXT_LINE.match(text, name.end())
    if joint and (not joint["yaml"] or head.endswith(("name: ", "key: "))):
        yield from values.assigned(text, Joint(name.start(), joint.end(), "=", quoted=False))
        return
    if head.endswith(">") and (joint := _NEXT_ELEMENT.match(text, name.end())):
        yield from values.element(text, joint.end())
    if head.endswith("=") and _BARE_ATTRIBUTE.search(head):
        end = name.end()
    elif head.endswith(_QUOTES) and not ("type" in small and _KIND.search(head)):
        closed = _CLOSED.match(text, name.end())
        end = closed.end() if closed else 0
    else:
        return
    if end and (at := aside.behind(end)):
        yield from values.assigned(text, Joint(name.start(), at, "=", quoted=True))
    elif _ATTRIBUTE.search(head) and (joint := _OF_ATTRIBUTE.match(text, name.end())):
        yield from values.element(text, joint.end())
    else:
        yield from aside.before(name.start())
