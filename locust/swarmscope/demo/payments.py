"""The payment service that the shop calls: a stub that takes its time, as those of others do."""

import asyncio
from math import log
from random import Random

USUAL_S = 0.05
"""Half of the payments take less."""
SPREAD = 0.4
"""Of the logarithm: one in a hundred takes two and a half times as long."""
PATIENCE_S = 10.0
"""Seconds after which the shop gives a payment up."""


class PaymentTimeoutError(Exception):
    """The payment service didn't answer in time."""


class Payments:
    """Takes payments; *slower_s* is what a fault adds to each."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self.slower_s = 0.0
        self.under_way = 0
        self.taken = 0
        self.timed_out = 0
        self._patience_s = patience_s
        self._random = Random()  # noqa: S311  # a latency, and no secret

    async def charge(self) -> None:
        """Take a payment.

        Raises:
            PaymentTimeoutError: the service took too long.

        """
        takes_s = self.slower_s + self._random.lognormvariate(log(USUAL_S), SPREAD)
        self.under_way += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await asyncio.sleep(takes_s)
            self.taken += 1
        except TimeoutError:
            self.timed_out += 1
            raise PaymentTimeoutError from None
        finally:
            self.under_way -= 1
