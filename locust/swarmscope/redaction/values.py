"""Where the value of a name ends: in quotes, in brackets, on the lines below, or at a blank."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from swarmscope.redaction.said import are_sentences, is_said, is_sentence, is_state
from swarmscope.redaction.signs import BARE, BLANKS, LESS, NOTHING, QUOTE

Span = tuple[int, int]
"""What of a text is left out: from where, and up to where."""

_QUOTED = re.compile(
    rf"""[bru]{{0,2}}(?:
        (?P<triple>'''|\"\"\")(?P<long>(?s:.*?))(?=(?P=triple)|\Z)
        | (?P<open>{QUOTE}|`)(?P<inner>[^\n]*?)(?=(?<!\\)(?P=open)|\n|\Z)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MARK = re.compile(rf"{QUOTE}|[\[\]{{}}\n]")
_MARK_OF_CALL = re.compile(rf"{QUOTE}|[()\n]")
_CALL = re.compile(rf"[\w.:]{{1,60}}(?=\([bru]?{QUOTE})", re.IGNORECASE)
_EMPTY = re.compile(r"\[\s*+\]|\{\s*+\}|\(\s*+\)")
_BARE = re.compile(rf"(?>{BARE}+)")
_MORE = re.compile(rf"(?>{BARE}*)")
_WORD_OF_SHELL = re.compile(r"""(?!-)[^\s'"`]++""")
_PLACEHOLDER = re.compile(r"[A-Z_]++\]+")
_SAID_OF_OPTION = re.compile(
    "(?:and|argument|can|cannot|expected|expects|flag|for|from|given|has|if|instead|is|must|needs"
    "|not|option|or|requires|should|takes|to|value|was|were|with|without)[.,:;!?)]*",
    re.IGNORECASE,
)
_PROPERTIES = re.compile(r"(?>(?:[!&][\w!.:/-]{1,60}[ \t]++)*)")
_BLOCK = re.compile(r"[|>][+\-0-9]{0,2}[ \t]*+(?:\#[^\n]*+)?(?=\n|\r\n)")
_KEY = re.compile(r"""[ \t-]*+["']?[\w.-]*+""")
_LONGEST_KEY = 200
_REST = re.compile(r"[ \t]*+(?=\r?\n)")
_LINE = re.compile(r"\r?\n(?P<indent>[ \t]*+)(?P<items>(?>(?:-[ \t]++)*))(?P<rest>[^\r\n]*+)")
_MEMBER = re.compile(r"""\s++["'\d\[{]""")
_INDENT = re.compile(r"[ \t]*+")
_FIELD = re.compile(r"""["']?[\w.-]{1,60}["']?:[ \t]++""")
_PORT = re.compile(r"\d{2,5}/")
_STATUS = re.compile(r"[1-5]\d\d")
_IN_PATH = re.compile(r"/[\w.-]{0,60}\Z")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?%?")

_SCHEMES = r"""(?:bearer|basic|token|digest|api-?key|key|negotiate|ntlm|hawk|jwt|oauth|dpop
    |aws4-hmac-sha256|hmac\w{0,8}|sharedkey|signature)"""
_PARAMETER = r"""[\w-]{1,40}=(?:\\{0,15}"[^"\\\n]*+\\{0,15}"?|[^\s"',;)}\]<>\\]*+)"""
_CREDENTIALS = re.compile(
    rf"""(?P<scheme>(?:digest|hawk|oauth|aws4-hmac-sha256|hmac\w{{0,8}}|signature)\s)[^\n]++
    | (?>(?P<named>{_SCHEMES}\s{{1,4}})?)(?:
        (?(named)|(?:[\w-]{{1,40}}[ ]{{1,4}})?){_PARAMETER}
          (?>(?:[ ]?,(?:\r?\n)?[ \t]{{0,20}}{_PARAMETER})*)
        | (?(named)|(?:[\w-]{{1,40}}(?:[ ]|\r?\n[ \t]{{1,8}})(?=[\w+/=.-]{{8}}))?)
          [^\s"',;)}}\]<>\\]++
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEME = re.compile(rf"{_SCHEMES}\s{{1,4}}", re.IGNORECASE | re.VERBOSE)
_PAIRS = re.compile(
    r"""(?>(?:[;,]?[ ]{0,2}(?:
        [^\s;,"'=<>]{1,100}=(?:"[^"\n]*+"?|'[^'\n]*+'|[^\s"'<>\\]*+)
        | (?:httponly|secure|partitioned)\b;?
        | \d\d?[ -][a-z]{3}[ -]\d{2,4}[ ][\d:]{5,8}[ ]gmt;?  # when it ends, behind a comma
    ))+)""",
    re.IGNORECASE | re.VERBOSE,
)
_ELEMENT = re.compile(
    rf"""{BLANKS}(?:<(?:value|string|data)>\s*+)?
    (?:<!\[CDATA\[(?P<data>(?s:.*?))(?=\]\]>|\Z)|(?P<text>(?>(?s:(?!{LESS}).)*)))""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Joint:
    """How a name and its value are joined."""

    begin: int
    """Where the name begins."""
    end: int
    """Where the value begins, or what goes before it."""
    sign: str
    quoted: bool
    weak: bool = False
    """The name is one of a credential, and of much else."""
    counted: bool = False
    """A number is how many there are."""
    grouped: bool = False
    """What is in braces is such numbers of several kinds."""

    @property
    def colon(self) -> bool:
        """Whether it may be prose: ``password: must be longer``."""
        return self.sign == ":" and not self.quoted


def assigned(text: str, joint: Joint) -> Iterator[Span]:
    """Yield what is the value of a name with a sign behind it."""
    at = joint.end
    if joint.colon:
        at = _past(_PROPERTIES, text, at)
        if (found := _BLOCK.match(text, at)) and _begins_line(text, joint.begin):
            yield from _block(text, joint.begin, found.end())
            return
        if found := _REST.match(text, at):
            yield from _below(text, joint.begin, found.end())
            return
    if (span := quoted(text, at)) is not None:
        yield from _in_quotes(text, span, joint)
    elif (span := _bracketed(text, at, joint)) is not None:
        if not are_sentences(text[slice(*span)]):
            yield span
    elif (found := _BARE.match(text, at)) and not _is_honest(text, found, joint):
        yield found.span()


def _in_quotes(text: str, span: Span, joint: Joint) -> Iterator[Span]:
    if is_sentence(text[slice(*span)]):
        return
    yield span
    if joint.colon and text.startswith("\n", span[1]) and _begins_line(text, joint.begin):
        # In YAML it goes on, on lines that are further to the right.
        yield from _block(text, joint.begin, span[1])


def quoted(text: str, at: int) -> Span | None:
    """Return what is between quotes; an empty span says that there is none."""
    found = _QUOTED.match(text, at)
    return found and found.span("long" if found["triple"] else "inner")


def of_option(text: str, at: int, *, certain: bool, listed: bool) -> Iterator[Span]:
    """Yield what follows the name of an option after a blank.

    It is *certain* that this is an option, and not a word behind a dash. One that is *listed*
    stands in brackets: arguments of a program, or ``[--token TOKEN]`` in how one is used.
    """
    if span := quoted(text, at):
        yield span
    elif found := _WORD_OF_SHELL.match(text, at):
        word = found[0].rstrip("],") if listed else found[0]
        if listed and _PLACEHOLDER.fullmatch(found[0]):
            return
        said = is_state(word) or _SAID_OF_OPTION.fullmatch(word)
        if not said and (certain or not word.isalpha()):
            yield at, at + len(word)


def credentials(text: str, joint: Joint) -> Iterator[Span]:
    """Yield what an Authorization header holds, but for the scheme."""
    at = joint.end
    if span := quoted(text, at):
        scheme = _SCHEME.match(text, *span)
        yield (scheme.end() if scheme else span[0]), span[1]
    elif span := _bracketed(text, at, joint):
        yield span
    elif found := _CREDENTIALS.match(text, at):
        start, end = max(found.start(), found.end("scheme"), found.end("named")), found.end()
        if not is_state(text[start:end]):
            yield start, end


def cookies(text: str, joint: Joint) -> Iterator[Span]:
    """Yield what a header with cookies holds."""
    at = joint.end
    if span := quoted(text, at) or _bracketed(text, at, joint):
        yield span
    else:
        found = _PAIRS.match(text, at) or (joint.sign == "=" and _BARE.match(text, at))
        if found:
            yield found.span()


def element(text: str, at: int) -> Iterator[Span]:
    """Yield what is in the element that begins before *at*."""
    found = _ELEMENT.match(text, at)
    if found:
        start, end = found.span("data" if found["data"] is not None else "text")
        if text[start:end].strip():
            yield start, end


def _bracketed(text: str, at: int, joint: Joint) -> Span | None:
    # SecretStr('…') and Some("…") are no word, and ('user', '…') is no remark in brackets.
    bracket = _past(_CALL, text, at)
    sign = text[bracket : bracket + 1]
    if not sign or sign not in "([{" or (sign == "(" and bracket == at and joint.colon):
        return None
    if _EMPTY.match(text, at) or (joint.grouped and sign == "{"):
        return at, at
    end, closed = _closing(text, bracket, lines=joint.quoted)
    if not closed and _MEMBER.match(text, end):
        # On lines of their own, as Node.js shows what is long.
        end = max([end, *(span[1] for span in _block(text, joint.begin, end))])
    return at, _past(_MORE, text, end)


def _closing(text: str, at: int, *, lines: bool) -> tuple[int, bool]:
    """Return where the bracket at *at* is closed, or where the text ends that may be in it.

    Unless it may have *lines*, that is its own line: what begins with a name in prose.
    """
    depth, inside = 0, ""
    marks = _MARK_OF_CALL if text[at] == "(" else _MARK
    for mark in marks.finditer(text, at):
        sign = mark[0]
        if sign == "\n":
            if not lines:
                return mark.start(), False
        elif inside:
            inside = "" if sign == inside else inside
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if not depth:
                return mark.end(), True
        else:
            inside = sign
    return len(text), False


def _is_honest(text: str, found: re.Match[str], joint: Joint) -> bool:
    """Return whether it is no credential but a word about it, or a count."""
    bare = found[0]
    if bare.lower() in NOTHING or (joint.counted and _NUMBER.fullmatch(bare)):
        return True
    if joint.weak and joint.colon:
        return True  # `auth: …` is a place in a log far more often than a setting
    if not joint.colon:
        return False
    if _STATUS.fullmatch(bare) and _IN_PATH.search(text, max(0, joint.begin - 80), joint.begin):
        return True  # `/api/token: 401`
    if text[found.start() - 1] not in " \t":
        return bool(_PORT.match(bare))
    return is_said(text, *found.span())


def _begins_line(text: str, name: int) -> bool:
    """Return whether it is a key of YAML: parsers say ``Unexpected token: >`` of others."""
    before = text[max(0, name - _LONGEST_KEY) : name]
    return bool(_KEY.fullmatch(before[before.rfind("\n") + 1 :]))


def _own_indent(text: str, name: int) -> int:
    begin = text.rfind("\n", 0, name) + 1
    return _past(_INDENT, text, begin) - begin


def _past(found: re.Pattern[str], text: str, at: int) -> int:
    """Return where what may be *found* at *at* ends."""
    there = found.match(text, at)
    return there.end() if there else at


def _block(text: str, name: int, at: int) -> Iterator[Span]:
    """Yield the lines of a text in YAML: those that are further to the right than the name."""
    own = _own_indent(text, name)
    start, end = 0, 0
    while found := _LINE.match(text, at):
        if found["items"] or found["rest"]:
            if len(found["indent"]) <= own:
                break
            start, end = start or found.end("indent"), found.end()
        at = found.end()
    if end:
        yield start, end


def _below(text: str, name: int, at: int) -> Iterator[Span]:
    """Yield the values on the lines below a name in YAML."""
    own = _own_indent(text, name)
    while found := _LINE.match(text, at):
        at = found.end()
        if not found["rest"]:
            continue
        indent = len(found["indent"])
        if indent < own or (indent == own and not found["items"]):
            return
        field = _FIELD.match(text, found.start("rest"))
        span = _value_on_a_line(text, field.end() if field else found.start("rest"), at)
        if span is None:
            return
        yield span


def _value_on_a_line(text: str, start: int, end: int) -> Span | None:
    if span := quoted(text, start):
        return span
    bare = _BARE.match(text, start, end)
    said = bare is None or is_said(text, *bare.span()) or bare[0].lower() in NOTHING
    return None if said else (start, end)
