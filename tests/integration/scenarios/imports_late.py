"""Print the modules that a master's audit of a run imports on its thread: there may be none."""

import sys

from locust import env  # noqa: F401 - it patches, as in every process of Locust's

from swarmscope.agent.auditor import Auditor
from swarmscope.delivery import Delivery
from swarmscope.settings import Settings

settings = Settings.from_env()
auditor = Auditor(settings, Delivery(settings))
before = set(sys.modules)
verdict, lines, _ = auditor._thread.run(lambda: auditor._audit(sys.argv[1]))
sys.stdout.write(" ".join([verdict, str(len(lines)), *sorted(set(sys.modules) - before)]) + "\n")
