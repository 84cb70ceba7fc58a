"""What a scenario can import: load at a rate, data for users, stages of a load shape, transactions.

from swarmscope.load import Stage, Stages, arrival_rate, csv_feeder, transaction

ACCOUNTS = csv_feeder("accounts.csv")    # each row once, over all workers

class Visitor(HttpUser):
    wait_time = arrival_rate(50)         # a second, over all workers

    def on_start(self):
        self.account = ACCOUNTS.take(self)

    @task
    def buy(self):
        with transaction(self, "buy"):   # timed as a whole
            …

class Spike(Stages):
    stages = [Stage(60, users=20), Stage(30, users=200, name="spike")]
"""

from swarmscope.load.arrival_rate import arrival_rate
from swarmscope.load.csv_feeder import csv_feeder
from swarmscope.load.stages import Stage, Stages
from swarmscope.load.stages_file import stages_from
from swarmscope.load.transactions import transaction

__all__ = ["Stage", "Stages", "arrival_rate", "csv_feeder", "stages_from", "transaction"]
