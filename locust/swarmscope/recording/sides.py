"""The sides of a duet, told apart by the end of their requests' names: ``/items @A``.

So they are endpoints as any others: each request is counted once, under the name that it had, and
boards, report and thresholds need to know nothing of it.
"""

A, B = "A", "B"
SIDES = (A, B)
BOTH = "each request goes to both"
"""What a run in which it does says of itself; in others users have a side."""
_MARK = " @"


def named(name: str, side: str) -> str:
    """Return the name of a request to *side* of which both sides' is *name*."""
    return f"{name}{_MARK}{side}"


def parted(name: str) -> tuple[str, str]:
    """Return what both sides call a request of this *name*, and its side; "" if it has none."""
    both, mark, side = name.rpartition(_MARK)
    return (both, side) if mark and side in SIDES else (name, "")


def ending(side: str) -> str:
    """Return what the names of a *side*'s requests end with."""
    return f"{_MARK}{side}" if side else ""
