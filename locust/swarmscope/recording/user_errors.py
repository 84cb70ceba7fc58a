"""What users' own code got wrong: exceptions by user class and place, a bounded number of each."""

import site
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from types import FrameType, TracebackType

from swarmscope import schema
from swarmscope.line_protocol import ELLIPSIS, shorten
from swarmscope.recording.cardinality import Budgets
from swarmscope.redaction import redact

_FRAMES = 8
"""Of a traceback the innermost: a task that calls itself without end has a thousand."""
_SAMPLE_LENGTH = 2_000
_LOOKED_AT = 8 * 2**10
"""Of a traceback the last characters that are looked at: a message may be a whole answer. What of a
credential is kept began within them."""
_NAME_LENGTH = 120
_MARK = "_swarmscope_counted"


@dataclass(frozen=True)
class UserError:
    """What exceptions in users' code are told apart by."""

    user_class: str
    exception: str
    place: str


UserErrorWindow = dict[UserError, tuple[int, str]]
"""Error to how many, and the traceback of the first."""


class UserErrors:
    """The exceptions of one run in the code of one worker's users.

    Classes, places and kinds are told apart as far as *budgets* admit them; further ones count as
    `schema.FOLDED`.
    """

    def __init__(self, budgets: Budgets) -> None:
        self._counts: UserErrorWindow = {}
        self._budgets = budgets

    def record(
        self, user_class: str, exception: BaseException, tb: TracebackType | None = None
    ) -> None:
        """Count *exception*, which left a task of a user of *user_class*."""
        error = UserError(
            self._budgets.user_classes.fold(shorten(user_class, _NAME_LENGTH)),
            self._budgets.exceptions.fold(shorten(type(exception).__name__, _NAME_LENGTH)),
            self._budgets.places.fold(place_of(tb or exception.__traceback__)),
        )
        if error not in self._counts and not self._budgets.user_errors.admits(error):
            error = UserError(error.user_class, schema.FOLDED, schema.FOLDED)
        count, sample = self._counts.get(error, (0, ""))
        # Only the first of a second is written out: a loop of errors must not become the load.
        self._counts[error] = (count + 1, sample or _sample(exception, tb))

    def take(self) -> UserErrorWindow:
        """Return the exceptions since the last call, and forget them."""
        counts, self._counts = self._counts, {}
        return counts


def first_sight(exception: BaseException) -> bool:
    """Whether *exception* comes for the first time: Locust tells of one, and it may kill after."""
    if getattr(exception, _MARK, False):
        return False
    try:
        setattr(exception, _MARK, True)
    except AttributeError:
        return True  # a class of exceptions with slots: better counted twice than not at all
    return True


def place_of(tb: TracebackType | None) -> str:
    """Return the innermost place in the user's own code: file, line and function."""
    frames = list(_frames(tb))
    own = [where for where in frames if not _installed(where[0].f_code.co_filename)]
    if not frames:
        return "(unknown)"
    frame, line = (own or frames)[-1]
    code = frame.f_code
    return shorten(f"{PurePath(code.co_filename).name}:{line} {code.co_qualname}", _NAME_LENGTH)


def _frames(tb: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


_LIBRARIES = tuple(
    {
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
        *site.getsitepackages(),
    }
)


def _installed(file: str) -> bool:
    """Whether *file* is of Python or of a package: there it was raised, not caused."""
    return file.startswith(_LIBRARIES) or file.startswith("<frozen")


def _sample(exception: BaseException, tb: TracebackType | None) -> str:
    try:
        text = "".join(
            traceback.format_exception(
                type(exception), exception, tb or exception.__traceback__, limit=-_FRAMES
            )
        )
    except Exception as error:  # noqa: BLE001 - a user's exception may do anything when it is shown
        text = f"(the traceback of {type(exception).__name__} can't be had: {type(error).__name__})"
    text = redact(text.strip()[-_LOOKED_AT:])
    # Its end says what it was.
    return text if len(text) <= _SAMPLE_LENGTH else ELLIPSIS + text[1 - _SAMPLE_LENGTH :]
