"""Visitors, and buyers who come for the sale: stages that say whose users they start."""

import os

from locust import User, constant, task

from swarmscope.load import Stage, Stages


class Shopper(User):
    abstract = True
    wait_time = constant(0.2)

    @task
    def look(self) -> None:
        self.environment.events.request.fire(
            request_type="look",
            name=type(self).__name__,
            response_time=1.0,
            response_length=0,
            exception=None,
            context={},
        )


class Visitor(Shopper):
    pass


class Buyer(Shopper):
    pass


class Sale(Stages):
    stages = (
        Stage(3, users=2, user_classes=[Visitor], name="before"),
        Stage(3, users=6, user_classes=[os.environ.get("FOR_THE_SALE", "Buyer")], name="sale"),
    )
