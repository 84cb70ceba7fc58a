"""Spike and recovery: ten times the load for a moment, to see whether the service comes back.

    cd locust/locustfiles
    locust -f mix.py,shapes/spike.py --host … --headless

What to look at is the last stage: its response times should be those of the first. Where they
aren't, something stays full (a queue, a pool, retries) after the load is gone.
"""

from swarmscope.load import Stage, Stages


class Spike(Stages):
    """Without a spawn_rate all users of a stage come at once, and all leave at once."""

    stages = [
        Stage(120, users=20, spawn_rate=5, name="before"),
        Stage(30, users=200, name="spike"),
        Stage(180, users=20, name="recovery"),
    ]
