"""Delivery: from the spool to the store, the same path on good days and bad ones."""

from swarmscope.delivery.accounts import Account
from swarmscope.delivery.delivery import Delivery

__all__ = ["Account", "Delivery"]
