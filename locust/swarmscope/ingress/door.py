"""The gateway's door: ``python -m swarmscope.stack door HOST:PORT``, where the gateway is.

nginx can refuse a connection by its address once it has read a whole request. Until then, while
TLS or a header is still half, a stranger's connection is worth as much as a machine's, and a few
hundred halves left none for machines. The door passes bytes on as they are, and knows nothing of
TLS: it knows where each connection comes from, and who has to make room.
"""

import asyncio
import logging
import socket
from collections.abc import Sequence

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.ingress.clients import Client, Clients, RateLimit
from swarmscope.seldom import Seldom
from swarmscope.settings import values
from swarmscope.signals import on_stop

log = logging.getLogger(__name__)

PORT = 8087
PLACES = 1_000
"""What the gateway's nginx has room for, with what it needs behind each (gateway/gateway.conf)."""
KNOCKS = 200
KNOCKS_S = 2
"""So many connections of one address in so many seconds: a hundred machines may share it."""
# Who is accepted in one turn of the loop is shown out in the next.
_BACKLOG = 1_024
# Long enough for a machine whose processors are all busy.
_CONNECT_S = 10.0
_FIND_S = 1.0
"""How often the gateway's address is asked for: made anew, it has another."""
_READ = 16 * 1024
"""How much is read at once, and about how much waits for who reads slowly, in each direction."""


class Side(asyncio.BufferedProtocol):
    """One side of a connection: what comes in here goes out at the *other*."""

    transport: asyncio.Transport

    def __init__(self, door: "Door") -> None:
        self._door = door
        self.client: Client | None = None
        self.other: Side | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits to be sent there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - as all of TCP's are
        transport.set_write_buffer_limits(high=_READ)
        self.transport = transport

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Return where to read to."""
        return self._door.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read."""
        if self.client and self.other:
            self._door.clients.touch(self.client)
            self.other.transport.write(bytes(self._door.buffer[:nbytes]))

    def pause_writing(self) -> None:
        """Read no more for who doesn't read."""
        if self.other:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on for who reads on."""
        if self.other:
            self.other.transport.resume_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        """End the other side, too, once it has what is on its way."""
        if self.other:
            self.other.transport.close()


class Outside(Side):
    """The side of who comes."""

    _reaching: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to reach the gateway for who is let in."""
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        # Not at once: older asyncio (Python 3.11.2) begins to read behind this, paused or not.
        loop.call_soon(self.transport.pause_reading)
        client = Client(str(transport.get_extra_info("peername")[0]), self.transport.abort)
        if not self._door.let_in(client):
            self.transport.abort()
            return
        self.client = client
        self._reaching = loop.create_task(self._door.reach(self))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        if self.client:
            self._door.clients.forget(self.client)
        if self._reaching:
            self._reaching.cancel()
        super().connection_lost(exc)


class Door:
    """Passes on to the gateway at *host* and *port* what comes, and bounds how much that is."""

    def __init__(self, host: str, port: int, *, places: int = PLACES, knocks: int = KNOCKS) -> None:
        self._gateway = (host, port)
        self._found: str | None = None
        self._finding = Seldom(_FIND_S)
        self.clients = Clients(places)
        self._knocks = RateLimit(knocks, KNOCKS_S)
        # One for all connections: what was read is passed on before anything else is read.
        self.buffer = memoryview(bytearray(_READ))
        self._crowded = Seldom()
        self._hurried = Seldom()
        self._unreached = Seldom()

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Open the door at *host* and *port*."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Outside(self), host, port, backlog=_BACKLOG)

    def let_in(self, client: Client) -> bool:
        """Give *client* a place, and show out who loses his for it; or say that he gets none."""
        if self._knocks.too_many(client.address):
            self._say_hurried(client.address)
            return False
        leaving = self.clients.enter(client)
        if leaving is not None:
            leaving.leave()
            self._say_crowded(leaving.address)
        return True

    async def reach(self, outside: Outside) -> None:
        """Connect *outside* with the gateway, which is told who it is."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_S):
                host = await self._address()
                _, inside = await loop.create_connection(lambda: Side(self), host, self._gateway[1])
        except OSError as error:  # a TimeoutError is one, too
            self._say_unreached(error)
            outside.transport.abort()
            return
        inside.client, inside.other, outside.other = outside.client, outside, inside
        inside.transport.write(_introduction(outside.transport))
        outside.transport.resume_reading()

    async def _address(self) -> str:
        """Return the gateway's address; of all who want it in a second one asks."""
        if self._finding.due() or self._found is None:
            loop = asyncio.get_running_loop()
            host, port = self._gateway
            found = await loop.getaddrinfo(
                host, port, family=socket.AF_INET, type=socket.SOCK_STREAM
            )
            self._found = str(found[0][4][0])
        return self._found

    def _say_hurried(self, address: str) -> None:
        if self._hurried.due():
            log.warning(
                "%s opens more than %d connections in %d s: more are closed at once. A machine of "
                "that address sends its points again; if it isn't your machines', keep it out by "
                "a firewall.",
                address,
                self._knocks.most,
                KNOCKS_S,
            )

    def _say_crowded(self, address: str) -> None:
        if self._crowded.due():
            log.warning(
                "All %d places are taken, %d of them by %s. For each new connection one is "
                "closed: of the address that has most, the longest silent one. A machine whose "
                "it was sends its points again; if the address isn't your machines', keep it out "
                "by a firewall.",
                self.clients.most,
                self.clients.held_by(address),
                address,
            )

    def _say_unreached(self, error: OSError) -> None:
        if self._unreached.due():
            log.warning(
                "The gateway takes no connection at %s:%d (%s). Machines keep their points and "
                "come again; `docker compose logs gateway` says what is wrong with it.",
                *self._gateway,
                str(error) or type(error).__name__,
            )


def _introduction(transport: asyncio.Transport) -> bytes:
    """Return the line that says who is behind *transport* (PROXY protocol, version 1)."""
    from_host, from_port = transport.get_extra_info("peername")
    to_host, to_port = transport.get_extra_info("sockname")
    return f"PROXY TCP4 {from_host} {to_host} {from_port} {to_port}\r\n".encode()


async def _stand(host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    on_stop(lambda: loop.call_soon_threadsafe(stopped.set))
    server = await Door(host, port).listen("0.0.0.0", PORT)  # noqa: S104 - its container's
    await stopped.wait()
    server.close()


def main(arguments: Sequence[str]) -> int:
    """Pass on what comes, until told to stop."""
    try:
        (gateway,) = arguments
        host, port = values.place(gateway)
    except ValueError as error:
        raise ConfigurationError(
            "The door has to know where the gateway is.",
            data="Nobody is let in.",
            remedy="Name its place as HOST:PORT.",
        ) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    asyncio.run(_stand(host, port))
    return ExitCode.FINE
