"""HTTP with bounds: how much of an answer is read, for how long, and why there is none."""
