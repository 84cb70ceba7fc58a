"""A steady test by a master whose page asks who comes: only ada may, with her password."""

import os
from typing import Any

from flask import redirect, request, url_for
from flask_login import UserMixin, login_user
from locust import HttpUser, constant_pacing, events, task
from werkzeug.wrappers import Response


class Ada(UserMixin):
    def get_id(self) -> str:
        return "ada"


@events.init.add_listener
def set_up(environment: Any, **_: Any) -> None:
    web_ui = environment.web_ui
    if web_ui is None:  # on a worker
        return
    web_ui.app.config["SECRET_KEY"] = os.urandom(16)
    web_ui.login_manager.user_loader(lambda _: Ada())
    web_ui.auth_args = {"username_password_callback": "/enter"}

    @web_ui.app.route("/enter", methods=["POST"])
    def enter() -> Response:
        if (request.form["username"], request.form["password"]) == ("ada", "s3cret"):
            login_user(Ada())
        return redirect(url_for("locust.index"))


class Steady(HttpUser):
    wait_time = constant_pacing(1)

    @task
    def browse(self) -> None:
        self.client.get("/health")
