"""A locustfile without users that imports the listener."""

import swarmscope.listener  # noqa: F401 - the import is what attaches
