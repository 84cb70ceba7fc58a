"""A login before Locust's page, as its examples have it; LOGIN_FORM says with which form."""

import os
from typing import Any

from flask import Blueprint, redirect, request, session, url_for
from flask_login import UserMixin, login_user
from locust import events
from werkzeug.wrappers import Response

FIELDS = (
    {"label": "E-mail", "name": "email", "is_required": True},
    {"label": "Stay", "name": "stay", "default_value": True},
    {"label": "Newsletter", "name": "news", "default_value": False},
    {"label": "Group", "name": "group", "choices": ["testers", "others"]},
    {"label": "Note", "name": "note"},
    {"label": "Password", "name": "secret", "is_secret": True},
)
FORMS = {
    "plain": ("username", "password", {}),
    "own": ("email", "secret", {"stay": "on", "group": "testers", "note": ""}),
}


class Somebody(UserMixin):
    def get_id(self) -> str:
        return "ada"


@events.init.add_listener
def set_up(environment: Any, **_: Any) -> None:
    web_ui = environment.web_ui
    form = os.environ.get("LOGIN_FORM", "plain")
    if web_ui is None or form == "missing":
        return
    web_ui.app.config["SECRET_KEY"] = "not much of one"
    web_ui.login_manager.user_loader(lambda _: Somebody())
    base = environment.parsed_options.web_base_path or ""
    callback = f"{base}/login_submit"
    web_ui.auth_args = {
        "plain": {"username_password_callback": callback},
        "own": {"custom_form": {"inputs": list(FIELDS), "callback_url": callback}},
        "elsewhere": {"auth_providers": [{"label": "SSO", "callback_url": "/sso"}]},
        "stranger": {"username_password_callback": os.environ.get("STRANGER", "")},
    }[form]
    pages = Blueprint("login", __name__, url_prefix=base or None)

    @pages.route("/login_submit", methods=["POST"])
    def login_submit() -> Response:
        name, secret, others = FORMS[form]
        sent = request.form.to_dict()
        if (sent.pop(name, ""), sent.pop(secret, "")) == ("ada", "s3cret&more") and sent == others:
            login_user(Somebody())
            return redirect(url_for("locust.index"))
        session["auth_error"] = f"Invalid username or password for {form}."
        return redirect(url_for("locust.login"))

    web_ui.app.register_blueprint(pages)
