"""Thresholds of a run, as boards and the live page draw them."""

from swarmscope.schema.limits import MAX_THRESHOLDS
from swarmscope.schema.shape import FieldType, Measurement, decimal, integer, string

__all__ = ["LOCUST_THRESHOLD"]

LOCUST_THRESHOLD = Measurement(
    "locust_threshold",
    "the master that judges the run while it goes on (`SWARMSCOPE_THRESHOLDS`), when anything "
    "changes, and each 10 s; whoever judges it later (`swarmscope check`, `make run`)",
    {
        "run": "the run that was judged",
        "number": "which of its thresholds it is, from 1: what fails a run comes first",
    },
    {
        "threshold": string("the sentence, as it was typed"),
        "severity": string("`fail` or `warn`"),
        "outcome": string(
            "`passed`, `broken`, `not yet` (while the run goes on: too little is known, or what it "
            "asks for isn't reached) or `can't tell` (when it is over)"
        ),
        "value": decimal(
            "what was measured, in `unit`: the worst there was; nothing where `shown` is empty"
        ),
        "shown": string("the same as a person reads it"),
        "endpoint": string("where a sentence is about several: which of them was worst"),
        "why": string("why nobody can tell, or what nobody wrote and is taken for 0"),
        "metric": string("what is measured, by its name in the sentence: `p95`"),
        "operator": string("`<`, `<=`, `>`, `>=`, `==` or `!=`"),
        "limit": decimal(
            "the value in the sentence, in `unit`: where a line is drawn; none, where it is "
            "relative to a baseline"
        ),
        "unit": string("`ms`, `1` (a share of all), `requests`, `requests/s` or `index`"),
        "scope": string(
            "`all` endpoints together, `each`, or those that are `named`, of which `name` and "
            "`method` say which"
        ),
        "name": string("the name, glob or expression of a scope"),
        "method": string("its method; none: any"),
        "certain": (FieldType.BOOLEAN, "whether it is known, whatever else is doubtful"),
        "judged_at": integer("when that was, ms since 1970: the same in all points of a judgement"),
    },
    note=(
        "A point for each threshold of a run, at the time at which it began, as its audit: a newer "
        "judgement takes the place of the older one, and points with another `judged_at` than the "
        f"newest are of an older one, which had more. {MAX_THRESHOLDS} are kept, the first ones. "
        "It has no tag `worker`, and none of the user's own. What all of it comes to is the event "
        "`verdict` of `locust_run`."
    ),
    common_tags=False,
)

MEASUREMENTS = (LOCUST_THRESHOLD,)
