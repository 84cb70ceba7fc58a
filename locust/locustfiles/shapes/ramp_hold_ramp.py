"""Ramp, hold, ramp: up slowly, stay, down slowly. The usual first load test.

    cd locust/locustfiles
    locust -f mix.py,shapes/ramp_hold_ramp.py --host … --headless

A stage that lasts as long as starting its users takes is a ramp. Judge the hold: in a ramp no two
seconds have the same load.
"""

from swarmscope.load import Stage, Stages

USERS = 100
RAMP_S = 120
HOLD_S = 600


class RampHoldRamp(Stages):
    """Up, hold, down to a tenth: with no user at all there would be nothing to measure."""

    stages = [
        Stage(RAMP_S, USERS, spawn_rate=USERS / RAMP_S, name="ramp up"),
        Stage(HOLD_S, USERS, name="hold"),
        Stage(RAMP_S, USERS // 10, spawn_rate=USERS / RAMP_S, name="ramp down"),
    ]
