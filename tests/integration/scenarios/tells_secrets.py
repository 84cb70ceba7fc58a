"""Users whose names and messages hold credentials, as careless code and chatty services do."""

import json
import os
from typing import Any

from locust import User, constant_throughput, task
from locust.exception import CatchResponseError

PASSWORD = os.environ["SECRET_PASSWORD"]


class Careless(User):
    wait_time = constant_throughput(10)

    @task
    def tell(self) -> None:
        self.fire(f"https://bob:{PASSWORD}@shop.example/login")
        self.fire(f"/login?user=bob&password={PASSWORD}")
        self.fire("/pay", ValueError(f"401 for https://shop/?access_token={PASSWORD}&a=1"))
        answer = json.dumps({"error": "expired", "refresh_token": PASSWORD})
        self.fire("/json", CatchResponseError(answer))
        self.fire("/log", ValueError(json.dumps({"body": answer})))
        self.fire("/cookie", ValueError(f"refused: {{'Cookie': 'sid={PASSWORD}; theme=dark'}}"))
        self.fire("/header", ValueError(f"refused: Authorization: Bearer {PASSWORD}"))

    def fire(self, name: str, error: Exception | None = None) -> None:
        request: dict[str, Any] = {"request_type": "GET", "name": name, "exception": error}
        self.environment.events.request.fire(
            **request, response_time=1.0, response_length=0, response=None, context={}
        )
