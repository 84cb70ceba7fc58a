"""swarmscope: load-test results and the machines' own metrics on one time axis."""

from importlib.metadata import version

__version__ = version("swarmscope")
