"""The handler of Python's own logging: it remembers records, and never makes anybody wait."""

import logging
from collections import deque
from dataclasses import dataclass

from swarmscope.line_protocol import MAX_STRING, kept

MAX_RECORDS = 10_000
"""Records that may wait for the next second."""
LOCUST = "locust"
"""The logger that Locust keeps from handing its records on to the root."""


@dataclass(frozen=True)
class Record:
    """A log record, as it is sent."""

    time_ns: int
    level: str
    logger: str
    message: str


class RecordHandler(logging.Handler):
    """Keeps the records of this process until `take`; too many are dropped, and counted.

    Without a lock: a deque needs none, and nobody ever waits for one here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._records: deque[Record] = deque()
        self._last = 0
        self._dropped = 0
        self._formatter = logging.Formatter()

    def createLock(self) -> None:  # noqa: N802 - its name in logging
        """Have none."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Take *record* without a lock."""
        wanted = bool(self.filter(record))
        if wanted:
            self.emit(record)
        return wanted

    def emit(self, record: logging.LogRecord) -> None:
        """Remember *record* as it is now: its arguments may change."""
        if len(self._records) >= MAX_RECORDS:
            self._dropped += 1
            return
        # Points of one series with one time would be one point.
        self._last = max(int(record.created * 1e9), self._last + 1)
        level = record.levelname.lower()
        self._records.append(Record(self._last, level, record.name, self._message(record)))

    def _message(self, record: logging.LogRecord) -> str:
        try:
            parts = [record.getMessage()]
        except Exception as error:  # noqa: BLE001 - wrong arguments must not stop a test
            parts = [f"{record.msg!r} ({type(error).__name__}: its arguments don't fit: {error})"]
        if record.exc_info and record.exc_info[0]:
            parts.append(self._formatter.formatException(record.exc_info))
        elif record.exc_text:
            parts.append(record.exc_text)
        if record.stack_info:
            parts.append(record.stack_info)
        return kept("\n".join(parts), MAX_STRING)

    def take(self) -> list[Record]:
        """Return the records so far, oldest first, and forget them; a last one tells of losses."""
        taken = []
        for _ in range(len(self._records)):
            taken.append(self._records.popleft())  # noqa: PERF401 - others append meanwhile
        dropped, self._dropped = self._dropped, 0
        if dropped:
            self._last += 1
            message = (
                f"{dropped:,} log records were dropped here: more than {MAX_RECORDS:,} in a second."
            )
            taken.append(Record(self._last, "warning", __name__, message))
        return taken

    def attach(self) -> None:
        """Get the records of all loggers, each once."""
        logging.getLogger().addHandler(self)
        if not logging.getLogger(LOCUST).propagate:
            logging.getLogger(LOCUST).addHandler(self)

    def detach(self) -> None:
        """Get no more."""
        logging.getLogger().removeHandler(self)
        logging.getLogger(LOCUST).removeHandler(self)
