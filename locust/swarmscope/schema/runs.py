"""Runs: what became of each, who took part, and whether all of it is there."""

from swarmscope.schema.limits import STEP_S
from swarmscope.schema.shape import FieldType, Measurement, decimal, integer, string

__all__ = [
    "FAILURES_ALONE",
    "FAILURES_UNHEARD",
    "LOCUST_AUDIT",
    "LOCUST_BASELINE",
    "LOCUST_RUN",
    "LOCUST_RUN_SUMMARY",
    "LOCUST_WORKER",
    "REPLAY_LOST",
    "REPLAY_REJECTED",
    "REQUESTS_LOCUST",
    "REQUESTS_UNHEARD",
    "UNDELIVERED",
]

REPLAY_REJECTED = "replay_rejected"
REPLAY_LOST = "replay_lost"
REQUESTS_LOCUST = "requests_locust"
REQUESTS_UNHEARD = "requests_unheard"
FAILURES_UNHEARD = "failures_unheard"
FAILURES_ALONE = "failures_alone"
UNDELIVERED = "undelivered"

LOCUST_RUN = Measurement(
    "locust_run",
    "the master, when something happens to the run",
    {
        "event": (
            "`start`, `step`, `worker_join`, `worker_leave`, `rebalance` (users that Locust forgot "
            "when workers came or went are shared out again), `reset` (of Locust's own statistics, "
            "by `--reset-stats` or its web UI: ours go on), `duet` (which two versions are asked "
            "the same), `abort` (a broken threshold ends the test), `cut_short` (it ends before "
            "the time is up that its load was to take), `stop`, `verdict`, "
            "`duet_verdict` (what a duet came to, by whoever judged it: `swarmscope duet`)"
        ),
        "test": "the name under which runs are compared (`SWARMSCOPE_TEST`)",
    },
    {
        "user_count": integer("users wanted"),
        "spawn_rate": decimal(
            "users that Locust starts or ends a second: with `user_count` it says when all of them "
            "run"
        ),
        "number": integer("of a `step`: which of the run's steps it is, from 1"),
        "stage": string(
            "of a `step`: at which stage the load shape is, where it says so (a text in its "
            "attribute `stage`; `swarmscope.load.Stages` does)"
        ),
        "resolution": integer("length of the run's windows, s: no query may use shorter ones"),
        "latency_resolution": integer(
            "at `start`: length of the spans of which an endpoint has a point of `locust_latency`, "
            "s: no query of these may use shorter windows; where it is absent, it is `resolution`"
        ),
        "host": string("the target"),
        "label": string(
            "at `start`: a short name for this run, from Locust's web UI, `--swarmscope-label` or "
            "`SWARMSCOPE_LABEL`"
        ),
        "description": string("at `start`: what is tested and why, from the same places"),
        "commit": string("at `start`: the commit under test, from CI's environment"),
        "environment": string("at `start`: where it is tested (`SWARMSCOPE_ENVIRONMENT`)"),
        "machine": string(
            "at `start`: how many processors the leading process may use, and their model"
        ),
        "locustfile": string("at `start`: the names of the test's own locustfiles"),
        "locustfile_hash": string(
            "at `start`: one hash of what is in them and in the modules beside them that they "
            "import, by which runs of another test are told apart"
        ),
        "message": string(
            "a sentence for annotations; of a `verdict`: `passed`, `warning`, `failed` or "
            "`inconclusive`; of a `duet_verdict`: `same`, `better`, `worse` or `can't tell`"
        ),
        "reasons": string("of both: in a sentence, what it is because of"),
        "subject": string(
            "the worker that joined or left; of an `abort` the threshold; of a `cut_short` "
            "`undelivered`, where nobody meant it and more than half of the time is missing"
        ),
        "requests": integer(
            "at `stop`: what Locust's own statistics on the master say, for comparison"
        ),
        "failures": integer("the same"),
    },
    note=(
        "How long a run was, wherever lists, boards, summaries and reports say it: from its first "
        "`start` to its last `stop`; without a `stop`, to the last `requests_seen` of a worker in "
        "`locust_worker`; without a `start`, from the first request or word of a worker. A "
        "verdict, or what workers say when it is over, makes no run longer. Rates on boards, the "
        "live page and in tables are by another length, which is also what Compare's first panel "
        "says of its two runs: from the first second with a request to the end of the last one. A "
        "summary's rate is by the run's own, and so are those of `swarmscope compare` and "
        "`swarmscope trend`. "
        "From `user_count` and `spawn_rate` of `start` and `step` boards, live page and report "
        f"tell load steps: at least {STEP_S} s in which as many users were wanted and all of them "
        "had the time to start; what lies between is a ramp. Each `stage` is a step of its own. "
        "[Decision 024](decisions/024-load-steps.md) has the whole of it, with the reasons."
    ),
)
LOCUST_WORKER = Measurement(
    "locust_worker",
    "each worker, each second, and with `final=true` when its run is over; a master, once it made "
    "a request itself",
    {"host": "the machine's name, as Telegraf reports it"},
    {
        "cpu_percent": decimal("CPU of the worker process, percent of one core"),
        "rss_bytes": integer("resident memory"),
        "loop_lag_ms": decimal("longest delay of the event loop in this second"),
        "clock_offset_ms": decimal("this machine's clock minus the master's"),
        "clock_corrected_ms": decimal("what was taken off the times of this worker's points"),
        "clock_error_ms": decimal(
            "how far its points stand from the master's clock, the correction included"
        ),
        REQUESTS_LOCUST: integer(
            "requests of this run that Locust's own statistics in this process counted so far, "
            "resets and reports to the master included: an independent witness, exact on the "
            "final marker"
        ),
        REQUESTS_UNHEARD: integer(
            "on the final marker: requests that Locust counted, endpoint by endpoint, and the "
            "listener was never told of"
        ),
        FAILURES_UNHEARD: integer("the same of failures"),
        FAILURES_ALONE: integer(
            "on the final marker: failures that Locust counted beyond the requests of an endpoint"
        ),
        "requests_seen": integer("requests that Locust reported to us so far"),
        "requests_delivered": integer("of these, taken by the store"),
        "requests_rejected": integer("of these, refused by the store for good"),
        "requests_lost": integer("of these, dropped by us"),
        "requests_pending": integer("of these, on their way or in the spool"),
        "points_written": integer("points taken by the store"),
        "points_retried": integer("points sent again after a failure"),
        "points_rejected": integer("points refused by the store for good"),
        "points_lost": integer("points dropped by us"),
        "spool_bytes": integer("bytes waiting in the spool"),
        REPLAY_REJECTED: integer(
            "requests rejected when another process sent what this worker had left behind: to be "
            "added, and pending no longer"
        ),
        REPLAY_LOST: integer("requests found damaged then"),
        "final": (FieldType.BOOLEAN, "true on the marker that ends this worker's run"),
    },
)

