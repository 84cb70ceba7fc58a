"""Stages from a file, which testers edit without touching Python: stages.yaml beside this.

    pip install pyyaml
    cd locust/locustfiles
    locust -f mix.py,shapes/from_file.py --host … --headless
    STAGES=nightly.toml locust …

Without PyYAML write it in TOML or JSON. What no test can go through (negative users, a rate of 0)
is told before anything starts. Only the master needs the file's stages; workers read it as well.
"""

import os
from pathlib import Path

from swarmscope.load import Stages, stages_from


class FromFile(Stages):
    """Whatever the file says."""

    stages = stages_from(os.environ.get("STAGES") or Path(__file__).with_name("stages.yaml"))
