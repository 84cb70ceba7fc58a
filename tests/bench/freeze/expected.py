"""What a server that stands still once does to requests at a constant rate, by arithmetic.

Of arrivals evenly over *seconds*, those in the *freeze* wait for what is left of it: a share
freeze/seconds of all, evenly from 0 to the freeze. So the quantile q is the service time plus
what is left of the freeze after (1 - q) of all arrivals, counted from its begin.
"""

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}


def quantile(q: float, *, service_ms: float, freeze_s: float, seconds: float) -> float:
    """Return the quantile *q* of the response times, ms."""
    return service_ms + 1_000 * max(0.0, freeze_s - (1 - q) * seconds)
