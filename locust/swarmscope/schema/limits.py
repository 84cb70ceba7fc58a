"""Buckets, budgets of tags, limits from which on something is said, how often boards ask."""

BUCKET = "loadtest"
BUCKET_LONG = "loadtest_long"
RESOLUTION_LONG = 60
"""Length of the windows in `BUCKET_LONG`, s."""
AGGREGATED = "Aggregated"
"""Locust's own name for "all endpoints together"; a sum that does not filter it counts twice."""
FOLDED = "(other)"
"""Where values past ``SWARMSCOPE_MAX_NAMES`` and the budgets below are counted."""
MAX_NAMES = 500
"""Endpoints that a worker tells apart in a run, unless the user wants another number."""
MAX_REASONS = 50
MAX_EXCEPTIONS = 50
MAX_STATUSES = 50
MAX_STATUS_KINDS = 2_000
"""Endpoint and status together."""
NO_STATUS = "none"
"""The ``status`` of a request without one."""
MAX_FAILURE_KINDS = 1_000
"""Endpoint, exception, status and reason together: each budget alone would allow millions."""
MAX_USER_CLASSES = 100
MAX_TRANSACTIONS = 100
MAX_PLACES = 50
MAX_USER_ERRORS = 200
"""User class, exception and place together."""
MAX_THRESHOLDS = 100
MAX_TAGS = 16
"""Of the user's own, on every point."""
MAX_TAG_LENGTH = 200
"""Characters of the user's own tags."""
MAX_SOURCES = 200
MAX_LABEL = 100
"""Characters of a run's label, and of its description."""
MAX_DESCRIPTION = 1_000
MASTER = "master"
"""The ``worker`` tag of the master's own points."""
GENERATOR_CPU_LIMIT = 90.0
"""Percent of one core: above it a worker's response times are its own (Locust warns there too)."""
GENERATOR_LAG_LIMIT_MS = 100.0
"""Loop lag above which a worker's response times are its own."""
CLOCK_LIMIT_MS = 100.0
"""Clock error above which a worker's points stand at the wrong time, and that is said."""
GENERATOR_SATURATED_SHARE = 0.05
"""Share of a run's windows above a limit from which on its whole result is doubtful. Below it some
moments are. Those do not count in which a loop alone was late while users were started or stopped:
Locust itself stalls it for 0.1 s and more while it takes an order to spawn."""
GENERATOR_SATURATED_WINDOWS = 2
"""Fewer windows are a moment, however short the run is."""
GENERATOR_LASTING_SHARE = 0.25
"""Share of windows above a limit from which on no spawning excuses them."""
STEP_S = 10
"""How long as many users must be wanted, all of them running, to be a load step; shorter ones are a
ramp. Half a second less will do: a load shape is asked once a second, some ms early or late, and of
11 s with one of ramp there were 9.999 s. Of a run of less than half a minute it is a third."""
MAX_STEPS = 30
"""Where there were more, a step is at least that part of the run."""
RAMP_PIECE_S = 30
"""A ramp is told in pieces of at least so much."""
RAMP_PIECES = 8
"""A piece of a ramp is at least that part of the run."""
STEP_HOSTS = 5
"""Hosts whose highest CPU a step names."""
REQUESTS_FOR = {"p50": 2, "p95": 20, "p99": 100}
"""From how many requests on a percentile says something: at least one of them lies beyond it. Of
fewer, it is the slowest one."""
APDEX_T_MS = 500
"""The response time that satisfies, unless somebody says another: Apdex's T."""
APDEX_SMALL = 100
"""Of fewer requests Apdex marks its score: one of them changes it by a hundredth."""
ALL_RUNNING = 0.95
"""Share of the users that were wanted, below which a step says how many ran."""
REFRESH_LIVE = "5s"
"""How often a link lets the board of a run that goes on ask anew: Grafana takes no `auto` from an
address, and keeps what was asked for of a run before."""
REFRESH_OVER = "5m"
"""The same of a run that is over, in which nothing changes: each time Grafana breaks off what it
still asks, so that at 5 s a busy store would never get to its answers."""
