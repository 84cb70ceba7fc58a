"""Users of Locust's two HTTP clients, against the host that they are given."""

from locust import FastHttpUser, HttpUser, constant_throughput, task


class Plain(HttpUser):
    wait_time = constant_throughput(10)

    @task
    def page(self) -> None:
        self.client.get("/plain")
        self.client.get("/missing/8731", name="/missing/[id]")


class Fast(FastHttpUser):
    wait_time = constant_throughput(10)

    @task
    def page(self) -> None:
        self.client.get("/fast")
        self.client.get("/missing/8731", name="/missing/[id] (fast)")
        with self.client.get("/fast", name="/judged", catch_response=True) as response:
            response.failure("answer 17 is wrong")
