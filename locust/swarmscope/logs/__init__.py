"""Log records and single requests as JSON lines: on a worker, on their way, in the collector."""
