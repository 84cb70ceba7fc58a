"""What swarmscope does inside a Locust process: `attach` is the way in."""

from swarmscope.agent.agent import Agent, attach

__all__ = ["Agent", "attach"]
