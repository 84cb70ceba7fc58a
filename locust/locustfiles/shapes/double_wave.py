"""A double wave: a day with its two peaks, at noon and in the evening, in twenty minutes.

    cd locust/locustfiles
    locust -f mix.py,shapes/double_wave.py --host … --headless

Plain Locust, without any of swarmscope: a shape whose attribute `stage` is a text has it in its
steps all the same. Users change each 20 s and not each second: a level has to last to be judged.
"""

import math

from locust import LoadTestShape

LOWEST, NOON, EVENING = 10, 60, 100
LEVEL_S = 20
DAY_S = 1_200


class DoubleWave(LoadTestShape):
    """Two bell curves, one after the other."""

    stage = ""

    def tick(self) -> tuple[int, float] | None:
        """Return users and spawn rate for this moment; None ends the test."""
        since = self.get_run_time()
        if since >= DAY_S:
            return None
        hour = 24 * (since // LEVEL_S * LEVEL_S) / DAY_S
        self.stage = f"{hour:02.0f} h"
        noon, evening = (math.exp(-(((hour - peak) / 2) ** 2)) for peak in (9, 17))
        users = LOWEST + (NOON - LOWEST) * noon + (EVENING - LOWEST) * evening
        return round(users), 10
