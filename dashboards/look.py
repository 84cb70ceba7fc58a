"""How the boards look, and what they are called: UIDs, units, colours, limits, window counts."""

from swarmscope import schema

DATA_SOURCE = "swarmscope-influxdb"
"""UID of the data source in grafana/provisioning/datasources."""
OVERLAY = "swarmscope-overlay"
"""UID of the board; it is part of its address, which people keep."""
TAG = "swarmscope"

WINDOWS = 160
"""At most, in each panel over time. Grafana rounds lengths to usual ones, so that up to a quarter
more come out; with 200 buckets in use that is what Flux regroups in a second. The same for all
panels, so that one moment is one window everywhere."""
SHORTEST_WINDOW = "1s"
GAP_MS = 12_000
"""Longer without a value, and a line ends."""
REFRESH = "10s"
RANGE = "now-15m"

NOTHING = "Nothing in this time range: widen it, or start a run."
"""In a panel without data: the next step, not "No data"."""

EVERYTHING = {"endpoint": schema.AGGREGATED, "worker": ".*", "host": ".*"}
"""What each variable matches when nothing is picked: all endpoints together have points of their
own, of which there are fewer to add up."""

# Units, as Grafana calls them.
REQUESTS_PER_SECOND = "reqps"
FAILURES_PER_SECOND = "suffix:failures/s"
PER_SECOND = "none"
"""Where the column's name says it."""
USERS = "none"
COUNT = "locale"
PERCENT = "percent"
SHARE = "percentunit"
MILLISECONDS = "ms"
BYTES = "decbytes"
BYTES_PER_SECOND = "Bps"

# Colours that colour-blind readers can tell apart, on white as on black. Generators and targets
# differ in their lines too.
BLUE = "#1F83C4"
SKY = "#4FB0E8"
NAVY = "#2A62B8"
ROSE = "#D0518B"
TEAL = "#0E9F78"
VERMILION = "#D55E00"
AMBER = "#D09010"
VIOLET = "#9070DB"
GREY = "#8792A0"

REQUESTS = BLUE
FAILURES = VERMILION
PEOPLE = TEAL
LIMIT = VERMILION
WORKER = AMBER
ROLES = {"generator": AMBER, "target": VIOLET, "other": GREY}
PERCENTILES = {"p50": SKY, "p95": NAVY, "p99": ROSE, "max": GREY}

FAILED_SHARE_LIMIT = 0.01
"""Share of failed requests from which on an endpoint is coloured."""
WORKER_CPU_LIMIT = schema.GENERATOR_CPU_LIMIT
WORKER_LAG_LIMIT_MS = schema.GENERATOR_LAG_LIMIT_MS

FOLDER = "swarmscope"
"""Title and UID of the boards' folder."""
ALERTS_FOLDER = "swarmscope alerts"
"""Title of the alert rules' folder: Grafana makes it from the title alone, and would make a second
one beside that of the boards."""
RUNBOOKS = "https://github.com/swarmscope/swarmscope/blob/main/docs/runbooks"
"""Where the pages of docs/runbooks are read: panels and alerts link there."""

# From when on an alert speaks.
ALERT_FAILED_SHARE = FAILED_SHARE_LIMIT
ALERT_P95_MS = 1_000.0
"""What most people call slow; a test with a limit of its own has it judged by the gate."""
ALERT_REQUESTS = 50
"""In the last minute; of fewer, one failure or one slow request is a share and a percentile."""
ALERT_SATURATED_SHARE = 0.25
"""Of the last minute's seconds. Locust stalls its own loop in some seconds while users start."""
ALERT_SILENCE_S = 30
"""Without a point of a worker, of which one comes each second."""
ALERT_EVERY = "20s"
ALERT_FOR = "20s"
"""How long a load or latency alert must hold: seen twice, so that one bad moment wakes nobody."""
