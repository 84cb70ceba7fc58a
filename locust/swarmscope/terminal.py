"""What programs of ours print: text, and nothing that a terminal would obey.

Names in a store are anybody's who may write to it. A sequence that begins with an escape sign
clears the screen, renames the window or fills the clipboard; a sign that turns the direction of
writing around makes a line read as what it isn't. In a CI's log there are signs at which its runner
obeys a line: GitHub's `::` (behind blanks, too) and `##[`, Azure's `##vso[`, TeamCity's
`##teamcity[`.
"""

import codecs
import io
import os
import re
import sys
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

# Control signs but for line ends and tabs, those of C1, what changes directions or lines, and
# surrogates: in the locale C Python writes some of those as the bytes of C1.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_TO_A_RUNNER = re.compile(r"(?m)^(?P<blanks>[^\S\n]*):(?=:)|#(?=#(?:vso|teamcity)?\[)")


def visible(text: str) -> str:
    r"""Return *text* with ``\u001b`` for an escape sign, and so on.

    So JSON has it, too: what is printed as JSON stays the same when it is read.
    """
    return _OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", _TO_A_RUNNER.sub(_unheard, text))


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Spell what an encoding has no sign for, as JSON does: so it stays JSON if it is."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs), error.end


_SPELLED = "swarmscope-spelled"
codecs.register_error(_SPELLED, _spelled)


def _unheard(begin: re.Match[str]) -> str:
    return f"{begin['blanks'] or ''}\\u{ord(begin[0][-1]):04x}"


def one_line(text: str) -> str:
    """Return *text* without what would move the cursor: a request's name may hold anything."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


class Plain(io.TextIOBase):
    """A stream for text that passes on no command to a terminal.

    It has no `buffer`: whoever wrote there would pass it by.

    Where nobody takes what is written (a full disk, a pipe whose reader is gone) it lets go of it,
    and `lost` says why: a run goes on, and a verdict ends with its own exit code.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost: OSError | None = None
        if isinstance(stream, io.TextIOWrapper):
            # Neither a terminal of Latin signs nor one of a name in the store ends a command.
            stream.reconfigure(errors=_SPELLED)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return what the stream below writes."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """Return what it does with what it can't write."""
        return self._stream.errors

    def write(self, text: str) -> int:
        """Write *text* as `visible` says."""
        with self._letting_go():
            self._stream.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        with self._letting_go():
            self._stream.flush()

    @contextmanager
    def _letting_go(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.lost = self.lost or error
            # What waits in buffers would fail again as Python ends, with an exit code of its own.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def isatty(self) -> bool:
        """Say whether a terminal is below."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the stream below."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True


def guard() -> None:
    """From now on let this process print text alone: its output, its errors and its tracebacks."""
    if not isinstance(sys.stdout, Plain):
        sys.stdout = Plain(sys.stdout)
    if not isinstance(sys.stderr, Plain):
        sys.stderr = Plain(sys.stderr)


def lost() -> OSError | None:
    """Return why something that was printed reached nobody, where nobody had left who read it."""
    errors = [stream.lost for stream in (sys.stdout, sys.stderr) if isinstance(stream, Plain)]
    return next((one for one in errors if one and not isinstance(one, BrokenPipeError)), None)


def aligned(rows: Sequence[tuple[str, ...]], numbers: Container[str]) -> list[str]:
    """Return *rows* as lines of a table; below the heads in *numbers* cells stand at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if head in numbers else cell.ljust(width)
            for cell, width, head in zip(row, widths, rows[0], strict=True)
        ).rstrip()
        for row in rows
    ]
