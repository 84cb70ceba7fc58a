"""Users whose own code raises: in tasks, in nested ones, in on_start and in on_stop."""

from locust import TaskSet, User, constant, task


class Base(User):
    abstract = True
    wait_time = constant(0.2)

    def request(self, ms: float | None = 1.0) -> None:
        self.environment.events.request.fire(
            request_type="X", name="fine", response_time=ms, response_length=1, exception=None,
            context={},
        )  # fmt: skip


class Forgetful(Base):
    fixed_count = 1

    @task
    def work(self) -> None:
        self.request()
        raise KeyError("password=geheim")


class NeverStarts(Base):
    fixed_count = 1

    def on_start(self) -> None:
        raise LookupError

    @task
    def work(self) -> None:
        self.request()


class NeverStops(Base):
    fixed_count = 1

    @task
    def work(self) -> None:
        self.request(None)  # as of something that takes no time

    def on_stop(self) -> None:
        raise IndexError


class Nested(Base):
    fixed_count = 1

    @task
    class Inner(TaskSet):
        @task
        def work(self) -> None:
            self.user.request()

        def on_stop(self) -> None:
            raise ArithmeticError
