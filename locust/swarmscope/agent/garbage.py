"""Python's garbage collector, which stops a load generator while it looks at all there is."""

import gc


def set_aside() -> None:
    """Let full collections look only at what is made from now on.

    Locust, its libraries and the locustfile are a few hundred thousand objects that stay: looked at
    again and again they cost a worker tens of milliseconds at a stretch, in which no user goes on.
    What is garbage by now is collected first, with what was set aside when the run before began.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
