"""A server that stands still, and load that waits for its answers, or doesn't."""
