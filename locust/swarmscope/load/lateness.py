"""When the work that a greenlet does should have begun: set by who waits, asked for by who records.

The first request of an iteration takes what is between its intended start and the moment at which
its user could begin; those behind it begin when they should, and so do those of `on_start`.
"""

from time import monotonic

from gevent import Greenlet, getcurrent

_ATTRIBUTE = "swarmscope_late_ms"


def expect(user: Greenlet) -> Greenlet:
    """Take the requests of *user*, which starts, for what begins when it should; return it."""
    setattr(user, _ATTRIBUTE, 0.0)
    return user


def begin(due: float) -> None:
    """Note that the iteration that begins here now was *due* then, by the monotonic clock."""
    setattr(getcurrent(), _ATTRIBUTE, max(0.0, 1_000 * (monotonic() - due)))


def take() -> float | None:
    """Return by how many ms the request that this greenlet made began late.

    None where nobody says when its work should begin.
    """
    here = getcurrent()
    late: float | None = getattr(here, _ATTRIBUTE, None)
    if late:
        setattr(here, _ATTRIBUTE, 0.0)
    return late
