"""Firing the request event as Locust does, and what it costs."""

import gc
import random
from collections.abc import Callable
from time import process_time

REQUESTS = 50_000
PER_TICK = 2_000
"""Requests between two ticks: a worker at 2,000 requests/s on ten endpoints."""

Handler = Callable[..., object]


def fire(handler: Handler, tick: Callable[[], object], response: object = None) -> float:
    """Return CPU µs a request of firing the event *REQUESTS* times, with a tick every so many.

    *response* is what each request got, as Locust hands it over.
    """
    rnd = random.Random(1)
    times = [rnd.lognormvariate(3, 0.8) for _ in range(REQUESTS)]
    names = [f"/endpoint/{i % 10}" for i in range(REQUESTS)]
    gc.collect()
    began = process_time()
    for i in range(REQUESTS):
        handler(
            request_type="GET",
            name=names[i],
            response_time=times[i],
            response_length=1234,
            exception=None,
            context={},
            response=response,
            url="",
            start_time=0.0,
        )
        if i % PER_TICK == PER_TICK - 1:
            tick()
    return (process_time() - began) / REQUESTS * 1e6
