"""Load whose requests arrive when they should, whatever the answers do.

from swarmscope.load import arrival_rate

class Visitor(HttpUser):
wait_time = arrival_rate(50)    # a second, over all workers
"""

from swarmscope.load.arrival_rate import arrival_rate

__all__ = ["arrival_rate"]
