"""What a session tells, beside the store, whoever merges its run."""

from collections.abc import Callable

import gevent

from swarmscope.recording.reports import Collector, Report


class Reporting(Collector):
    """Collects what comes into the books of a session, and tells it by *send*, at the pace asked.

    Endpoints are told of in spans of so many *seconds*.
    """

    def __init__(self, seconds: int, send: Callable[[Report], None]) -> None:
        super().__init__(seconds)
        self._send = send

    def tell(self, run: str, now: float, *, final: bool) -> None:
        """Tell of *run*, if it is time at *now*; at once, if it is *final*."""
        if self.due(now) or final:
            messages = self.take(run, final=final)
            while True:
                # Packing one, or merging it, is as much as users should wait for.
                gevent.sleep(0)
                message = next(messages, None)
                if message is None:
                    return
                self._send(message)
