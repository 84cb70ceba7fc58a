"""Thresholds, and whether a run keeps them: what a build stands on."""
