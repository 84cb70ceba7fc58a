"""A server that answers each request after the same time, and stands still once: its own witness.

``python server.py PORT LOG``; the freeze begins so many seconds after the first request. LOG gets
a line for each: when it came, s by the monotonic clock, and after how many ms it was answered.
"""

import asyncio
import sys
import time
from pathlib import Path

SERVICE_S = 0.15
FREEZE_AT_S = 9.0
FREEZE_S = 2.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
END = b"\r\n\r\n"


class Freezing:
    """What it knows of all its connections: when the first request came, and each since."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.lines: list[str] = []

    def seconds(self, now: float) -> float:
        """Return after how many seconds a request that comes *now* is answered."""
        if self.first is None:
            self.first = now
        frozen = self.first + FREEZE_AT_S
        # It takes what came up in between at once, as a process that was stopped does.
        left = frozen + FREEZE_S - now if frozen <= now < frozen + FREEZE_S else 0.0
        return left + SERVICE_S


class Answering(asyncio.Protocol):
    """One connection; the body is never one."""

    def __init__(self, server: Freezing) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for _ in range(data.count(END)):
            now = time.monotonic()
            seconds = self._server.seconds(now)
            asyncio.get_running_loop().call_later(seconds, self._answer, now)

    def _answer(self, came: float) -> None:
        assert self._transport
        self._server.lines.append(f"{came} {1_000 * (time.monotonic() - came)}\n")
        self._transport.write(ANSWER)


async def main(port: int, log: Path) -> None:
    """Serve until it is ended, and write *log* each half second."""
    server = Freezing()
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Answering(server), "127.0.0.1", port)
    with log.open("w", encoding="utf-8") as file:
        while True:
            await asyncio.sleep(0.5)
            lines, server.lines = server.lines, []
            file.writelines(lines)
            file.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
