"""A shape that never ends by itself: Locust heeds no run time beside one."""

from locust import LoadTestShape


class Endless(LoadTestShape):
    def tick(self) -> tuple[int, float]:
        return 2 + int(self.get_run_time()) // 4, 10.0
