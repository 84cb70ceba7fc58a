"""What a request is counted under: name and method, as tags of its points."""

from swarmscope import schema
from swarmscope.line_protocol import MAX_TAG, escape_tag, kept
from swarmscope.recording import naming, sides
from swarmscope.recording.failures import text_of
from swarmscope.recording.tally import Key

UNNAMED = "(unnamed)"
FOLDED: Key = (escape_tag(schema.FOLDED), "")
"""What names past the limit are counted under together."""


def endpoint_key(name: object, method: object, *, template: bool = False) -> Key:
    """Return the tag values under which requests of *name* and *method* are counted.

    With *template*, names that are URLs become one for all of a kind.
    """
    text, side = sides.parted("" if name is None else text_of(name))
    end = escape_tag(sides.ending(side))
    text = kept(text, MAX_TAG - len(end))
    escaped = escape_tag(naming.template(text) if template else text)
    if escaped == schema.AGGREGATED:
        # Locust's own word for the sum: an endpoint of that name would be counted as one.
        escaped = f"({schema.AGGREGATED})"
    named = f"{escaped or UNNAMED}{end}"
    return named, escape_tag("" if method is None else text_of(method))
