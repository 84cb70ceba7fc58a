"""Socket.IO, through the user class that Locust has for it.

    pip install "python-socketio[client]"    # Locust brings it
    cd locust/locustfiles/protocols
    locust -f socket_io.py --host http://127.0.0.1:8879 --headless -u 20 -t 1m

`call` waits for the server's acknowledgement: that has a response time. `emit` waits for nothing,
and Locust reports it with 0 ms: send with it what needs no answer, and look at its count alone.
Plain Locust.
"""

from typing import Any

import socketio.exceptions
from locust import between, task
from locust.contrib.socketio import SocketIOUser
from locust.exception import StopUser


class Player(SocketIOUser):
    """Makes moves that are acknowledged, and cheers."""

    wait_time = between(0.1, 0.5)
    # A user that can't connect shall end, and not try for ever.
    options: dict[str, Any] = {"reconnection": False}

    def on_start(self) -> None:
        """Connect; who can't, ends."""
        try:
            self.sio.connect(str(self.host), transports=["websocket"])
        except socketio.exceptions.ConnectionError:
            raise StopUser from None  # a failed request already

    def on_stop(self) -> None:
        """Leave."""
        self.sio.disconnect()
        self.sio_greenlet.kill()

    @task(3)
    def move(self) -> None:
        """Move, and wait until the server took it."""
        self.sio.call("move", {"to": "e4"}, timeout=10)

    @task
    def cheer(self) -> None:
        """Cheer; nobody answers."""
        self.sio.emit("cheer", {"text": "bravo"})
