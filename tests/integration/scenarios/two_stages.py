"""A load shape of two stages, as short as stages can be."""

from swarmscope.load import Stage, Stages


class TwoStages(Stages):
    stages = (
        Stage(8, users=4, spawn_rate=10, name="few"),
        Stage(8, users=12, spawn_rate=10, name="many"),
    )
