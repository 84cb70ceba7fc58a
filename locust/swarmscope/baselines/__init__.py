"""Runs that others are compared with: how they were made, how alike they are, which are kept."""
