"""Public locustfiles, run unchanged: whether everything that they fire is stored."""
