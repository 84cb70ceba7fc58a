"""Keeps Locust's master listening to its workers.

It listens in one greenlet, and one message that it can't read or handle (an odd frame, a field that
isn't there) ends that for good: all workers go missing, the test is stopped, and none comes back,
while its page answers as before. Anybody who reaches the port can send one, and so can a worker of
another version.
"""

import logging

from gevent import Greenlet
from locust.exception import StopTest
from locust.runners import MasterRunner, locust_exception_handler

from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)


class ListenerWatch:
    """Has *runner* listen again when it has ended."""

    def __init__(self, runner: MasterRunner) -> None:
        self._runner = runner
        self._error = Seldom()
        for greenlet in list(runner.greenlet):
            if greenlet._run == runner.client_listener:
                greenlet.link_exception(self._on_end)

    def _on_end(self, ended: Greenlet) -> None:
        """Listen again: messages that came meanwhile wait. Locust itself tells of the exception."""
        greenlet = self._runner.greenlet.spawn(self._runner.client_listener)
        # As Locust links its own, so that the next end is told, too.
        greenlet.link_exception(locust_exception_handler(self._runner.environment))
        greenlet.link_exception(self._on_end)
        if isinstance(ended.exception, StopTest) or not self._error.due():
            return
        log.error(
            "Locust's master failed at a message and stopped listening to its workers (%s). That "
            "message is lost, and with it what it counted; the master listens again. Was it a "
            "worker of another version, or somebody who is none? Let only workers reach port %s.",
            type(ended.exception).__name__,
            self._runner.master_bind_port,
        )
