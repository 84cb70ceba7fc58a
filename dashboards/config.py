"""What is decided for all boards: UIDs, titles, units, colours, limits, window counts."""

from swarmscope import schema
from swarmscope.grafana import content
from swarmscope.runs.audit import RUNNING, Verdict

DATA_SOURCE = content.DATA_SOURCE
"""UID of the data source, as in grafana/provisioning/datasources."""
RUNS = "swarmscope-runs"
OVERLAY = "swarmscope-overlay"
ENDPOINTS = "swarmscope-endpoints"
FAILURES_AND_LOGS = "swarmscope-failures"
GENERATORS = "swarmscope-generators"
HOSTS = "swarmscope-hosts"
COMPARE = "swarmscope-compare"
TREND = "swarmscope-trend"
RUNBOOKS = "swarmscope-runbooks"
"""UIDs of the boards; they are part of their addresses, which people keep."""
TITLES = {
    RUNS: "Runs",
    OVERLAY: "Load test overlay",
    ENDPOINTS: "Endpoints",
    FAILURES_AND_LOGS: "Failures and logs",
    GENERATORS: "Generators",
    HOSTS: "Hosts",
    COMPARE: "Compare two runs",
    TREND: "Trend",
    RUNBOOKS: "Runbooks",
}
"""Of all boards, as their links stand above each of them."""
TAG = "swarmscope"
TAG_OF_A_RUN = "swarmscope-run"
"""Of boards about one run, between which it is kept."""

WINDOWS = 160
"""At most, in each panel over time. Grafana rounds lengths to usual ones, so that up to a quarter
more come out; with 200 buckets in use that is what Flux regroups in a second. The same for all
panels, so that one moment is one window everywhere."""
FEWER_WINDOWS = 60
"""In panels that draw a histogram as a picture, add it up for each endpoint, or draw two runs: of
an hour they are minutes, and are read as such."""
FEWEST_WINDOWS = 40
"""In panels that regroup a histogram for each endpoint in each window."""
EACH_WORKER = 30
"""Of more workers there is no line for each: nobody could follow it."""
WORST = 5
"""So many of them are drawn all the same, by name."""
BY_MINUTES_S = 6 * 3_600
"""Of a longer range, sums are read by minutes as well."""
SHORTEST_WINDOW = "1s"
LINE = 22
"""How high Grafana makes each line in a row of a table, in pixels."""
AXIS_LABEL = 20
"""What a label beside an axis takes, in pixels."""
GAP_MS = 12_000
"""Longer without a value, and a line ends."""
HEAD, TAIL = 9, 16
"""Signs that are shown of the begin and the end of a longer name: paths differ at their ends."""
LONGEST_NAME = HEAD + 1 + TAIL
"""Signs of an endpoint's name that have room beside numbers on a small screen."""
REFRESH = "auto"
"""As often as a pixel gets something new, and as Grafana allows: 5 s up to a range of an hour and a
half, a minute on one of a day, where each time costs more."""
REFRESH_LIVE, REFRESH_OVER = schema.REFRESH_LIVE, schema.REFRESH_OVER
"""In links to a run; of one that has gone on for hours see `run_refresh.flux`."""
REFRESH_OF_RUNS = "10s"
"""Some of them may go on; each time costs InfluxDB some 2 ms of its CPU for each run."""
WHOLE_RUN = "from=${run_start}&to=${run_end}&refresh=${run_refresh}"
"""What a link to all of the picked run asks for."""
RANGE = "now-15m"
RANGE_OF_RUNS = "now-7d"
RANGE_OF_A_HISTORY = "now-90d"
REFRESH_OF_A_HISTORY = "5m"
"""A run more in an hour is much."""
AXIS_WIDTH = 80
"""Of panels below each other about one time, px: one second is at one place in all of them."""
HALF_A_LABEL = 30
"""Of a time, px."""
PRECISION = "within 2 % of the exact value, and 4 % where windows are a minute or longer"
"""Of percentiles: seconds and minutes are written with different buckets."""
MINUTE_LATE = "With windows of a minute or longer, the minute that runs is not in it yet."

