"""What is wrong with a file that is no YAML, and where: in our words, and not in its reader's."""

import re
import sys
from pathlib import Path
from typing import Any

_ESCAPES = re.compile(r"\\U([0-9a-fA-F]{8})")
_IN_QUOTES = "a sentence with such a sign stands in '…'"
_TYPE = f"! begins the name of a type: {_IN_QUOTES}"
_FOR_YAML = "a line that begins with % is for YAML's reader, which can't follow it"
_WITHIN = (
    ("a block scalar", f"> and | begin a text of several lines: {_IN_QUOTES}"),
    ("an anchor", f"& begins the name of a part: {_IN_QUOTES}"),
    ("an alias", f"* begins the name of a part: {_IN_QUOTES}"),
    ("a tag", _TYPE),
    ("a directive", _FOR_YAML),
)
"""What YAML's reader was about, where whatever trips it comes of one sign that isn't meant."""
_WORDS = (
    (
        r"mapping values are not allowed here",
        "no colon can be here: a sentence with one stands in '…'",
    ),
    (r"sequence entries are not allowed here", "a - begins an entry on a line of its own"),
    (
        r"found character '\\t'.*",
        "a tab is here: write blanks in its place, or nothing at a line's end",
    ),
    (r"found character '(.*)' that cannot start.*", rf"no word begins with \1: {_IN_QUOTES}"),
    (
        r"expected <block end>, but found '(<scalar>|\?)'",
        "this belongs to nothing above: it stands behind something else, or is indented otherwise",
    ),
    (
        r"expected <block end>, but found '(?:-|<block (?:sequence|mapping) start>)'",
        "this is indented otherwise than what is above it",
    ),
    (r"expected <block end>, but found '(.*)'", r"\1 is here, and nothing that it would close"),
    (r"expected ',' or '(.)', but got .*", r"a comma or \1 is expected here"),
    (r"could not find expected ':'", "the colon is missing behind a name"),
    (r"found unexpected (?:end of stream|document separator)", "the quote isn't closed"),
    (r"found unknown escape character '(.*)'", "\\\\\\1 means nothing in \"…\": write it in '…'"),
    (r"found undefined alias (.*)", rf"* and & name other parts, and \1 is none: {_IN_QUOTES}"),
    (r"second occurrence", "& has named another part so already"),
    (r"expected the node content, but found '.*'", "what belongs here is missing"),
    (r"mapping keys are not allowed here", f"no name begins here: {_IN_QUOTES}"),
    (
        r"expected '<document start>', but found .*",
        "this belongs to nothing above: it stands behind something else, or is indented otherwise",
    ),
    (r"found undefined tag handle .*", _TYPE),
    (r"found duplicate YAML directive|found incompatible YAML document.*", _FOR_YAML),
    (r"duplicate tag handle .*", _FOR_YAML),
    (r"expected escape sequence of .*", "the number of a sign is expected behind the \\\\"),
    (r"but found another document", "a second document begins here, and one is read"),
)
"""What YAML's reader says, and what that means to who wrote thresholds."""


def malformed(path: Path, error: Any) -> str:
    """Say where YAML breaks off in the file at *path*, by its reader's *error*.

    What began elsewhere, a quote say, is told with the line of its begin.
    """
    mark, context = error.problem_mark, error.context_mark
    at = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}:1:1"
    elsewhere = context and mark and context.line != mark.line
    # Of what isn't closed the begin is what helps; all else begins at the file's.
    told = elsewhere and str(error.context).startswith(("while scanning", "while parsing a flow"))
    since = f" (of what begins in line {context.line + 1})" if told else ""
    return f"{at}: {_in_words(error.context or '', error.problem or '')}{since}"


def _in_words(context: str, problem: str) -> str:
    for within, words in _WITHIN:
        if context.endswith(f"ing {within}"):
            return words
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, problem)
        if found:
            return found.expand(words)
    return f"YAML can't be read further: {problem}"


def escaped(path: Path, content: bytes) -> str:
    """Say where a sign is named in *content* that there isn't: of that YAML's reader trips."""
    text = content.decode("utf-8", errors="replace")
    found = next((one for one in _ESCAPES.finditer(text) if int(one[1], 16) > sys.maxunicode), None)
    *before, last = text[: found.start() if found else 0].split("\n")
    return f"{path}:{len(before) + 1}:{len(last) + 1}: there is no sign of such a number"


def unreadable(path: Path, content: bytes, error: Any) -> str:
    """Say where the sign is that is none of a text: of that YAML tells bytes, or signs, alone."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-8", errors="replace")
    if wide:  # YAML counts the mark before it, which Python leaves out
        text = f"\ufeff{content.decode('utf-16', errors='replace')}"
    elif error.encoding != "unicode":
        text = content[: error.position].decode("utf-8", errors="replace")
    *before, last = text[: error.position].split("\n")
    at = f"{path}:{len(before) + 1}:{len(last.lstrip(chr(0xFEFF))) + 1}"
    sign = (
        f"the sign U+{error.character:04X}" if error.encoding == "unicode" else "what stands here"
    )
    return f"{at}: {sign} can't be in a YAML file ({error.reason})"
