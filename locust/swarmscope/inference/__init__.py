"""Whether runs differ: the run is the sample, never the second. Knows of numbers alone."""
