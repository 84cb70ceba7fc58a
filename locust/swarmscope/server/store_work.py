"""Work on the store that a client waits for: few at once, not for ever, and for nobody who left.

What DuckDB does runs in a thread, which can't be stopped; but its query can.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import duckdb
from starlette.exceptions import HTTPException
from starlette.requests import Request

from swarmscope.embedded.interruptible import Interruptible
from swarmscope.errors import StoreUnreachableError

if TYPE_CHECKING:
    from swarmscope.embedded.database import Database
    from swarmscope.server.app import Context

T = TypeVar("T")
_AGAIN_S = 0.05
"""How often a query is called off: work may be about to begin another one."""


async def find_in_store(request: Request, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    """Return what *work* finds in the store, in a thread.

    Raises:
        HTTPException: it took too long, or nobody waits for it any more (503).
        StoreUnreachableError: DuckDB could not do it.

    """
    context: Context = request.app.state.context
    return await work_in_turn(
        request,
        context.readers,
        lambda interruptible: _told(work, interruptible.cursor),
        f"No answer was found within {context.patience.question:g} s, and no more is looked for "
        "one. Ask for a shorter range, or for longer windows.",
    )


async def work_in_turn(
    request: Request, turn: asyncio.Semaphore, work: Callable[[Interruptible], T], too_long: str
) -> T:
    """Return what *work* comes to, which a thread begins when it has its *turn*.

    Raises:
        HTTPException: it took *too_long*, or nobody waits for it any more (503).

    """
    context: Context = request.app.state.context
    task = asyncio.create_task(_in_turn(context.database, turn, work))
    gone = asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait(
            {task, gone},
            timeout=context.patience.question,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.wait({task})
    if task.cancelled():
        raise HTTPException(503, too_long)
    return task.result()


async def _in_turn(
    database: "Database", turn: asyncio.Semaphore, work: Callable[[Interruptible], T]
) -> T:
    async with turn:
        with database.cursor() as cursor:
            interruptible = Interruptible(cursor)
            # Not a task: at the server's end all of these are cancelled, and threads run on.
            found = asyncio.get_running_loop().run_in_executor(None, work, interruptible)
            try:
                return await asyncio.shield(found)
            except asyncio.CancelledError:
                await _call_off(found, interruptible)
                if found.exception() is None:
                    return found.result()  # a deletion that was done must not be called undone
                raise


async def _call_off(found: "asyncio.Future[T]", interruptible: Interruptible) -> None:
    """End the thread: nobody may close what it uses before."""
    while not found.done():
        interruptible.call_off()
        # Cancelled once more, as at the server's end: it is about to end, and no sooner for that.
        with suppress(asyncio.CancelledError):
            await asyncio.wait({found}, timeout=_AGAIN_S)


def _told(work: Callable[[duckdb.DuckDBPyConnection], T], cursor: duckdb.DuckDBPyConnection) -> T:
    try:
        return work(cursor)
    except duckdb.Error as error:
        raise StoreUnreachableError(
            f"The store could not answer ({str(error).partition(chr(10))[0]}).",
            data="What is stored is untouched.",
            remedy="Ask for a shorter range.",
        ) from error


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass  # a body that nobody reads
