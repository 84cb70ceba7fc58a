"""A program that runs Locust as a library: one process, ten runs, one after the other."""

import sys

import gevent
from locust import events
from locust.env import Environment
from tests.faults.scenarios.paced import Paced

import swarmscope.listener

environment = Environment(user_classes=[Paced], events=events, host=sys.argv[1])
runner = environment.create_local_runner()
swarmscope.listener.attach(environment)
events.init.fire(environment=environment, runner=runner, web_ui=None)
for i in range(10):
    runner.start(4, spawn_rate=100)
    gevent.sleep(float(sys.argv[2]))
    # On a busy machine a user takes longer to begin than such a run lasts; without
    # a request there is nothing to audit.
    with gevent.Timeout(60):
        while not environment.stats.total.num_requests:
            gevent.sleep(0.05)
    runner.stop()
    print(f"run {i + 1} is over", flush=True)  # noqa: T201 - the test reads it
runner.quit()
events.quit.fire(exit_code=0)
