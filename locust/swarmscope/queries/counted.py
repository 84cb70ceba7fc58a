"""Which runs a list counts from their points; of all others it reads the summaries.

Flux can't do that in one text: what a script finds out by itself narrows no read of the storage
engine down, and only a literal expression does. So it is asked for beforehand.
"""

import re
from collections.abc import Iterable

from swarmscope.queries.query import with_shared

COUNTED_RUNS = with_shared("""\
import "influxdata/influxdb/schema"

// include: known_runs

// include: counted_runs

counted_runs
""")
"""Asks for the runs that must be counted, in the column `run`."""
NEWEST_RUNS = with_shared("""\
import "influxdata/influxdb/schema"

// include: known_runs

union(
    tables: [
        known_runs |> rename(columns: {_value: "run"}),
        from(bucket: v.defaultBucket)
            |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
            |> filter(fn: (r) => r._measurement == "locust_run" and r.event == "start")
            |> filter(fn: (r) => r._field == "message")
            |> first()
            |> group()
            |> keep(columns: ["run", "_time"]),
    ],
)
""")
"""Asks which runs there are, in the column `run`, and for their starts, in `_time`.

Of a start its message is read alone, which each has. Of a run without one there is no time.
"""
NONE = ".^"
"""An expression that nothing matches, not even a series that is of no run."""
_PLACE = re.compile(r"^unsummarised = .+$", re.MULTILINE)
_SINCE = re.compile(r"^told_since = .+$", re.MULTILINE)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def tells_summaries(flux: str) -> bool:
    """Whether *flux* reads summaries, of runs that need not be counted."""
    return _PLACE.search(flux) is not None


def counting(flux: str, runs: Iterable[str], since: int | None = None) -> str:
    """Return *flux*, which counts *runs* from their points and believes the summaries of others.

    Of those it reads, where it can, what stands at *since* or later, ms since 1970.
    """
    expression = f"unsummarised = /^({'|'.join((NONE, *map(_literal, runs)))})$/"
    if since is not None:
        flux = _SINCE.sub(f"told_since = time(v: {since * 1_000_000})", flux)
    return _PLACE.sub(lambda _: expression, flux)


def _literal(run: str) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", run)
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped)
