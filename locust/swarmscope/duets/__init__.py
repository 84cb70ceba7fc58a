"""Two versions of a service that were asked the same in one run: whether B is worse than A."""
