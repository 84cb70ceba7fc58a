"""An answer in parts: each lets go of its memory when it is sent, and all when nobody reads."""

import asyncio
from collections import deque

from starlette.types import Message

from swarmscope.server.parts import Parts
from swarmscope.server.patience import Patience, Room

PARTS = (b"[1,", b"2,", b"3]")


def sent(patience: Patience, *, reads: int = 9) -> tuple[list[Message], list[int], int]:
    """Return what was sent, what was held after each part, and at the end: *reads* are read."""
    messages: list[Message] = []
    held: list[int] = []

    async def send(message: Message) -> None:
        if len(messages) > reads:
            await asyncio.sleep(60)
        messages.append(message)
        held.append(share.held)

    async def receive() -> Message:
        raise AssertionError("what is left of the request doesn't matter")

    async def run() -> int:
        nonlocal share
        async with room.taken() as share:
            share.take(sum(map(len, PARTS)))
            try:
                await Parts(deque(PARTS), share, patience)({}, receive, send)
            except TimeoutError:
                messages.append({"type": "given up"})
            return share.held

    room = Room(1_000, "questions")
    share = None
    return messages, held, asyncio.run(run())


def test_parts_are_sent_in_their_order_with_the_length_of_all() -> None:
    messages, held, left = sent(Patience())
    start, *bodies = messages
    assert dict(start["headers"])[b"content-length"] == b"7"
    assert dict(start["headers"])[b"cache-control"] == b"no-store"
    assert [message["body"] for message in bodies] == [*PARTS, b""]
    assert [message.get("more_body", False) for message in bodies] == [True, True, True, False]
    assert (held, left) == ([7, 7, 4, 2, 0], 0)


def test_who_does_not_read_holds_nothing_for_ever() -> None:
    messages, _, left = sent(Patience(answer=0.01), reads=1)
    assert messages[-1] == {"type": "given up"}
    assert left == 0


def test_a_long_answer_may_take_longer() -> None:
    async def made() -> Parts:
        async with Room(10**6, "questions").taken() as share:
            return Parts(deque([b"x" * 500_000]), share, Patience())

    assert asyncio.run(made())._seconds == Patience().answer + 10
