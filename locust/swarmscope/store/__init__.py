"""How any store is asked, emptied of a run, given its buckets, and written a few points."""
