"""The history of a test: its runs one after the other, and where their level changed."""
