"""A WebSocket: its handshake, questions with answers, and messages that come by themselves.

    pip install websocket-client    # Locust brings it
    cd locust/locustfiles/protocols
    locust -f web_socket.py --host ws://127.0.0.1:8878 --headless -u 20 -t 1m

What has an answer has a response time: from sending to the answer with the same id. What the
server pushes has none: it is counted with response_time=None, not with 0, which would pull down all
means and percentiles. Not called websocket.py: it would shadow the package. Plain Locust.
"""

import json
import time
from typing import Any
from uuid import uuid4

import gevent
import websocket
from gevent.event import AsyncResult
from locust import User, between, task
from locust.env import Environment
from locust.exception import StopUser

PATIENCE_S = 10


class Chatter(User):
    """Says something, and waits until it is echoed."""

    wait_time = between(0.1, 0.5)
    socket: Any = None

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.answers: dict[str, AsyncResult] = {}

    def on_start(self) -> None:
        """Connect, and read from then on beside the tasks."""
        began = time.perf_counter()
        try:
            self.socket = websocket.create_connection(f"{self.host}/chat", timeout=PATIENCE_S)
        except (OSError, websocket.WebSocketException) as error:
            self.tell("connect", 1_000 * (time.perf_counter() - began), error=error)
            raise StopUser from None
        self.tell("connect", 1_000 * (time.perf_counter() - began))
        self.socket.settimeout(None)  # of the reader, which may wait for long
        self.reader = gevent.spawn(self.read)

    def on_stop(self) -> None:
        """Stop reading and close: else the connection outlives its user."""
        if self.socket:
            self.reader.kill()
            self.socket.close()

    def read(self) -> None:
        """Hand answers to who waits for them; the rest the server sent by itself."""
        while text := self.socket.recv():
            told = json.loads(text)
            waiting = self.answers.pop(told.get("id"), None)
            if waiting is None:
                self.tell("pushed", None, length=len(text))
            else:
                waiting.set(text)

    @task
    def say(self) -> None:
        """Send a message with an id, and wait for what has the same."""
        key = uuid4().hex
        self.answers[key] = answer = AsyncResult()
        began, error, length = time.perf_counter(), None, 0
        try:
            self.socket.send(json.dumps({"id": key, "text": "hello"}))
            length = len(answer.get(timeout=PATIENCE_S))
        except (gevent.Timeout, OSError, websocket.WebSocketException) as caught:
            error = caught
        self.tell("say", 1_000 * (time.perf_counter() - began), error=error, length=length)

    def tell(self, name: str, ms: float | None, *, error: Any = None, length: int = 0) -> None:
        """Report a request to Locust."""
        self.environment.events.request.fire(
            request_type="WS",
            name=name,
            response_time=ms,
            response_length=length,
            exception=error,
        )