TIME_OF_RUN = "Whole run"
"""The link to all of the run that is picked."""
ELSEWHERE = (
    f"If the run went on at another one: \u201c{TIME_OF_RUN}\u201d, behind the three dots above, "
    "goes there."
)
NOTHING = f"Nothing in this time range. {ELSEWHERE}"
"""In a panel without data: the next step, not "No data"."""
WHAT_TO_DO = "What to do"
"""Below what each panel says of itself: the link to its runbook."""
NO_PHASES = (
    f"No phases in this time range. {ELSEWHERE} Workers record them with SWARMSCOPE_PHASES=on in "
    "their environment (of the stack: in .env, before `make up`): it is off by default."
)
"""In a panel about what is recorded on request."""
NO_ARRIVALS = (
    f"Nothing in this time range says when its users should begin. {ELSEWHERE} Those with "
    "arrival_rate (of swarmscope.load), constant_pacing or constant_throughput say it."
)
"""In a panel about what only such users have."""
NO_GAUGES = (
    "No service told of itself in this time range. The demo's shop does; of yours, a Telegraf can "
    "write what it tells into app_gauges (docs/demo-shop.md)."
)
"""In a panel about services."""
NO_REQUESTS = (
    f"No request was answered in this time range. {ELSEWHERE} If none was at all: the target "
    "hangs, or the locustfile's own code let out exceptions, which are in "
    f"\u201c{TITLES[FAILURES_AND_LOGS]}\u201d."
)
"""In a panel of what was requested."""
NO_THRESHOLDS = (
    "Nobody said what must hold of this run: swarmscope check says whether it does, "
    "SWARMSCOPE_THRESHOLDS while it goes on"
)
NO_TRANSACTIONS = (
    f"No transaction came to an end in this time range. {ELSEWHERE} In a locustfile, with "
    "transaction(self, …): (of swarmscope.load) times one."
)
"""In a panel about what only scenarios that ask for it have."""
NO_RUNS = (
    "No run in this time range, or none that is picked: set Test, Label and Data to All, widen the "
    "range, or start a run."
)
NO_HISTORY = (
    "No run of this test in this time range whose summary is kept. It is, once a run is over and "
    "audited; of older ones `swarmscope summarise RUN` writes it."
)
"""In a panel of runs one after the other."""
NO_HOSTS = "No host metrics in this time range."
"""In a panel about machines."""
WHO_WRITES_HOSTS = (
    f"{NO_HOSTS} {ELSEWHERE} A Telegraf writes them: the stack's for its own machine, that of "
    "`make enroll HOST=name` for another. With an InfluxDB of your own, one that you run on each "
    f"machine: \u201c{WHAT_TO_DO}\u201d, behind the i above, says how."
)
"""In the first such panel of a board."""

APDEX_TS_MS = (100, 200, 500, 800, 1_000, 2_000, 5_000)
"""Response times that may be said to satisfy, beside anybody's own."""
UNPICKED = "(nothing)"
"""Of what others write, nothing is drawn until somebody picks it."""
EVERYTHING = {
    "endpoint": schema.AGGREGATED,
    **dict.fromkeys(("worker", "host", "origin", "verdict"), ".*"),
    "history": ".*",
    # What people say of a run may have more than one line.
    **dict.fromkeys(("test", "label"), "(?s:.*)"),
}
"""What each variable matches when nothing is picked: all endpoints together have points of their
own, of which there are fewer to add up."""
VERDICTS = (*Verdict, RUNNING, "not audited")
"""How what is said of a run's data begins."""
LOG_LEVELS = ("warnings and errors", "errors", "everything")
"""As they can be picked, the first one at first: a log is mostly lines that nobody asked for."""

# Units, as Grafana calls them.
REQUESTS_PER_SECOND = "reqps"
FAILURES_PER_SECOND = "suffix:failed/s"
"""`0.8 failures/s` would be wider than an axis."""
ITERATIONS_PER_SECOND = "suffix:iterations/s"
PER_SECOND = "none"
"""Where the column's name says it."""
USERS = "none"
LINES_PER_SECOND = "suffix:lines/s"
PACKETS_PER_SECOND = "suffix:packets/s"
TASKS = "suffix:tasks"
DURATION = "dthms"
MOMENT = "dateTimeAsIso"
ANYTHING = "short"
COUNT = "locale"
TEXT = "string"
COUNTED = (
    REQUESTS_PER_SECOND,
    FAILURES_PER_SECOND,
    USERS,
    LINES_PER_SECOND,
    PACKETS_PER_SECOND,
    COUNT,
)
"""Of these an axis with nothing but noughts goes to 1: Grafana's own goes to 100, as if there were
many somewhere."""
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

APART = (SKY, VERMILION, TEAL, VIOLET, AMBER, ROSE, NAVY, GREY)
"""Of lines of one kind that must be told from each other: user classes, workers, reasons."""
CROWD = NAVY
"""Of the mean of many."""
REST = "#5E6977"
"""Of what is put together because it isn't told apart."""

