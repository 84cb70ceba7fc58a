"""Who has the rows, and deals them out to its own users or to those of its workers."""

import logging
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import STATE_MISSING, STATE_RUNNING, STATE_SPAWNING, MasterRunner

from swarmscope.load import row_messages
from swarmscope.load.csv_rows import Row
from swarmscope.load.dealer import Dealer, Dealt
from swarmscope.seldom import Seldom
from swarmscope.words import count_of, were

log = logging.getLogger(__name__)

_UNDER_WAY = (STATE_SPAWNING, STATE_RUNNING)


class Dealing:
    """Who has the rows of *name*: a master, or a process without one."""

    def __init__(self, environment: Environment, name: str, dealer: Dealer) -> None:
        self._environment = environment
        self._name = name
        self._dealer = dealer
        self._taken = 0
        self._said_over = False
        self._left: set[str] = set()
        self._odd = Seldom()
        environment.events.test_start.add_listener(self._on_start)
        environment.events.test_stop.add_listener(self._on_stop)

    @property
    def columns(self) -> Row:
        """The file's columns."""
        return self._dealer.rows.columns

    def take(self) -> Row | None:
        """Return a row for a user of this process."""
        self._taken += 1
        rows = self._dealer.deal("", self._taken, 1).rows
        self._look_for_end()
        return rows[0] if rows else None

    def listen(self, runner: MasterRunner) -> None:
        """Answer the workers of *runner*."""

        def on_ask(environment: Environment, msg: Any) -> None:
            del environment  # Locust passes it by name
            asked = row_messages.read(msg.data)
            sender = msg.node_id
            if asked is None or not (isinstance(sender, str) and sender in runner.clients):
                if self._odd.due():
                    log.warning("Somebody who is no worker asked for rows of %s.", self._name)
                return
            runner.send_message(answers, self._answer(sender, asked), sender)
            self._look_for_leavers(runner)
            self._look_for_end()

        answers = row_messages.dealing(self._name)
        runner.register_message(row_messages.asking(self._name), on_ask)

    def _answer(self, worker: str, asked: row_messages.Question) -> dict[str, Any]:
        # To a worker with another file none: it refuses them.
        same = asked.columns in (None, self.columns)
        dealt = self._dealer.deal(worker, *asked[:2]) if same else Dealt(asked.number)
        return {**vars(dealt), "columns": self.columns}

    def _look_for_leavers(self, runner: MasterRunner) -> None:
        if runner.state not in _UNDER_WAY:
            return  # all leave at the end
        there = {node.id for node in runner.clients.all if node.state != STATE_MISSING}
        for gone in self._dealer.dealt.keys() - there - self._left:
            self._left.add(gone)
            log.warning(
                "Worker %s left, which had been dealt %s of %s: used or not, they are dealt to "
                "nobody else.",
                gone,
                count_of(self._dealer.dealt[gone], "row"),
                self._name,
            )

    def _look_for_end(self) -> None:
        if not self._dealer.over or self._said_over:
            return
        self._said_over = True
        quits = self._dealer.at_end == "quit"
        log.warning(
            "%s is at its end: all %s are dealt. %s",
            self._name,
            count_of(self._dealer.rows.count, "row"),
            "The test ends, as at_end says."
            if quits
            else "Users that ask for one more stop; the test goes on until somebody ends it.",
        )
        if quits:
            gevent.spawn(self._end_test)

    def _end_test(self) -> None:
        runner = self._environment.runner
        if runner is None:
            return
        # Without a page nobody is left to start another test.
        (runner.stop if self._environment.web_ui else runner.quit)()

    def _on_start(self, **_: object) -> None:
        self._dealer.restart()
        self._said_over = False
        self._left.clear()

    def _on_stop(self, **_: object) -> None:
        dealt = self._dealer.dealt.total()
        log.info(
            "%s of %s %s dealt in this run; it has %d.",
            count_of(dealt, "row"),
            self._name,
            were(dealt),
            self._dealer.rows.count,
        )
