"""Settings: their texts in the environment, how these are read, and where nothing is said."""

from swarmscope.settings.settings import Settings

__all__ = ["Settings"]
