"""What swarmscope does inside a Locust process: `attach` is the way in."""

from swarmscope.agent.about import offer_options
from swarmscope.agent.agent import Agent, attach
from swarmscope.agent.early import EARLY

__all__ = ["EARLY", "Agent", "attach", "offer_options"]
