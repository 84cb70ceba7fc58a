"""Steps: each level long enough to be judged by itself, to see where it begins to bend.

    cd locust/locustfiles
    locust -f mix.py,shapes/steps.py --host … --headless

A shape is a file of its own here, beside a scenario that has none. Each stage is a step in the
run's events: boards, live page and report have a row for each. Less than 10 s is no level.
"""

from swarmscope.load import Stage, Stages

LEVEL_S = 60
LEVELS = (20, 40, 60, 80, 100)


class Steps(Stages):
    """From level to level, 10 users a second."""

    stages = [Stage(LEVEL_S, users, spawn_rate=10, name=f"level {users}") for users in LEVELS]
