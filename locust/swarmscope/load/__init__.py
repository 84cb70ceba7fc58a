"""What a scenario can import: load at a rate, data for users.

from swarmscope.load import arrival_rate, csv_feeder

ACCOUNTS = csv_feeder("accounts.csv")    # each row once, over all workers

class Visitor(HttpUser):
    wait_time = arrival_rate(50)         # a second, over all workers

    def on_start(self):
        self.account = ACCOUNTS.take(self)
"""

from swarmscope.load.arrival_rate import arrival_rate
from swarmscope.load.csv_feeder import csv_feeder
from swarmscope.load.stages import Stage, Stages
from swarmscope.load.stages_file import stages_from

__all__ = ["Stage", "Stages", "arrival_rate", "csv_feeder", "stages_from"]
