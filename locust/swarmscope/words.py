"""Numbers, and the begin of what is long, in sentences."""


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return *number* with what it counts: "1 request", "1,200 requests"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def are(number: int) -> str:
    """Return "is" or "are", as *number* of something wants it."""
    return "is" if number == 1 else "are"


def were(number: int) -> str:
    """Return "was" or "were", as *number* of something wants it."""
    return "was" if number == 1 else "were"


def begin_of(text: str, most: int) -> str:
    """Return *text*, or its first *most* signs and a mark that there are more."""
    return text if len(text) <= most else f"{text[:most]}…"
