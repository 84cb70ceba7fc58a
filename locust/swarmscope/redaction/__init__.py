"""Credentials in texts that are kept: what has the form of one is left out.

Names and messages come from users' code and their services: a URL with a password is easily among
them, and so is a whole answer in JSON; whoever reads a report could read it. What has no such form
stays: nobody can know it.
"""

from swarmscope.redaction.texts import MARGIN, redact

__all__ = ["MARGIN", "redact"]
