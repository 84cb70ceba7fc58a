"""The stub of a payment service: what is under way, and what is given up."""

import asyncio

import pytest

from swarmscope.demo.payments import Payments, PaymentTimeoutError


def test_a_payment_is_under_way_until_it_is_taken() -> None:
    async def scenario() -> None:
        payments = Payments()
        task = asyncio.ensure_future(payments.charge())
        await asyncio.sleep(0)
        assert (payments.under_way, payments.taken) == (1, 0)
        await task
        assert (payments.under_way, payments.taken, payments.timed_out) == (0, 1, 0)

    asyncio.run(scenario())


def test_a_payment_that_takes_too_long_is_given_up_and_counted() -> None:
    async def scenario() -> None:
        payments = Payments(patience_s=0)
        payments.slower_s = 3_600
        with pytest.raises(PaymentTimeoutError):
            await payments.charge()
        assert (payments.under_way, payments.taken, payments.timed_out) == (0, 0, 1)

    asyncio.run(scenario())