REQUESTS = BLUE
FAILURES = VERMILION
THRESHOLD = GREY
"""A line at what must hold, behind what was measured."""
PEOPLE = TEAL
LIMIT = VERMILION
WORKER = AMBER
ROLES = {"generator": AMBER, "target": VIOLET, "other": GREY}
OTHERS = ROSE
BASELINE = AMBER
BETTER = TEAL
WORSE = VERMILION
CALM = "transparent"
DOUBTFUL = "#8A5A00"
BAD = "#B03A00"
"""Behind white words."""
MODES = {"user": SKY, "nice": TEAL, "system": NAVY, "iowait": VERMILION, "steal": ROSE}
FAULTS = {"dropped": AMBER, "damaged": VERMILION}
STATUSES = {
    "1xx": NAVY,
    "2xx": TEAL,
    "3xx": SKY,
    "4xx": AMBER,
    "5xx": VERMILION,
    "none": GREY,
    schema.FOLDED: ROSE,
}
"""Of classes of HTTP status codes."""
LEVELS = {
    "application": {
        "error": VERMILION,
        "critical": VERMILION,
        "warning": AMBER,
        "info": SKY,
        "debug": GREY,
    },
    "locust": {
        "error": ROSE,
        "critical": ROSE,
        "warning": "#B59A5B",
        "info": VIOLET,
        "debug": REST,
    },
}
"""Of log lines: whose they are shows in each of them."""
PERCENTILES = {"p50": SKY, "p95": NAVY, "p99": ROSE, "max": GREY}

ALL_ENDPOINTS = "All endpoints"
"""How tables call the row of all of them together."""
ENOUGH_FOR = ((0, "nothing"), *((least, name) for name, least in schema.REQUESTS_FOR.items()))
"""From how many requests on which percentile says something."""
FAILED_SHARE_LIMIT = 0.01
"""Share of failed requests from which on an endpoint is coloured."""
WORKER_CPU_LIMIT = schema.GENERATOR_CPU_LIMIT
WORKER_LAG_LIMIT_MS = schema.GENERATOR_LAG_LIMIT_MS
CLOCK_LIMIT_MS = schema.CLOCK_LIMIT_MS
DISK_FULL_LIMIT = 90
CHANGE_LIMIT = 0.05
"""Between two runs a smaller change of a percentile is noise more often than not."""

FOLDER = "swarmscope"
"""Title and UID of the boards' folder."""
ALERTS_FOLDER = "swarmscope alerts"
"""Title of the alert rules' folder: Grafana makes it from the title alone, and would make a second
one beside that of the boards."""
PAGES = (
    "README",
    "load",
    "latency",
    "failures",
    "generators",
    "delivery",
    "hosts",
    "clocks",
)
"""Of docs/runbooks, in the order of their panels' numbers. These are part of addresses that alerts
sent: a new page comes last."""


def panel_of(page: str) -> int:
    """Return the number of the panel that shows a page of docs/runbooks."""
    return PAGES.index(page) + 1


def runbook(page: str) -> str:
    """Return the address of a page of docs/runbooks, from where Grafana's own pages begin."""
    return f"d/{RUNBOOKS}?viewPanel=panel-{panel_of(page)}"


def link(words: str, page: str, *, beside: bool = False) -> str:
    """Return a link to a page of docs/runbooks, for a text in Markdown; *beside*: in a new tab.

    Markdown's own can't do it. Grafana drops an address that does not begin with a dot, a slash or
    a scheme; what begins with a dot it takes for a page of that name, unless a target makes the
    browser follow the link; and a slash leads out of a Grafana that isn't at the root of its host.
    """
    target = "_blank" if beside else "_self"
    return f'<a href="./{runbook(page)}" target="{target}">{words}</a>'


# From when on an alert speaks.
ALERT_FAILED_SHARE = FAILED_SHARE_LIMIT
ALERT_P95_MS = 1_000.0
"""What most people call slow; no test has a limit of its own yet."""
ALERT_REQUESTS = 50
"""In the last minute; of fewer, one failure or one slow request is a share and a percentile."""
ALERT_SILENCE_S = 30
"""Without a point of a worker, of which one comes each second."""
ALERT_EVERY = "20s"
ALERT_FOR = "20s"
"""How long a load or latency alert must hold: seen twice, so that one bad moment wakes nobody."""
ALERT_AT_ONCE = "0s"
"""Of what can't be a passing moment."""
