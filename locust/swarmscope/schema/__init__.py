"""Every measurement, tag, field and bucket name that swarmscope writes: nowhere else.

Queries, dashboards and users' scripts hang on these names. ``docs/data-dictionary.md`` is
generated from them (``make docs``). Whoever needs a name takes it from here: ``schema.BUCKET``.
"""

from swarmscope.schema import load, merged, records, runs, surroundings, thresholds
from swarmscope.schema.limits import *
from swarmscope.schema.load import *
from swarmscope.schema.merged import *
from swarmscope.schema.records import *
from swarmscope.schema.runs import *
from swarmscope.schema.shape import *
from swarmscope.schema.surroundings import *
from swarmscope.schema.thresholds import *

OWN = (
    *(*load.MEASUREMENTS, *merged.MEASUREMENTS, *runs.MEASUREMENTS, *thresholds.MEASUREMENTS),
    *records.MEASUREMENTS,
)
"""The measurements that swarmscope itself defines."""
ALL = (*OWN, *surroundings.MEASUREMENTS)
