"""Comparing runs: whether something got worse, how sure that is, and what else it could be."""
