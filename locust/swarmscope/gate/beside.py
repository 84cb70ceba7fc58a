"""Which runs a threshold that is relative to a baseline is held against."""

from dataclasses import dataclass

from swarmscope.baselines.conditions import Conditions
from swarmscope.baselines.kept import MOST_RUNS
from swarmscope.baselines.named import Named
from swarmscope.errors import NoDataError
from swarmscope.runs.doubts import doubts_of_run
from swarmscope.store.question import Reader


@dataclass(frozen=True)
class Beside:
    """Runs of a *baseline* that were made as the run that is judged, or *why* there are none."""

    baseline: str
    base: tuple[Conditions, ...] = ()
    earlier: tuple[Conditions, ...] = ()
    """Others, which tell how far runs of one service lie apart where the baseline has few."""
    why: str = ""
    left_out: tuple[str, ...] = ()
    """Runs of the baseline that aren't looked at, each with the reason."""


def runs_beside(reader: Reader, run: str, baseline: str) -> Beside:
    """Return the runs of *baseline* (or those whose ids it lists) that *run* is held against.

    Raises:
        ConfigurationError: the name is a run's and a baseline's.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    known = Named(reader)
    try:
        names = [one for one in known.runs(baseline) if one != run]
        alike, others = known.alike(baseline, names, run, doubts_of_run)
        earlier: tuple[str, ...] = ()
        if 0 < len(alike) < MOST_RUNS:
            earlier = known.earlier(known.made(run), (*names, run), doubts_of_run)
    except NoDataError as error:
        return Beside(baseline, why=f"{error.happened} {error.remedy}".rstrip("."))
    if not alike:
        reason = others[0] if others else "it has this one alone"
        return Beside(baseline, why=f"{baseline} has no run to hold this one against: {reason}")
    base, more = (tuple(known.conditions[one] for one in some) for some in (alike, earlier))
    return Beside(baseline, base, more, left_out=others)
