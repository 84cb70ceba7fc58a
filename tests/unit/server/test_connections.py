"""Who has to go when there are more connections than a server holds."""

import asyncio
from dataclasses import dataclass, field

import pytest

from swarmscope.server.connections import ConnectionLimit


class Transport:
    """A connection's transport, which is open until somebody ends it."""

    def __init__(self) -> None:
        self.closed = False

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@dataclass(eq=False)
class Client:
    """Somebody who has been idle since then, or is busy."""

    name: str
    idle_since: float | None = 0.0
    let_in: bool = False
    address: str = "10.0.0.1"
    transport: Transport = field(default_factory=Transport)


def left(limit: int, *there: Client, newest: Client) -> list[str]:
    """Return who is left when *newest* comes to those who are *there*."""
    everybody = [*there, newest]

    async def come() -> None:
        loop = asyncio.get_running_loop()
        ConnectionLimit(limit).bring(newest, everybody, loop)  # type: ignore[arg-type]
        assert not newest.transport.closed, "each has its say first"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(come())
    return [client.name for client in everybody if not client.transport.closed]


NEW = "new"


def test_up_to_the_limit_all_stay() -> None:
    assert left(2, Client("a"), newest=Client(NEW)) == ["a", NEW]


def test_one_that_is_closed_already_is_none() -> None:
    gone = Client("gone")
    gone.transport.abort()
    assert left(2, gone, Client("a"), newest=Client(NEW)) == ["a", NEW]


def test_who_has_been_idle_for_longest_goes() -> None:
    there = [Client("a", 5.0), Client("b", 3.0), Client("c", 4.0)]
    assert left(3, *there, newest=Client(NEW, 9.0)) == ["a", "c", NEW]


def test_who_is_let_in_goes_last() -> None:
    there = [Client("in", 1.0, let_in=True), Client("out", 8.0)]
    assert left(2, *there, newest=Client(NEW, 9.0)) == ["in", NEW]


def test_of_strangers_the_address_that_holds_most_loses_one() -> None:
    there = [
        Client("a", 1.0, address="one"),
        Client("b", 2.0, address="two"),
        Client("c", 3.0, address="two"),
    ]
    # Its own place doesn't count: else who comes would close what another of his address has.
    assert left(3, *there, newest=Client(NEW, 9.0, address="one")) == ["a", "c", NEW]


def test_where_all_are_busy_the_newest_goes() -> None:
    busy = [Client("a", None), Client("b", None)]
    assert left(2, *busy, newest=Client(NEW)) == ["a", "b"]


def test_it_is_said_once_who_holds_most(caplog: pytest.LogCaptureFixture) -> None:
    limit = ConnectionLimit(1)

    async def come() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(3):
            there = [Client("a", address="one"), Client("b", address="two"), Client("c", None)]
            there[1].address = "one"
            limit.bring(there[-1], there, loop)  # type: ignore[arg-type]
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(come())
    assert len(caplog.messages) == 1
    assert "All 1 connections are taken, most of them by one." in caplog.text
