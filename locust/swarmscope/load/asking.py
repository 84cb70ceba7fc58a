"""Who has no rows, and asks its master for them."""

import logging
from collections import deque
from typing import Any

import gevent
from gevent.event import AsyncResult
from locust.env import Environment
from locust.exception import RPCError, RPCSendError
from locust.runners import WorkerRunner

from swarmscope.errors import ConfigurationError
from swarmscope.load import row_messages
from swarmscope.load.csv_rows import Row
from swarmscope.load.dealer import MOST
from swarmscope.words import count_of, were

log = logging.getLogger(__name__)

_AGAIN_S = 1.0
_PATIENCE_S = 10.0


class Asking:
    """A worker, which asks its master for rows of *name*; *columns* are those of a file here."""

    def __init__(self, runner: WorkerRunner, name: str, columns: Row | None) -> None:
        self._runner = runner
        self._name = name
        self._own_columns = columns
        self.columns: Row = []
        self._waiting: deque[AsyncResult] = deque()
        self._spare: deque[Row] = deque()
        """Given to users that ended before they had them."""
        self._number = 0
        self._answer = AsyncResult()
        self._asker: gevent.Greenlet | None = None
        runner.register_message(row_messages.dealing(name), self._hear)
        runner.environment.events.test_start.add_listener(self._on_start)
        runner.environment.events.test_stop.add_listener(self._on_stop)

    def take(self) -> Row | None:
        """Return a row, once the master has dealt it."""
        if self._spare:
            return self._spare.popleft()
        wanted: Any = AsyncResult()
        self._waiting.append(wanted)
        if not self._asker:
            self._asker = gevent.spawn(self._ask_for_all)
        row: Row | None = None
        taken = False
        try:
            row = wanted.get()
            taken = True
        finally:
            if wanted in self._waiting:
                self._waiting.remove(wanted)
            elif not taken and wanted.successful() and wanted.value is not None:
                self._spare.append(wanted.value)  # the user ended in the moment it was given it
        return row

    def _ask_for_all(self) -> None:
        while self._waiting:
            try:
                self._hand_out(self._ask(min(len(self._waiting), MOST)))
            except ConfigurationError as error:
                while self._waiting:
                    self._waiting.popleft().set_exception(error)

    def _ask(self, count: int) -> Any:
        """Return the master's answer, asking again with the same number until it comes."""
        self._number += 1
        self._answer = AsyncResult()
        question = row_messages.Question(self._number, count, self._own_columns)._asdict()
        for _ in range(int(_PATIENCE_S / _AGAIN_S)):
            self._send(question)
            if (answer := self._answer.wait(timeout=_AGAIN_S)) is not None:
                return answer
        raise ConfigurationError(
            f"The master deals out no rows of {self._name}: it hasn't answered for "
            f"{_PATIENCE_S:.0f} s.",
            data="The user is given none.",
            remedy="Give the master the same locustfiles as its workers.",
        )

    def _send(self, question: dict[str, Any]) -> None:
        try:
            self._runner.send_message(row_messages.asking(self._name), question)
        except (RPCError, RPCSendError) as error:
            log.debug("A question could not be sent: %s", error)  # Locust has said so

    def _hand_out(self, answer: Any) -> None:
        self._check(answer["columns"])
        for row in answer["rows"]:
            if self._waiting:
                self._waiting.popleft().set(row)
            else:
                self._spare.append(row)
        while answer["over"] and self._waiting:
            self._waiting.popleft().set(None)

    def _check(self, columns: Row) -> None:
        self.columns = columns
        if self._own_columns is not None and self._own_columns != columns:
            raise ConfigurationError(
                f"{self._name} has the columns {', '.join(self._own_columns)} on this worker, and "
                f"{', '.join(columns)} on its master.",
                data="The users of this worker are given no rows.",
                remedy="Copy the master's file here, or remove this one: the master's rows are "
                "dealt out.",
            )

    def _hear(self, environment: Environment, msg: Any) -> None:
        del environment  # Locust passes it by name
        if msg.data["number"] == self._number:
            self._answer.set(msg.data)

    def _on_start(self, **_: object) -> None:
        self._spare.clear()
        # What is on its way is of the run before.
        self._number += 1
        if self._asker:
            self._asker.kill(block=False)
            self._asker = None

    def _on_stop(self, **_: object) -> None:
        if self._spare:
            log.info(
                "%s of %s %s dealt to users of this worker that ended before they had them.",
                count_of(len(self._spare), "row"),
                self._name,
                were(len(self._spare)),
            )
