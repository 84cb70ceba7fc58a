"""Which runs a list counts from their points; of all others it reads the summaries.

Flux can't do that in one text: what a script finds out by itself narrows no read of the storage
engine down, and only a literal expression does. So it is asked for beforehand.
"""

import re
from collections.abc import Iterable

from swarmscope.queries.query import with_shared

COUNTED_RUNS = with_shared("""\
import "influxdata/influxdb/schema"

// include: counted_runs

counted_runs
""")
"""Asks for the runs that must be counted, in the column `run`."""
NONE = ".^"
"""An expression that nothing matches, not even a series that is of no run."""
_PLACE = re.compile(r"^unsummarised = .+$", re.MULTILINE)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def tells_summaries(flux: str) -> bool:
    """Whether *flux* reads summaries, of runs that need not be counted."""
    return _PLACE.search(flux) is not None


def counting(flux: str, runs: Iterable[str]) -> str:
    """Return *flux*, which counts *runs* from their points and believes the summaries of others."""
    expression = f"unsummarised = /^({'|'.join((NONE, *map(_literal, runs)))})$/"
    return _PLACE.sub(lambda _: expression, flux)


def _literal(run: str) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", run)
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped)
