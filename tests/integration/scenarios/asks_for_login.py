"""A master behind a login, as Locust's documentation has it: whoever comes to /let_me_in is in."""

import os
from typing import Any

from flask import redirect, url_for
from flask_login import UserMixin, login_user
from locust import HttpUser, events, task
from werkzeug.wrappers import Response


class Somebody(UserMixin):
    def get_id(self) -> str:
        return "somebody"


@events.init.add_listener
def _(environment: Any, **_: Any) -> None:
    web_ui = environment.web_ui
    web_ui.app.config["SECRET_KEY"] = os.urandom(16)
    web_ui.login_manager.user_loader(lambda _: Somebody())
    web_ui.auth_args = {}

    @web_ui.app.route("/let_me_in")
    def let_me_in() -> Response:
        login_user(Somebody())
        return redirect(url_for("locust.index"))


class Nobody(HttpUser):
    host = "http://127.0.0.1:1"

    @task
    def nothing(self) -> None:
        """Never started."""
