"""The demo's web shop: ``python -m swarmscope.demo.shop --port 8000``.

A JSON API over SQLite behind a bounded pool, so that response times rise with load as they do in
a real service: by waiting. Its failures are real ones too: things sold out, dead links, a full
queue. With ``--faults`` it can be made to suffer from others while it runs.
"""

import argparse
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from swarmscope.demo import applog, goods, pages, payments, pool
from swarmscope.demo.faults import admin
from swarmscope.demo.faults.switchboard import Switchboard, Tell
from swarmscope.demo.faults.table import NAME, Sized, parse
from swarmscope.demo.gauges import Gauges
from swarmscope.demo.parts import Parts
from swarmscope.demo.ports import listening
from swarmscope.demo.telemetry import Sink, Stack, Store, Telemetry
from swarmscope.demo.traffic import Strained
from swarmscope.errors import SwarmscopeError
from swarmscope.settings import Settings

WORKERS = 4
QUEUE_LIMIT = 60


@dataclass(frozen=True)
class Options:
    """How a shop is opened."""

    database: Path
    log: Path
    workers: int = WORKERS
    queue_limit: int = QUEUE_LIMIT
    pool_patience_s: float = pool.PATIENCE_S
    payment_patience_s: float = payments.PATIENCE_S
    faults: bool = False
    """Whether faults can be switched by the admin path."""
    fault: Sized | None = None
    """The one that there is from the start."""
    sink: Sink | None = None
    """Where its gauges and its faults are told of."""


def _no_connections() -> int:
    return 0


def create_app(options: Options, connections: Callable[[], int] = _no_connections) -> Starlette:
    """Return the shop with a new database; *connections* says how many clients are connected."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        goods.build(options.database)
        state = app.state
        state.parts = _parts(options)
        state.gauges = Gauges(state.parts, connections)
        with applog.writer(options.log) as state.log, _telling(options.sink, state.gauges) as tell:
            state.faults = Switchboard(state.parts, tell)
            if options.fault:
                await state.faults.switch_on(options.fault)
            yield
            await state.faults.all_off()
        state.parts.pool.close()

    routes = [*pages.routes(), *(admin.routes() if options.faults else admin.none())]
    app = Starlette(routes=routes, exception_handlers=pages.HANDLERS, lifespan=lifespan)
    # The parts exist only once the shop is open.
    app.add_middleware(
        Strained,
        parts=lambda: (app.state.parts.traffic, app.state.parts.strain),
        log=lambda: app.state.log,
    )
    app.add_middleware(applog.Logged, write=lambda: app.state.log)
    return app


def _parts(options: Options) -> Parts:
    connections = pool.Pool(
        options.database,
        workers=options.workers,
        queue_limit=options.queue_limit,
        patience_s=options.pool_patience_s,
    )
    paying = payments.Payments(patience_s=options.payment_patience_s)
    return Parts.of(options.database, connections, paying)


@contextmanager
def _telling(sink: Sink | None, gauges: Gauges) -> Iterator[Tell]:
    """Tell *sink* of *gauges* meanwhile, and give what tells it of an event."""
    if sink is None:
        yield lambda _, __: None
        return
    telemetry = Telemetry(sink, gauges.read)
    telemetry.start()
    try:
        yield telemetry.tell
    finally:
        telemetry.stop()


def main() -> None:
    """Serve the shop until it is told to stop."""
    parser = argparse.ArgumentParser(prog="swarmscope.demo.shop", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--database", type=Path, default=Path(".swarmscope/demo/shop.db"))
    parser.add_argument("--log", type=Path, default=Path(".swarmscope/logs/shop.app.log"))
    parser.add_argument("--workers", type=int, default=WORKERS, help="threads with a connection")
    parser.add_argument("--queue-limit", type=int, default=QUEUE_LIMIT, help="requests that wait")
    parser.add_argument("--faults", action="store_true", help="let faults be switched at /faults")
    parser.add_argument("--tell", choices=["store", "stack"], help="whom gauges are told")
    parser.add_argument("--gauges", type=Path, default=Path("shop.gauges"), help="the stack's file")
    parser.add_argument("--events", default="", help="the stack's address for events")
    parser.add_argument("--check", action="store_true", help=f"only say what is wrong with ${NAME}")
    options = parser.parse_args()
    try:
        fault = parse(os.environ[NAME]) if os.environ.get(NAME) else None
        if not options.check:
            _serve(options, fault)
    except SwarmscopeError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)


def _serve(told: argparse.Namespace, fault: Sized | None) -> None:
    with listening(told.host, told.port) as door, _sink(told) as sink:
        options = Options(
            database=told.database,
            log=told.log,
            workers=told.workers,
            queue_limit=told.queue_limit,
            faults=told.faults,
            fault=fault,
            sink=sink,
        )
        app = create_app(options, lambda: len(server.server_state.connections))
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=3,
            # Whoever asks is who is connected: faults are switched by this machine alone.
            proxy_headers=False,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[door])


@contextmanager
def _sink(told: argparse.Namespace) -> Iterator[Sink | None]:
    if told.tell == "store":
        yield Store(Settings.from_env())
    elif told.tell == "stack":
        with applog.lines(told.gauges) as write_line:
            yield Stack(write_line, told.events)
    else:
        yield None


if __name__ == "__main__":
    main()
