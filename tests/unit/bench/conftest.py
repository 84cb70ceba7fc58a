"""Locust for tests in this process, which it must not monkey-patch: other tests share it."""

import os

os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
import locust  # noqa: F401

# Locust processes that other tests start are to be patched as ever.
del os.environ["LOCUST_SKIP_MONKEY_PATCH"]
