"""What swarmscope does inside a Locust process: `attach` is the way in."""

from swarmscope.agent.about import offer_options
from swarmscope.agent.agent import Agent, attach
from swarmscope.agent.early import EARLY
from swarmscope.agent.messages import bound_messages

__all__ = ["EARLY", "Agent", "attach", "bound_messages", "offer_options"]
