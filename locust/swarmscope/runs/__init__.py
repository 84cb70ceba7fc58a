"""Runs as users ask for them: which there are, and whether their data is complete."""