LOCUST_AUDIT = Measurement(
    "locust_audit",
    "the master at the end of a run, and whoever audits it later (`swarmscope audit`, `make run`) "
    "and finds something else",
    {"run": "the run that was judged"},
    {
        "verdict": string(
            "`complete`, `incomplete` (also where two runs have one id), `pending` or "
            "`no data to judge`"
        ),
        "said": string("the verdict in a few words, as lists and boards show it"),
        "line": string("the verdict with its reasons, in one line"),
        "requests_seen": integer("requests that the workers are known to have had"),
        "requests_stored": integer("requests in the store"),
        "requests_missing": integer("requests that are known not to be there"),
        "requests_delivered": integer("requests that arrived by the workers' accounts"),
        "requests_rejected": integer("requests that the store refused for good"),
        "requests_lost": integer("requests that the workers dropped"),
        "requests_pending": integer("requests on their way or in a spool"),
        "workers": integer("who took part"),
        "findings": integer("what keeps the run from being complete, counted"),
        "user_errors": integer("exceptions of users' own code"),
        "generators": string("`kept up`, `stalled`, `saturated`, or `unknown`"),
        "generators_line": string("the same with its reasons, in one line"),
        "judged_at": integer("when that was, ms since 1970"),
    },
    note=(
        "One point for each run, at the time at which it began, wherever a board looks: a newer "
        "audit takes the place of the older one. Without a point nobody has judged the run yet. "
        "It has no tag `worker`, and none of the user's own."
    ),
    common_tags=False,
)
LOCUST_RUN_SUMMARY = Measurement(
    "locust_run_summary",
    "whoever writes `locust_audit`, with it, once the run is over",
    {"run": "the run"},
    {
        "final": (
            FieldType.BOOLEAN,
            "whether the rest is all there is to tell: false while the run goes on or data is on "
            "its way, and lists then count the points themselves",
        ),
        "count": integer("requests in the store"),
        "num_failures": integer("of these, failed"),
        "user_errors": integer("exceptions of users' own code"),
        **{
            f"p{share}": decimal(f"{name} percentile of all of them, ms")
            for share, name in {
                **{"50": "50th", "90": "90th", "95": "95th", "99": "99th"},
                "999": "99.9th",
            }.items()
        },
        "users": integer("most users wanted"),
        "workers": integer("workers that were heard of"),
        "resolution": integer("length of the run's windows, s"),
        "start": integer("when it began, ms since 1970"),
        "stop": integer("when its master said that it stopped, ms since 1970; none: it never did"),
        "last": integer("when a worker was heard of last, ms since 1970"),
        "first": integer("its first sign of life, of the master or a request, ms since 1970"),
        "until": integer("its last one, of anybody, ms since 1970"),
        "test": string("the name under which runs are compared"),
        "host": string("the target"),
        "label": string("a short name for this run"),
        "description": string("what is tested and why"),
        "commit": string("the commit under test"),
        "environment": string("where it was tested"),
        "machine": string("the processors of the leading process"),
        "locustfile": string("the names of the test's own locustfiles"),
        "locustfile_hash": string("one hash of what is in them"),
        "doubts": string(
            "with `final=true`: why nobody can tell how it went, whatever its thresholds were: a "
            "clock that was off, arrivals that were dropped, users that never ran; empty where "
            "nothing is doubtful, and absent where an older version wrote it"
        ),
    },
    note=(
        "All that lists of runs say, so that they read one point for each run and not its "
        "histograms. Once it is final it is in `loadtest_long` as well, where there is one, with "
        "`locust_audit` and the run's verdict: *Trend* and `swarmscope trend` read it there when "
        "the seconds are gone. At the time of the run's `locust_audit`, and like it without other "
        "tags: with `test` as one, a second start under another name would make two points of a "
        "run. "
        "Percentiles are from the merged histograms of the seconds (2 % buckets), and there are "
        "none without a response time; what is not known has no field. So is the p95 of a run "
        "that a list counts itself, whatever the list's range: minutes, with buckets of 4 %, tell "
        "only where the seconds are gone."
    ),
    common_tags=False,
)

LOCUST_BASELINE = Measurement(
    "locust_baseline",
    "`swarmscope baseline add`, where it was told to keep a run",
    {
        "baseline": "the name under which runs are kept, which others are compared with",
        "run": "a run that is kept under it",
    },
    {
        "test": string("the name under which it is compared"),
        "commit": string("the commit that it was about"),
        "environment": string("where it was tested"),
        "locustfile_hash": string("of the test's own locustfiles"),
        "load": string("its load, step by step, in words"),
        "anyway": string("what others would pass beside too easily, where `--anyway` kept it"),
    },
    note=(
        "It has the time at which the run was added. What is known of a run is kept with it, so "
        "that a list still says which run it was when the store's retention has taken the run."
    ),
    common_tags=False,
)

MEASUREMENTS = (
    LOCUST_RUN,
    LOCUST_WORKER,
    LOCUST_AUDIT,
    LOCUST_RUN_SUMMARY,
    LOCUST_BASELINE,
)
