"""The project's measurements; `make bench` runs them and writes bench/results/."""

# First of all: it monkey-patches, which comes too late once urllib3 has been imported.
import locust as locust
