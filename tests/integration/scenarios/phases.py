"""Requests whose phases are known, by both HTTP clients, and some that have none."""

import logging
import os

import requests
from locust import FastHttpUser, HttpUser, task
from requests.adapters import HTTPAdapter

URL = os.environ["PHASES_URL"]


class OwnAdapter(HTTPAdapter):
    """An adapter of the user's own, which counts what it sends."""

    sent = 0

    def send(self, *args, **kwargs):
        OwnAdapter.sent += 1
        return super().send(*args, **kwargs)


class _Tasks:
    def request_each(self, **more):
        kind = type(self).__name__
        self.client.get("/waits", name=f"{kind} waits", **more)
        self.client.get("/trickles", name=f"{kind} trickles", **more)
        self.client.get("/closes", name=f"{kind} closes", **more)
        with self.client.get("/waits", name=f"{kind} outer", catch_response=True, **more) as outer:
            self.client.get("/trickles", name=f"{kind} inner", **more)
            outer.success()
        self.client.get("http://127.0.0.1:1/", name=f"{kind} refused")
        # What somebody measures himself, and another protocol: none of these has phases.
        requests.get(f"{URL}/waits", verify=False, timeout=9)
        self.environment.events.request.fire(
            request_type="WS", name=f"{kind} own", response_time=1.0, response_length=0
        )


class Slow(_Tasks, HttpUser):
    """By requests, with an adapter of its own."""

    host = URL

    def on_start(self):
        self.client.mount(URL, OwnAdapter())

    @task
    def all_of_it(self):
        self.request_each(verify=False)

    def on_stop(self):
        logging.info("own adapter sent %s", OwnAdapter.sent)


class Fast(_Tasks, FastHttpUser):
    """By geventhttpclient."""

    host = URL

    @task
    def all_of_it(self):
        self.request_each()
