"""What swarmscope does inside a Locust process: `attach` is the way in."""

from swarmscope.agent.about import offer_options
from swarmscope.agent.agent import Agent, attach
from swarmscope.agent.duets import offer_duets
from swarmscope.agent.early import EARLY
from swarmscope.agent.messages import bound_messages
from swarmscope.agent.verdicts import NoVerdictError

__all__ = [
    "EARLY",
    "Agent",
    "NoVerdictError",
    "attach",
    "bound_messages",
    "offer_duets",
    "offer_options",
]
