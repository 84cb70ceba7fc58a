"""What `burst_locustfile.py` does and `pixel.py` looks for."""

EVERY_S = 17.3
"""Between two bursts: a whole number of neither seconds nor refreshes."""
BURST_S = 2.5
SLOW_MS = 2_000.0
