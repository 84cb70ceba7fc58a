"""Locust removes dead workers after eight seconds instead of sixty: tests can't wait that long."""

from locust import runners

runners.HEARTBEAT_DEAD_INTERNAL = -8
