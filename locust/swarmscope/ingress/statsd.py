"""StatsD's way in: ``python -m swarmscope.stack statsd PORT HOST:PORT``, where Telegraf listens.

Telegraf takes a timing once for each that its rate stands for, and nothing else meanwhile: one
packet of 22 bytes kept it at that for good, while all looked healthy. It ends where a length in a
packet is too large, and sends each gauge that it knows once a second for an hour. So it gets no
packet as it came.
"""

import logging
import socket
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NoReturn

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.ingress.statsd_lines import Lines
from swarmscope.seldom import Seldom
from swarmscope.settings import values
from swarmscope.signals import on_stop

log = logging.getLogger(__name__)

_LARGEST = 65_535
_SHOWN = 100


class Filter:
    """Passes on to Telegraf what *lines* takes of what comes, and says what it doesn't take."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._said: defaultdict[str, Seldom] = defaultdict(Seldom)
        self._unreached = Seldom()

    def serve(self, comes: socket.socket, goes: socket.socket) -> None:
        """Pass on one packet from the one to the other, which is connected."""
        packet, (address, *_) = comes.recvfrom(_LARGEST)
        taken, refused = self._lines.read(packet)
        self._say(str(address), refused)
        if not taken:
            return
        try:
            goes.send(taken)
        except OSError as error:
            # Telegraf is being started: of a packet before this one.
            if self._unreached.due():
                log.warning("Telegraf takes no StatsD (%s): what comes meanwhile is lost.", error)

    def _say(self, address: str, refused: Mapping[str, bytes]) -> None:
        for reason, line in refused.items():
            if self._said[reason].due():
                # Somebody else's signs: none of them is written as it is.
                log.warning(
                    "A line of %s was dropped: %s. It begins %a.", address, reason, line[:_SHOWN]
                )


def _listen(comes: socket.socket, port: int) -> None:
    try:
        comes.bind(("0.0.0.0", port))  # noqa: S104 - its container's
    except OSError as error:
        raise ConfigurationError(
            f"The filter of StatsD can't listen on port {port} ({error.strerror}).",
            data="What is sent there isn't filtered.",
            remedy="A Telegraf that was started by an older version listens there itself: "
            "`docker compose restart telegraf-events` has it read its configuration anew.",
        ) from error


def _stop() -> NoReturn:
    raise SystemExit(ExitCode.FINE)


def main(arguments: Sequence[str]) -> int:
    """Pass on what comes, until told to stop."""
    try:
        port, telegraf = arguments
        listen_port, place = values.port(port), values.place(telegraf)
    except ValueError as error:
        raise ConfigurationError(
            "The filter of StatsD has to know where it listens, and where Telegraf does.",
            data="Nothing is taken.",
            remedy="Name a port, and Telegraf's place as HOST:PORT.",
        ) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    on_stop(_stop)
    packets = socket.AF_INET, socket.SOCK_DGRAM
    with socket.socket(*packets) as comes, socket.socket(*packets) as goes:
        _listen(comes, listen_port)
        goes.connect(place)
        taker = Filter(Lines())
        while True:
            taker.serve(comes, goes)
