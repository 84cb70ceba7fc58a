"""The log collector: lines of all workers into one place."""
