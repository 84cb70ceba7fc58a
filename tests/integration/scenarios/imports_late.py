"""Print the modules that a master's audit of a run imports on its thread: there may be none."""

import sys

from locust import env  # noqa: F401 - it patches, as in every process of Locust's

from swarmscope.agent.auditor import Auditor
from swarmscope.agent.verdicts import verdicts_of
from swarmscope.delivery import Delivery
from swarmscope.settings import Settings

settings = Settings.from_env()
delivery = Delivery(settings)
verdicts = verdicts_of(settings, lambda _run, _lines: None)
auditor = Auditor(settings, delivery, verdicts)
before = set(sys.modules)
found, lines, _, _ = auditor._thread.run(lambda: auditor._audit(sys.argv[1]))
sys.stdout.write(
    " ".join([found.verdict, str(len(lines)), *sorted(set(sys.modules) - before)]) + "\n"
)
