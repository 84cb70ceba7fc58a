"""A program that imports the listener and never attaches it."""

import logging
import os

from locust import events
from locust.env import Environment

import swarmscope.listener

logging.basicConfig()
environment = Environment(events=events)
environment.create_local_runner()
for _ in range(int(os.environ["SCENARIO_REQUESTS"])):
    events.request.fire(
        request_type="CALL",
        name="/unheard",
        response_time=1.0,
        response_length=1,
        exception=None,
        context={},
    )
swarmscope.listener  # noqa: B018 - importing it is all that this program does
